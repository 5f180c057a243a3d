"""What `modelyard monitor` says of performance: what was said and what came true."""

from modelyard.evaluation.results import Estimate
from modelyard.record import Record


class Outcome(Record):
    """What was said and what came true, on rows that have a label, with 95 % intervals from blocks."""

    since: str
    until: str
    rows: int
    blocks: int
    unit: str
    label: str = ""  # multiclass: the class whose gap is shown, the worst one
    predicted: float
    observed: float
    gap: Estimate  # predicted minus observed
    gap_limit: float
    skill: Estimate | None  # 1 - loss / loss of the training rate (regression: of the training mean)
    loss: float  # log loss, or mean squared error
    events: float | None = None  # rows of the class above, or of the others, whichever are fewer; seen or expected
    off: bool = False  # the gap is surely there, by a 99 % interval, and larger than its limit
    useless: bool = False  # skill is surely below its limit, by a 99 % interval


class PerformanceWindow(Record):
    """One version in one window: the window's own outcome, and in `pooled` what it was judged by.

    A window is judged with the matured ones just before it: one week has too few days for a sound interval.
    """

    version: int
    since: str
    until: str
    rows: int
    labelled: int
    coverage: float
    matured: bool
    blocks: int = 0
    label: str = ""
    predicted: float | None = None
    observed: float | None = None
    gap: Estimate | None = None
    skill: Estimate | None = None
    loss: float | None = None
    judged: bool = False
    pooled: Outcome | None = None
    miscalibrated: bool = False
    useless: bool = False
    reason: str = ""  # why it was not judged


class Estimated(Record):
    """What the model itself expects on rows without a label; it clears no alert."""

    version: int
    rows: int
    predicted: float
    loss: float
    says: str = "assumes calibration still holds"


class Performance(Record):
    """Calibration in the large and skill, per version and window."""

    alert: bool = False
    labelled: int = 0
    coverage: float | None = None
    windows: list[PerformanceWindow] = []
    calibration: list[int] = []  # versions whose calibration alert is up
    skill: list[int] = []  # versions that are worse than no model
    estimated: list[Estimated] = []
    hidden: str = ""  # why there is no estimate
    skill_of: str = ""  # what skill is measured against
