"""What the judge says, and what it is told besides the servers' counts."""

from typing import Literal, Protocol, Self

from modelyard.record import Record
from modelyard.release.counts import Snapshot

Ruling = Literal["pass", "fail", "waiting"]


class Check(Record):
    """One thing that was looked at: `value` against `limit`, over `rows` of the challenger."""

    name: str
    verdict: Ruling
    value: float | None = None
    limit: float | None = None
    rows: int = 0
    reason: str = ""
    warning: bool = False  # worth a look, never a reason to stop

    def ruled(self, verdict: Ruling, reason: str, *, warning: bool = False) -> Self:
        """Return the same check with what it came to."""
        return self.model_copy(update={"verdict": verdict, "reason": reason, "warning": warning})


class Verdict(Record):
    """What is to be done now; `ends` is set once a step has waited too long, to what the configuration wants then."""

    state: Literal["advance", "hold", "roll_back"]
    checks: tuple[Check, ...] = ()
    reason: str = ""
    ends: Literal["", "rollback", "abort"] = ""


class Answers(Record):
    """Captured answers of the challenger, scored again offline by the same bundle, loaded fresh from the store.

    Attributes:
        compared: Captured rows with finite scores that were scored again.
        differing: Of these, with other scores.
        not_finite: Captured rows with NaN, infinity or no score.
        distinct: How many different scores were served; counted up to a few.
        varied: How many different scores the model, or the champion, gives to other rows; up to a few.
        golden_differing: Rows of the bundle's `golden.parquet` whose scores are other than at training.
        difference: Mean distance of these scores to the champion's, on the same captured rows.
        recorded: The same on the challenger's golden rows, which were held out.
        scale: What a distance is measured in: 1 for probabilities, else the deviation of the scores.
        skipped: Why nothing can be compared; empty when it can.
    """

    compared: int = 0
    differing: int = 0
    not_finite: int = 0
    distinct: int = 0
    varied: int = 2
    golden_differing: int = 0
    difference: float | None = None
    recorded: float | None = None
    scale: float = 1.0
    skipped: str = ""


class Outcomes(Record):
    """Losses in [0, 1] of the answers whose truth is known, one per entity (or request)."""

    champion_trials: int = 0
    champion_losses: float = 0.0
    challenger_trials: int = 0
    challenger_losses: float = 0.0


class Reference(Record):
    """What is known before a request is counted.

    Attributes:
        features: Median time of calling features(), as a multiple of the champion's whole time; 0 but where the
            challenger has one and the champion has none.
        p99_ms: Largest p99 of a request, where the release names none: `gate.latency_ms`; None where that is absent.
    """

    features: float = 0.0
    p99_ms: float | None = None


class Source(Protocol):
    """Where the servers' counts come from."""

    def read(self) -> Snapshot:
        """Return everything counted until now.

        Raises:
            OutsideError: Nothing could be read.
        """
        ...

    def traffic(self) -> float:
        """Return the rows a second that champions answer now, as nearly as the source can say.

        Raises:
            OutsideError: Nothing could be read.
        """
        ...
