"""`modelyard data profile`: what each column looks like."""

from typing import TYPE_CHECKING

from modelyard.cli import _output
from modelyard.cli._options import EnvOption, JsonOption, ProjectOption, SourceOption
from modelyard.cli._project import open_project

if TYPE_CHECKING:
    from modelyard.reference.profile import Distribution, Profile


def profile(
    data: SourceOption = None,
    project: ProjectOption = None,
    env: EnvOption = "local",
    json: JsonOption = False,
) -> None:
    """Describe each column: quantiles or categories, and what is missing."""
    found = open_project(project, env, quiet=True)
    from modelyard.loop.table import profile as describe

    _output.show(describe(found, data), _text, as_json=json)


def _text(result: "Profile") -> str:
    rows = [(c.name, c.type, f"{c.missing:.1%}", f"{c.distinct:,}", _shape(c)) for c in result.columns]
    left_out = f"\npersonal, left out: {', '.join(result.personal)}" if result.personal else ""
    return (
        f"{result.rows:,} rows\n" + _output.table(("column", "type", "missing", "distinct", "values"), rows) + left_out
    )


def _shape(column: "Distribution") -> str:
    if column.shares:
        return ", ".join(f"{name} {share:.0%}" for name, share in list(column.shares.items())[:4])
    if not column.edges:
        return ""
    low, middle, high = column.edges[0], column.edges[len(column.edges) // 2], column.edges[-1]
    return f"{low:.4g} .. {middle:.4g} .. {high:.4g}"
