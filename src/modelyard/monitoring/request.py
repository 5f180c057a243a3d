"""What `modelyard monitor` is asked, and which span of event time that means."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from modelyard import capture
from modelyard.config.monitoring import Monitoring
from modelyard.data.store import Store
from modelyard.errors import RequestError
from modelyard.monitoring.retraining.request import Asked
from modelyard.monitoring.windows import Grid
from modelyard.record import Record


class MonitorRequest(Record):
    """What to look at.

    Attributes:
        since: First moment of event time; default: as many windows as an alert looks at, before `until`.
        until: The moment after the last; default: the end of the newest captured day.
        as_of: What "now" is: labels that came later do not count. Default: now.
        send: Whether alerts are sent; they are in the result either way.
        retrain: Whether the loop is started when something asks for it.
        asked: Who asks for it from outside, whatever the alerts say.
    """

    since: datetime | None = None
    until: datetime | None = None
    as_of: datetime | None = None
    send: bool = True
    retrain: bool = False
    asked: Asked | None = None


@dataclass(frozen=True)
class Spans:
    """Naive UTC: [since, until) is judged for drift, [matured, until) for performance."""

    since: datetime
    until: datetime
    matured: datetime
    as_of: datetime


def spans(request: MonitorRequest, store: Store, begins: str | None, config: Monitoring) -> Spans | None:
    """Work out the spans; None where nothing was ever captured and none was asked for.

    Raises:
        RequestError: The span ends before it begins, or leaves the calendar.
    """
    as_of = now(request)
    until = naive(request.until) or _newest(store, as_of)
    if until is None:
        return None
    try:
        return _spans(request, naive(request.since), until, as_of, Grid.of(begins, config.window_days), config)
    except OverflowError:
        raise RequestError(
            f"The windows of a span up to {until.isoformat()} reach beyond the calendar.",
            "Give another --until, or fewer days in the section monitoring of modelyard.yaml.",
            code="bad_time",
        ) from None


def _spans(  # noqa: PLR0913 - what is known of the span
    request: MonitorRequest, since: datetime | None, until: datetime, as_of: datetime, grid: Grid, config: Monitoring
) -> Spans:
    last = grid.number(until - timedelta(microseconds=1))
    since = since or grid.begins(last - config.of_windows + 1)
    if since >= until:
        raise RequestError(
            f"The span from {since.isoformat()} to {until.isoformat()} is empty.",
            "Give --since before --until.",
            code="empty_span",
        )
    if request.since is not None:
        return Spans(since, until, since, as_of)
    ripe = grid.number(min(until, as_of) - timedelta(days=config.label_horizon_days))
    # As many windows as an alert looks at, each judged with as many before it.
    return Spans(since, until, min(since, grid.begins(ripe - 2 * config.of_windows + 1)), as_of)


def moment(text: str) -> datetime:
    """Read an ISO date or time; with an offset it is moved to UTC.

    Raises:
        RequestError: It is neither.
    """
    try:
        return naive(datetime.fromisoformat(text.strip())) or datetime.min  # never None for a moment
    except (ValueError, OverflowError):  # OverflowError: the offset leads out of the calendar
        raise RequestError(
            f"{text!r} is no date or time.", "Write it like 2013-04-16 or 2013-04-16T08:00.", code="bad_time"
        ) from None


def now(request: MonitorRequest) -> datetime:
    """Return what "now" is, naive UTC."""
    return naive(request.as_of) or datetime.now(UTC).replace(tzinfo=None)


def naive(when: datetime | None) -> datetime | None:
    """Return naive UTC, as captures have it."""
    return when if when is None or when.tzinfo is None else when.astimezone(UTC).replace(tzinfo=None)


def _newest(store: Store, as_of: datetime) -> datetime | None:
    """Return the end of the newest captured day; a client's date far in the future does not move it."""
    days = list(capture.days(store))
    if not days:
        return None
    tomorrow = as_of.date() + timedelta(days=1)
    newest = max((day for day in days if day is not None and day <= tomorrow), default=tomorrow)
    return datetime.combine(newest + timedelta(days=1), time())
