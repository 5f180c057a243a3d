"""What `modelyard monitor` says, and what is kept of it in the store."""

from datetime import datetime
from typing import Literal

from modelyard.config.alerts import Kind
from modelyard.errors import ModelyardError, OutcomeError, OutsideError
from modelyard.monitoring.alerts import Alert, Sent, failure
from modelyard.monitoring.performed import Estimated, Outcome, Performance, PerformanceWindow
from modelyard.monitoring.retraining.record import RetrainResult
from modelyard.record import Record

__all__ = [
    "Check", "ColumnDrift", "Drift", "DriftWindow", "Estimated", "MonitorResult", "Outcome", "Performance",
    "PerformanceWindow", "Service", "Span", "VersionDrift", "VersionMetrics",
]  # fmt: skip


class Span(Record):
    """A stretch of event time: `since` is in it, `until` is not; ISO, UTC."""

    since: str
    until: str

    @classmethod
    def of(cls, since: datetime, until: datetime) -> "Span":
        """Write two moments."""
        return cls(since=since.isoformat(), until=until.isoformat())

    @property
    def interval(self) -> str:
        """As one ISO 8601 interval."""
        return f"{self.since}/{self.until}"


class DriftWindow(Record):
    """One column in one window of event time."""

    since: str
    until: str
    rows: int
    distance: float | None  # None where it has no value
    limit: float
    missing: float
    missing_limit: float
    judged: bool  # rows enough
    drifts: bool


class ColumnDrift(Record):
    """One column, or the predictions: all rows of the span, then window by window.

    `ks` is the Kolmogorov-Smirnov distance, or total variation where `measure` says so. `psi` is shown and never
    judged: inside the training rows of one season it already exceeds every fixed limit.
    """

    name: str
    kind: Literal["number", "category", "text"]
    measure: Literal["ks", "tv"]
    psi: float | None
    ks: float | None
    limit: float
    missing: float
    missing_before: float
    new: float | None = None  # share of values that training never had; None where that cannot be told
    new_values: list[str] = []
    alert: bool
    first: Span | None = None  # the window with which the alert began
    windows: list[DriftWindow] = []

    @property
    def furthest(self) -> tuple[float | None, float]:
        """Return distance and limit of the judged window that lies furthest, since windows are what is judged.

        All rows of the span, where no window has enough rows: together they may lie near training though each window
        lies far from it.
        """
        judged = [(w.distance, w.limit) for w in self.windows if w.judged and w.distance is not None and w.limit]
        return max(judged, key=lambda pair: pair[0] / pair[1], default=(self.ks, self.limit))


class VersionDrift(Record):
    """What one version answered, beside its own profile."""

    version: int
    sha256: str
    rows: int
    alert: bool
    columns: list[ColumnDrift] = []
    predictions: list[ColumnDrift] = []
    without: str = ""  # why it has no profile to compare with


class Drift(Record):
    """All versions; `columns` and `predictions` are those of the version that answered most rows."""

    alert: bool = False
    version: int | None = None
    columns: list[ColumnDrift] = []
    predictions: list[ColumnDrift] = []
    versions: list[VersionDrift] = []


class Check(Record):
    """One thing about the service that is watched."""

    name: Kind
    alert: bool
    value: float | None
    limit: float | None
    unit: str
    says: str


class Service(Record):
    """How the service fares, by received time."""

    alert: bool = False
    checks: list[Check] = []


class VersionMetrics(Record):
    """The numbers of one version that alarms are set on, and the role that it has now."""

    version: int
    role: str  # champion, challenger, previous, retired
    metrics: dict[str, float] = {}


class MonitorResult(Record):
    """What `modelyard monitor` says; the keys of `--json`."""

    window: Span | None  # None where nothing was ever captured
    rows: int
    drift: Drift = Drift()
    performance: Performance = Performance()
    service: Service = Service()
    alerts: list[Alert] = []
    sent: list[Sent] = []
    retrain: RetrainResult | None = None
    metrics: dict[str, float] = {}
    versions: list[VersionMetrics] = []
    as_of: str = ""
    unpublished: str = ""  # why the metrics did not reach CloudWatch

    def failure(self, *, fail_on_drift: bool) -> ModelyardError | None:
        """Return why the command fails: drift if asked for, a failed retraining, alerts that nobody was told."""
        if fail_on_drift and self.drift.alert:
            drifted = [c.name for v in self.drift.versions for c in [*v.columns, *v.predictions] if c.alert]
            names = ", ".join(dict.fromkeys(drifted))
            return OutcomeError(
                f"What is served differs from training: {names}.",
                "`modelyard report --open` shows it; `modelyard monitor --retrain` starts the loop.",
                code="drift",
            )
        retrained = self.retrain.failure() if self.retrain is not None else None
        return retrained or failure(self.sent) or self._unpublished()

    def _unpublished(self) -> ModelyardError | None:
        if not self.unpublished:
            return None
        return OutsideError(
            f"The metrics of this run did not reach CloudWatch: {self.unpublished}.",
            "Its alarms wait for them. Set AWS_REGION and credentials that may put metrics of the namespace Modelyard, "
            "and run `modelyard monitor` again; or set monitoring.metrics to none.",
            code="metrics_not_sent",
        )
