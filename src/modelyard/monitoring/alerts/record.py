"""What is told, and what came of telling it."""

from typing import Literal

from modelyard.config.alerts import Kind
from modelyard.record import Record

Severity = Literal["info", "warning", "critical"]
ChannelName = Literal["stdout", "webhook", "sns", "issue", "dispatch"]


class Alert(Record):
    """Something that a person should know; it holds no value of a row and no secret.

    Attributes:
        key: The same for the same trouble, run after run ("drift:v3:temp"): what is de-duplicated and cooled down.
        kind: What is wrong.
        severity: How much it matters.
        title: One line.
        text: Sentences: what was measured, against what, and what to do.
        window: The event time that it is about, as an ISO 8601 interval; "" where there is none.
        values: The numbers behind it.
    """

    key: str
    kind: Kind
    severity: Severity = "warning"
    title: str
    text: str = ""
    window: str = ""
    values: dict[str, float | int | str | None] = {}


class Sent(Record):
    """What came of one alert on one channel.

    `suppressed` is no failure: the channel was told already, or another monitor is telling it now. `failed` is
    tried again by the next monitor, also when the trouble is over by then.
    """

    key: str
    channel: ChannelName
    state: Literal["sent", "suppressed", "failed"]
    reason: str = ""
    resolved: str = ""  # the title of what has ended, where that is what was told
