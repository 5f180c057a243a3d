"""The table of a project against its contract; needs nothing but the light core."""

from pathlib import Path

from modelyard.config import Project
from modelyard.data import contract as contracts
from modelyard.data.contract import CheckResult, Contract
from modelyard.data.load import Table, open_table


def project_contract(project: Project) -> Contract:
    """Read the data contract.

    Raises:
        RequestError: It is absent or wrong; every problem is named.
    """
    return contracts.load(project.root / project.config.data.contract)


def open_source(project: Project, source: str | None) -> Table:
    """Open `source`, or the table of modelyard.yaml; paths typed by a person are relative to where they stand."""
    if source is not None:
        return open_table(source, Path.cwd())
    return open_table(project.config.data.source, project.root)


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
