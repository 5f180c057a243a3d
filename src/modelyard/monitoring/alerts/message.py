"""What a channel gets: an alert, whose it is, and an identity that stays the same however often it is tried."""

import os
from dataclasses import dataclass, field, replace
from typing import Protocol

from modelyard.config.alerts import Kind
from modelyard.monitoring.alerts.http import Patience, UnsentError
from modelyard.monitoring.alerts.record import Alert, ChannelName


@dataclass(frozen=True)
class Message:
    """One alert on its way to one channel.

    Attributes:
        alert: What is told.
        id: The same when it is tried again after a failure or a kill, another one after each cooldown.
        project: Whose alert it is.
        env: Likewise.
        place: Where the last message of this key went (an issue's number); "" for none.
        patience: How long it may take.
        unclear: An earlier attempt may have arrived.
        ended: What was told of is over.
    """

    alert: Alert
    id: str
    project: str
    env: str
    place: str = ""
    patience: Patience = field(default_factory=Patience)
    unclear: bool = False
    ended: bool = False

    def within(self, patience: Patience) -> "Message":
        """Return the message with another deadline."""
        return replace(self, patience=patience)


class Channel(Protocol):
    """A place where alerts are told."""

    @property
    def name(self) -> ChannelName:
        """What results call it."""
        ...

    @property
    def tells_end(self) -> bool:
        """Whether it is told when a trouble has ended."""
        ...

    def wanted(self, alerts: list[Alert]) -> list[Alert]:
        """Return what it tells of `alerts`."""
        ...

    def deliver(self, message: Message) -> str:
        """Tell it; return the place where it lies now, or "".

        Raises:
            UnsentError: It was not delivered.
        """
        ...


def of_kinds(alerts: list[Alert], kinds: tuple[Kind, ...] | None) -> list[Alert]:
    """Return the alerts of the given kinds; all for None."""
    return [a for a in alerts if kinds is None or a.kind in kinds]


def variable(name: str) -> str:
    """Return what the environment variable holds.

    Raises:
        UnsentError: It is not set, or empty.
    """
    value = os.environ.get(name, "").strip()
    if not value:
        raise UnsentError(f"the environment variable {name} is not set")
    return value
