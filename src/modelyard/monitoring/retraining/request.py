"""A retraining that somebody outside asks for: an alarm that a workflow was told of, or a person."""

from datetime import UTC, datetime

from modelyard.errors import RequestError
from modelyard.record import Record


class Asked(Record):
    """A retraining that is asked for from outside, by an alarm or a person, whatever the alerts of this moment say.

    Attributes:
        reason: Why, in the words of who asks.
        window: What the asker saw: an ISO 8601 interval of event time, or the moment of an alarm. One that a
            retraining has answered is refused. "": nothing is named.
        release: Whether the new version is released from here; else it waits as challenger.
    """

    reason: str
    window: str = ""
    release: bool = True

    @classmethod
    def of(cls, reason: str, window: str, *, release: bool) -> "Asked":
        """Read what was asked.

        Raises:
            RequestError: The window is neither an interval nor a moment in ISO 8601.
        """
        if window:
            end_of(window)
        return cls(reason=reason, window=window, release=release)


def end_of(window: str) -> datetime:
    """Return the end of an interval, or the moment of an alarm, as naive UTC.

    Raises:
        RequestError: It is neither.
    """
    try:
        moments = [datetime.fromisoformat(part.strip()) for part in window.split("/", 1)]
    except ValueError:
        raise RequestError(
            f"The window {window!r} is neither an interval nor a moment.",
            "Write it like 2013-04-16/2013-05-07, or 2013-05-07T08:00:00Z for the moment of an alarm.",
            code="bad_window",
        ) from None
    last = moments[-1]
    return last if last.tzinfo is None else last.astimezone(UTC).replace(tzinfo=None)
