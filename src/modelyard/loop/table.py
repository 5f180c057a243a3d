"""The table of a project: stored, compared, described."""

import polars as pl

from modelyard.config import Project
from modelyard.data import contract as contracts
from modelyard.data import diff as diffs
from modelyard.data import snapshot as snapshots_
from modelyard.data.contract import Contract
from modelyard.data.diff import TableDiff
from modelyard.data.load import Table
from modelyard.data.snapshot import Snapshot
from modelyard.loop.check import applicable, open_source, stays_home
from modelyard.loop.context import Context
from modelyard.record import Record
from modelyard.reference.profile import Profile, build


class Snapshots(Record):
    """What `modelyard data list` says."""

    snapshots: list[Snapshot]


def snapshot(project: Project, source: str | None) -> Snapshot:
    """Store the table, without the columns that stay home."""
    context = Context.of(project)
    contract = context.contract()
    return take(context, contract, open_source(project, source))


def take(context: Context, contract: Contract, table: Table) -> Snapshot:
    """Store a typed table as an immutable snapshot."""
    asked = applicable(context.project, contract, table)
    home = stays_home(context.project, contract)
    columns = {c.name: c.type for c in asked.columns if c.name not in home}
    frame = contracts.read(asked, table)
    return snapshots_.take(
        context.store, frame, source=table.source, contract_version=contract.version, columns=columns
    )


def snapshots(project: Project) -> Snapshots:
    """List the snapshots of the environment, newest first."""
    found = snapshots_.listing(Context.of(project).store)
    return Snapshots(snapshots=sorted(found, key=lambda s: s.created, reverse=True))


def diff(project: Project, a: str, b: str) -> TableDiff:
    """Compare two snapshots or tables."""
    context = Context.of(project)
    contract = context.contract()
    hidden = frozenset(c.name for c in contract.columns if c.personal)
    frames = [_side(context, contract, side) for side in (a, b)]
    return diffs.diff(frames[0], frames[1], id=project.config.data.id, hidden=hidden)


def profile(project: Project, source: str | None) -> Profile:
    """Describe each column of the table; personal ones are left out."""
    contract = Context.of(project).contract()
    frame = contracts.read(contract, open_source(project, source)).collect(engine="streaming")
    features = [c.name for c in contract.columns if not c.personal]
    return build(frame, contract, features, predictions=None)


def _side(context: Context, contract: Contract, side: str) -> pl.LazyFrame:
    """Return a side of a comparison: the beginning of a snapshot id wins over a path."""
    matches = [s for s in snapshots_.listing(context.store) if s.id.startswith(side)]
    if len(matches) == 1 and len(side) >= 4:
        return snapshots_.read(context.store, matches[0]).lazy()
    table = open_source(context.project, side)
    if table.text:
        return contracts.read(contract, table, optional=[c.name for c in contract.columns])
    return contracts.with_moments(contract, table)
