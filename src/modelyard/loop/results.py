"""What the stages leave behind, and what a run says in the end."""

from typing import Literal

from modelyard.data.contract import CheckResult
from modelyard.data.snapshot import Snapshot
from modelyard.data.split import Split
from modelyard.errors import OutcomeError
from modelyard.evaluation.results import Estimate, Evaluation, GateResult, Parity
from modelyard.record import Record
from modelyard.routing.document import Ref


class Part(Record):
    """One side of the split."""

    rows: int
    begins: str | None = None  # ISO, with a time column
    ends: str | None = None


class DataRecord(Record):
    """The stage `data`: which rows, and on which side they lie."""

    snapshot: Snapshot
    contract: CheckResult
    split: Split
    follows: Split | None  # the champion's split, from which no row may move back to testing
    parts: dict[str, Part]
    unlabelled: int  # rows left out because their target is missing
    unlearnable: int = 0  # rows left out because no training row has their class


class TrainRecord(Record):
    """The stage `train`: the fitted recipe in its evaluated form; the model itself lies beside."""

    estimator: str
    parameters: dict[str, bool | int | float | str | None]
    rows: int
    bytes: int
    parity: Parity
    notes: list[str] = []


class EvaluateRecord(Record):
    """The stage `evaluate`: the numbers, and whom they were compared with."""

    champion: Ref | None
    pinned: Ref | None
    evaluation: Evaluation


class RegisterRecord(Record):
    """The stage `register`: the version that the refitted recipe became."""

    version: int
    sha256: str


class StageStatus(Record):
    """One line of a run."""

    name: str
    status: Literal["done", "cached", "failed"]
    seconds: float


class RunResult(Record):
    """What `modelyard run` says."""

    stages: list[StageStatus]
    snapshot: str | None = None
    version: int | None = None
    gate: GateResult | None = None
    metrics: dict[str, Estimate] = {}
    contract: CheckResult | None = None

    def failure(self) -> OutcomeError | None:
        """Return why the run did not do what was asked; None when it did."""
        if self.contract is not None and not self.contract.passed:
            broken = [v for v in self.contract.violations if v.severity == "error"]
            return OutcomeError(
                f"The data breaks its contract: {len(broken)} rule{'s' * (len(broken) > 1)} violated.",
                "Mend the data, or change contract.yaml where it is wrong; `modelyard data check` shows rows.",
                code="contract_violated",
            )
        if self.gate is not None and self.gate.verdict != "passed" and self.stages[-1].status == "failed":
            stopped = [r.name for r in self.gate.rules if r.verdict != "pass"]
            return OutcomeError(
                f"The gate's verdict is {self.gate.verdict}: {', '.join(stopped)}.",
                "`modelyard report --open` shows each rule; nothing was registered.",
                code=f"gate_{self.gate.verdict}",
            )
        return None
