"""Tells alerts among the lines of the command itself."""

from collections.abc import Callable
from dataclasses import dataclass

from modelyard.monitoring.alerts import words
from modelyard.monitoring.alerts.message import Message
from modelyard.monitoring.alerts.record import Alert, ChannelName


@dataclass(frozen=True)
class StdoutChannel:
    """Whoever prints: nothing below the command line does."""

    say: Callable[[str], None]
    name: ChannelName = "stdout"
    tells_end: bool = True

    def wanted(self, alerts: list[Alert]) -> list[Alert]:
        """Return all of them."""
        return alerts

    def deliver(self, message: Message) -> str:
        """Hand it to who prints."""
        self.say(words.plain(message.alert, message.project, message.env))
        return ""
