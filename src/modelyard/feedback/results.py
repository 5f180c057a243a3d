"""What `modelyard feedback` is asked, and what it says."""

from datetime import datetime

from modelyard.record import Record


class FeedbackRequest(Record):
    """Which labels, and what their columns are called; each name has a default that is looked for.

    Attributes:
        labels: Path or URI of a table.
        label: Column of the outcome; default: the target, then `label`, `truth`, `outcome`.
        entity: Column of the entity's id; default: `data.id`, then `entity`, `id`.
        time: Column of the outcome's event time; default: `data.time`, then `event_time`.
        known: Column that says when each outcome became known; default `known`, else now.
        as_of: What "now" is; naive UTC.
    """

    labels: str
    label: str | None = None
    entity: str | None = None
    time: str | None = None
    known: str | None = None
    as_of: datetime | None = None


class LabelWindow(Record):
    """From the first to the last prediction that has a label; ISO, UTC."""

    since: str
    until: str


class FeedbackResult(Record):
    """What came of labels.

    Attributes:
        matched: Labels that belong to a captured prediction.
        unmatched: Labels that belong to none yet.
        window: Event time of the predictions that they belong to; None without any.
        added: Labels that were written: 0 when all of them were there already.
        corrected: Of these, how many replace another value.
        missing: Rows without an outcome, which say nothing.
        by: How labels found their predictions.
    """

    matched: int
    unmatched: int
    window: LabelWindow | None
    added: int
    corrected: int = 0
    missing: int = 0
    by: str = "request"
