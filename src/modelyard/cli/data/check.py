"""`modelyard data check`: the contract, nothing else."""

from typing import TYPE_CHECKING

from modelyard.cli import _output
from modelyard.cli._options import EnvOption, JsonOption, ProjectOption, SourceOption
from modelyard.cli._project import open_project
from modelyard.errors import OutcomeError

if TYPE_CHECKING:
    from modelyard.data.contract import CheckResult


def check(
    data: SourceOption = None,
    project: ProjectOption = None,
    env: EnvOption = "local",
    json: JsonOption = False,
) -> None:
    """Check the table against contract.yaml; exit 1 when a rule of severity error is violated."""
    found = open_project(project, env, quiet=True)
    from modelyard.loop.check import check as run_check

    result = run_check(found, data)
    if not result.passed:
        failure = OutcomeError(
            "The data breaks its contract.",
            "Mend the data, or change contract.yaml.",
            code="contract_violated",
        )
        _output.show_failed(result, text, failure, as_json=json)
    _output.show(result, text, as_json=json)


def text(result: "CheckResult") -> str:
    """Lay out violations with their sample rows."""
    lines = [f"{result.rows:,} rows: {'passed' if result.passed else 'failed'}"]
    for violation in result.violations:
        lines.append(f"{violation.severity}: {violation.message}")
        lines += [f"    {row}" for row in violation.sample]
    return "\n".join(lines)
