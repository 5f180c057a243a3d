"""What the report is made from: whatever a project has so far."""

from typing import Literal

from modelyard.config.model import ProjectConfig
from modelyard.data.contract import CheckResult, Contract
from modelyard.data.split import Split
from modelyard.evaluation.results import Evaluation, GateResult
from modelyard.record import Record
from modelyard.reference.profile import Profile
from modelyard.registry.versions import Version


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
