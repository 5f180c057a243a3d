"""What `modelyard new` answers: the JSON document, and everything that the screen shows."""

from pathlib import Path
from typing import TYPE_CHECKING

from modelyard.record import Record
from modelyard.scaffold import vendor

if TYPE_CHECKING:
    from modelyard.scaffold.profile import ColumnProfile, TableProfile
    from modelyard.scaffold.tables import Placed


class DataFound(Record):
    """The table: how large it is, and where the project will read it."""

    rows: int
    columns: int
    source: str


class ColumnFound(Record):
    """One column, its part, and why."""

    name: str
    type: str
    role: str
    reason: str


class MetricChosen(Record):
    """The metric that decides, and what answering without a model would score."""

    name: str
    dummy: float


class SplitChosen(Record):
    """How rows will be held out."""

    by: str
    column: str | None


class Decision(Record):
    """One choice that was made, in a line."""

    about: str
    choice: str
    reason: str


class NewResult(Record):
    """The project that was made, and each decision that went into it."""

    path: str
    template: str
    version: str
    data: DataFound
    target: str
    task: str
    columns: list[ColumnFound]
    metric: MetricChosen
    split: SplitChosen
    next: list[str]
    decisions: list[Decision]
    warnings: list[str]


class NewPlatform(Record):
    """The platform's repository that was made. What only a table has is empty."""

    path: str
    template: str
    version: str
    data: None = None
    target: None = None
    task: None = None
    columns: list[ColumnFound] = []
    metric: None = None
    split: None = None
    next: list[str]
    decisions: list[Decision]
    warnings: list[str]


def summarise(  # noqa: PLR0913 - what was found, and what was done with it
    template: str,
    profile: "TableProfile",
    placed: "Placed",
    path: Path,
    *,
    steps: list[str],
    warnings: list[str],
) -> NewResult:
    """Put the answer together."""
    return NewResult(
        path=str(path),
        template=template,
        version=vendor.installed_version(),
        data=DataFound(rows=profile.rows, columns=len(profile.columns), source=placed.source),
        target=profile.target,
        task=profile.task,
        columns=[ColumnFound(name=c.name, type=c.type, role=c.role, reason=c.reason) for c in profile.columns],
        metric=MetricChosen(name=profile.metric, dummy=profile.dummy),
        split=SplitChosen(by=profile.split_by, column=profile.split_column),
        next=steps,
        decisions=_decisions(profile, placed),
        warnings=warnings,
    )


def _found(column: "ColumnProfile") -> ColumnFound:
    return ColumnFound(name=column.name, type=column.type, role=column.role, reason=column.reason)


def _decisions(profile: "TableProfile", placed: "Placed") -> list[Decision]:
    where = "at most 10 MB as Parquet" if placed.committed else "over 10 MB as Parquet, so it stays outside git"
    made = [
        ("data", placed.source, where),
        ("task", profile.task, profile.task_reason),
        ("metric", profile.metric, f"{profile.metric_reason}; without a model it is {profile.dummy:.4g}"),
        ("split", profile.split_by, profile.split_reason),
        ("estimator", profile.estimator, profile.estimator_reason),
    ]
    if profile.positive is not None:
        made.insert(2, ("positive", str(profile.positive), profile.positive_reason))
    return [Decision(about=about, choice=choice, reason=reason) for about, choice, reason in made]
