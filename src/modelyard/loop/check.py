"""The table of a project against its contract; needs nothing but the light core."""

import difflib
from pathlib import Path

from modelyard.config import Project
from modelyard.data import contract as contracts
from modelyard.data.contract import CheckResult, Contract
from modelyard.data.load import Table, database, open_table
from modelyard.errors import RequestError


def project_contract(project: Project) -> Contract:
    """Read the data contract.

    Raises:
        RequestError: It is absent or wrong, or modelyard.yaml names a column that it lacks; every problem is named.
    """
    contract = contracts.load(project.root / project.config.data.contract)
    _require_columns(project, contract)
    return contract


def _require_columns(project: Project, contract: Contract) -> None:
    data, known = project.config.data, [c.name for c in contract.columns]
    named = [(f"data.{part}", getattr(data, part)) for part in ("target", "id", "time", "group")]
    named += [(f"data.{part}", name) for part in ("ignore", "known_at") for name in getattr(data, part)]
    unknown = [(key, name) for key, name in named if name is not None and name not in known]
    if not unknown:
        return
    told = "; ".join(f"{key} names {name!r}{_nearest(name, known)}" for key, name in unknown)
    raise RequestError(
        f"modelyard.yaml names columns that {data.contract} lacks: {told}.",
        f"Correct the name, or describe the column in {data.contract}.",
        code="no_column",
    )


def _nearest(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""


def open_source(project: Project, source: str | None) -> Table:
    """Open `source`, or the table of modelyard.yaml; paths typed by a person are relative to where they stand."""
    found, base = (source, Path.cwd()) if source is not None else (project.config.data.source, project.root)
    return open_table(found, base, _query(project) if database.is_database(found) else None)


def _query(project: Project) -> str | None:
    named = project.config.data.query
    return database.read_query(project.root / named) if named is not None else None


def stays_home(project: Project, contract: Contract) -> frozenset[str]:
    """Return the columns that look like personal data and are not used: they enter no snapshot."""
    ignored = set(project.config.data.ignore) - set(project.config.data.known_at)
    return frozenset(c.name for c in contract.columns if c.personal and c.name in ignored)


def check(project: Project, source: str | None) -> CheckResult:
    """Check the table against the contract."""
    table = open_source(project, source)
    return contracts.check(applicable(project, project_contract(project), table), table)


def applicable(project: Project, contract: Contract, table: Table) -> Contract:
    """Return what the contract asks of this table: columns that stay home may be absent from a committed one."""
    present = set(table.frame.collect_schema().names())
    home = stays_home(project, contract) - present
    return contract.model_copy(update={"columns": tuple(c for c in contract.columns if c.name not in home)})
