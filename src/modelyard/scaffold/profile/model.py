"""What a profile is asked and what it says: the records that `modelyard new` shows, writes and hands on."""

from typing import Literal

from modelyard.config.model import Estimator, Label, Task
from modelyard.data.types import LogicalType
from modelyard.record import Record

Role = Literal["feature", "target", "id", "time", "group", "ignored"]
Bound = int | float | str


class Overrides(Record):
    """What the user has decided already; it wins over what would be inferred."""

    target: str | None = None
    id: str | None = None
    time: str | None = None
    group: str | None = None
    positive: str | None = None
    task: Literal["auto", "binary", "multiclass", "regression"] = "auto"
    estimator: Literal["auto", "linear", "forest", "boosting", "xgboost", "lightgbm"] = "auto"
    keep_personal: tuple[str, ...] = ()


class ColumnProfile(Record):
    """One column: what it holds and what it is for. A personal column carries no values."""

    name: str
    type: LogicalType
    format: str | None = None
    role: Role = "feature"
    reason: str
    missing: int
    distinct: int
    minimum: Bound | None = None  # dates and timestamps in ISO form
    maximum: Bound | None = None
    categories: list[str] | None = None
    unique: bool = False  # every row has its own value
    strays: int = 0  # values that are not of the type: read as missing
    personal: bool = False
    text: bool = False
    note: str = ""


class TableProfile(Record):
    """The table and every decision taken about it, each with its reason."""

    rows: int
    source: str
    columns: list[ColumnProfile]
    target: str
    unlabelled: int = 0  # rows without a target: left out of training
    task: Task
    task_reason: str
    positive: Label | None = None
    positive_reason: str = ""
    classes: list[str] = []  # binary: negative, positive; else sorted
    balance: dict[str, int] = {}
    metric: str
    metric_reason: str
    dummy: float  # the metric's value for a model that knows only the target's distribution
    split_by: Literal["time", "group", "hash"]
    split_column: str | None = None
    split_reason: str
    estimator: Estimator
    estimator_reason: str
    class_weight: Literal["balanced"] | None = None
    class_weight_reason: str = ""
    warnings: list[str] = []

    def named(self, role: Role) -> list[str]:
        """Return the names of the columns that have `role`."""
        return [column.name for column in self.columns if column.role == role]

    def first(self, role: Role) -> str | None:
        """Return the column that has `role`, where only one can."""
        return next(iter(self.named(role)), None)
