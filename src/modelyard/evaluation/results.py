"""What an evaluation and a gate say, as they are written to `evaluation.json` and `gate.json`."""

from typing import Literal

from modelyard.config.model import Task
from modelyard.record import Record

Verdict = Literal["pass", "fail", "inconclusive"]


class Estimate(Record):
    """A value with its 95 % interval; the bounds are None where no interval can be given."""

    value: float
    low: float | None = None
    high: float | None = None


class HeldOut(Record):
    """The rows that were judged."""

    rows: int
    positives: int | None = None
    unit: str  # what was resampled: "day", "row", or a column
    blocks: int
    method: Literal["held_out", "repeated_cv"] = "held_out"
    begins: str | None = None  # ISO dates, with a time split
    ends: str | None = None
    sha256: str  # identity of the held-out rows
    used: int = 1  # how many verdicts this set has given, this one included


class Comparison(Record):
    """Candidate minus reference on the same rows; positive means the candidate is better."""

    reference: str  # "dummy", "champion v3 as served", "pinned v1 as evaluated"
    metric: str
    candidate: float
    other: float
    difference: Estimate  # one-sided 97.5 % bounds on each side
    rows: int
    unit: str
    blocks: int
    resolvable: float  # smallest loss this set detects with 80 % power
    method: Literal["bootstrap", "tango"] = "bootstrap"
    deviation: float = 0.0  # standard error of the difference
    units: float = 0.0  # what was drawn (blocks, or 500 random groups of them), as units of equal size


class Slice(Record):
    """The metric on the rows where `column` is `value` (or lies in the bin so named)."""

    column: str
    value: str
    rows: int
    metric: Estimate
    versus: Comparison | None = None  # against the champion, where there is one


class CalibrationBin(Record):
    """One bin of the reliability curve."""

    predicted: float
    observed: float
    low: float
    high: float
    rows: int


class Curve(Record):
    """Points of a curve of one class."""

    label: str
    x: list[float]
    y: list[float]


class Residuals(Record):
    """Truth minus prediction: a histogram, and a sample of points for the scatter."""

    edges: list[float]
    counts: list[int]
    predicted: list[float]
    observed: list[float]


class Confusion(Record):
    """Rows are truth, columns prediction."""

    classes: list[str]
    counts: list[list[int]]


class Importance(Record):
    """How much the metric worsens when `column` is permuted."""

    column: str
    drop: float
    deviation: float


class Fairness(Record):
    """A rate by group, and the largest gap between groups."""

    column: str
    rate: str  # "selection rate", "true positive rate", "mean error"
    groups: dict[str, Estimate]
    gap: Estimate


class Latency(Record):
    """Milliseconds to score one row in the served form."""

    p50_ms: float
    p99_ms: float
    calls: int


class Parity(Record):
    """The served form against the trained one, on held-out rows and on awkward ones."""

    rows: int
    differing: int  # rows off by more than 1e-4
    largest: float
    flips: int  # decisions that changed
    passed: bool
    served: Literal["onnx", "python"]
    reason: str = ""


class Evaluation(Record):
    """Everything measured on the held-out rows."""

    task: Task
    metric: str  # the one that decides
    greater_is_better: bool
    held_out: HeldOut
    metrics: dict[str, Estimate]
    dummy: dict[str, float]
    versus_dummy: Comparison
    versus_champion: Comparison | None = None
    versus_pinned: Comparison | None = None
    classes: list[str] = []
    positive: str | None = None
    threshold: float | None = None
    slices: list[Slice] = []
    roc: list[Curve] = []
    precision_recall: list[Curve] = []
    calibration: list[CalibrationBin] = []
    calibration_error: float | None = None
    confusion: Confusion | None = None
    residuals: Residuals | None = None
    importance: list[Importance] = []
    fairness: list[Fairness] = []
    latency: Latency
    size_bytes: int
    parity: Parity
    shuffled: Estimate | None = None  # the metric under shuffled cross-validation, shown as a warning
    user_metrics: dict[str, float] = {}
    champion: str | None = None  # version that was compared with; None for a first model
    warnings: list[str] = []


class Rule(Record):
    """One rule of the gate and what it said."""

    name: str
    value: float | None
    threshold: float | None
    interval: tuple[float | None, float | None] | None = None
    verdict: Verdict
    reason: str
    power: float | None = None  # how often an equal model passes this rule


class SliceTest(Record):
    """Whether a slice was harmed, and what harm this test would have caught."""

    column: str
    value: str
    rows: int
    difference: float
    upper: float  # Holm-adjusted bound of the difference
    catches: float  # loss that is caught with 80 % power
    verdict: Verdict


class GateResult(Record):
    """The verdict, what it is worth, and what it was about."""

    verdict: Literal["passed", "failed", "inconclusive"]
    rules: list[Rule]
    champion: str | None  # version it was compared with
    generation: int  # of the routing document at that time
    held_out: HeldOut
    resolves: str  # a sentence: the smallest loss this set can detect
    first_model: bool = False
    slices: list[SliceTest] = []
