"""What a retraining says."""

from typing import Literal, get_args

from modelyard.errors import ModelyardError, OutcomeError, OutsideError
from modelyard.evaluation.results import Rule
from modelyard.record import Record

State = Literal["refused", "stopped", "interrupted", "waiting", "releasing"]
Refusal = Literal[
    "busy",  # another retraining, or another run, is at work
    "no_champion",  # nothing was released yet, so nothing was captured
    "release_running",
    "cooldown",
    "too_few_labels",
    "window_trained",  # no labelled row is newer than what the last retraining was given
    "given_up",  # it was killed too often
]
REFUSALS: tuple[Refusal, ...] = get_args(Refusal)


class Rows(Record):
    """What the table of a retraining is made of."""

    source: int = 0  # rows of the training source
    served: int = 0  # captured rows since `data_end` whose labels had time to come
    labelled: int = 0  # of these, with a label
    new: int = 0  # labelled rows since `data_end`, of the source too, each once
    added: int = 0  # captured rows that the source lacks, of any time
    duplicates: int = 0  # captured rows left out: the source, or a later capture, has the same id and time
    incomplete: int = 0  # captured rows left out: a column that must have a value is personal, or was not sent


class Selection(Record):
    """How far the labelled rows of a column lie from all that were served, in the same time."""

    name: str
    distance: float
    limit: float


class RetrainResult(Record):
    """What came of asking for a retraining.

    Attributes:
        started: The loop ran, now or in an earlier call that this one continued.
        state: `refused`: a condition is not met. `stopped`: contract, training or gate said no. `interrupted`:
            something outside failed, and the next call continues. `waiting`: registered, not released.
            `releasing`: its canary has begun.
        reason: The refusal (see `Refusal`), the code of what stopped it, or `registered` or `released`.
        says: The reason as a sentence.
        reasons: Why it was asked for.
        window: Event time of the new rows, an ISO 8601 interval.
        snapshot: The rows.
        version: What was registered.
        gate: The verdict.
        rules: The gate's rules that did not pass.
        release: The id of the release.
        rows: What the rows are made of.
        selection: Columns in which labelled rows differ from served ones.
        warnings: What a person should know before trusting the new version.
        asked: It was asked for from outside, so that a refusal is not what was asked for.
    """

    started: bool
    state: State
    reason: str
    says: str
    reasons: tuple[str, ...] = ()
    window: str = ""
    snapshot: str | None = None
    version: int | None = None
    gate: str | None = None
    rules: list[Rule] = []
    release: str | None = None
    rows: Rows = Rows()
    selection: list[Selection] = []
    warnings: list[str] = []
    asked: bool = False

    def failure(self) -> ModelyardError | None:
        """Return why there is no version, or no release; a refusal is a failure only where somebody had asked."""
        if self.state == "interrupted":
            hint = "`modelyard monitor --retrain` continues it."
            return OutsideError(f"The retraining was interrupted: {self.says}", hint, code=self.reason)
        if self.state == "stopped":
            hint = "The champion goes on answering; `modelyard report --open` shows each rule."
            return OutcomeError(f"The retraining stopped: {self.says}", hint, code=self.reason)
        if self.state == "refused" and self.asked:
            hint = "The champion goes on answering; `monitoring.retrain` in modelyard.yaml holds the conditions."
            return OutcomeError(f"The retraining was refused: {self.says}", hint, code=self.reason)
        return None


class Refused(Exception):  # noqa: N818 - no error: a condition that is not met
    """A condition of a retraining is not met."""

    def __init__(self, reason: Refusal, says: str) -> None:
        super().__init__(says)
        self.reason: Refusal = reason
        self.says = says
