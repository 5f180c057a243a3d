"""What the report is made from: whatever a project has so far."""

from typing import Any, Literal

from modelyard.config.model import ProjectConfig
from modelyard.data.contract import CheckResult, Contract
from modelyard.data.split import Split
from modelyard.evaluation.results import Estimate, Evaluation, GateResult
from modelyard.monitoring.results import MonitorResult
from modelyard.record import Record
from modelyard.reference.profile import Profile
from modelyard.registry.versions import Version
from modelyard.release.journal import Entry


class Part(Record):
    """One side of the split."""

    name: Literal["train", "validation", "test"]
    rows: int
    begins: str | None = None  # ISO dates, with a time split
    ends: str | None = None


class Step(Record):
    """One box of the lineage, from the rows to the version."""

    label: str  # "snapshot", "commit", "gate"
    value: str
    detail: str = ""


class Period(Record):
    """Two versions on the same rows of a stretch of time."""

    name: str
    rows: int
    blocks: int
    unit: str
    old: Estimate
    new: Estimate
    gain: Estimate  # positive: the new one is better
    seen_by_new: bool  # the new one was fitted on these rows, so its value flatters it


class Periods(Record):
    """Two versions over time."""

    metric: str
    periods: tuple[Period, ...]
    notes: tuple[str, ...] = ()


class ReleaseLog(Record):
    """A release, and what its judge said at each look."""

    id: str
    challenger: int
    champion: int
    state: str
    started: str
    reason: str = ""
    entries: tuple[Entry, ...] = ()

    @property
    def checks(self) -> list[dict[str, Any]]:
        """The judge's last checks."""
        return next((entry.checks for entry in reversed(self.entries) if entry.checks), [])


class ReportData(Record):
    """Everything the page can show; what is absent is left out, or said to be missing yet."""

    project: str
    config: ProjectConfig | None = None
    environment: str = "local"
    generated: str = ""  # ISO time, UTC
    source: str | None = None
    rows: int | None = None
    contract: Contract | None = None
    check: CheckResult | None = None
    profile: Profile | None = None
    split: Split | None = None
    parts: tuple[Part, ...] = ()
    evaluation: Evaluation | None = None
    gate: GateResult | None = None
    parameters: dict[str, str | int | float | bool | None] = {}
    floors: dict[str, float] = {}  # proposed by the first run
    versions: tuple[Version, ...] = ()
    lineage: tuple[Step, ...] = ()
    warnings: tuple[str, ...] = ()
    releases: tuple[ReleaseLog, ...] = ()  # oldest first
    monitored: tuple[MonitorResult, ...] = ()  # oldest first
    periods: Periods | None = None
