"""Asks for retraining through GitHub's `repository_dispatch`: one event, however many alerts there are."""

from dataclasses import dataclass

from modelyard.config.alerts import Kind
from modelyard.monitoring.alerts.github import Repository
from modelyard.monitoring.alerts.http import repeat
from modelyard.monitoring.alerts.message import Message, of_kinds
from modelyard.monitoring.alerts.record import Alert, ChannelName
from modelyard.monitoring.alerts.words import one_line

EVENT = "modelyard-retrain"
_LONGEST_REASON = 1000  # of a payload that may have 64 KB in all


@dataclass(frozen=True)
class DispatchChannel:
    """The workflows of a repository that listen for `modelyard-retrain`."""

    repository: Repository
    kinds: tuple[Kind, ...] | None = None
    name: ChannelName = "dispatch"
    tells_end: bool = False

    def wanted(self, alerts: list[Alert]) -> list[Alert]:
        """Return one alert that stands for all that ask for retraining."""
        asking = of_kinds(alerts, self.kinds)
        if not asking:
            return []
        reason = one_line("; ".join(dict.fromkeys(a.title for a in asking)), _LONGEST_REASON)
        window = max((a.window for a in asking), default="")  # intervals in ISO 8601: the newest
        return [Alert(key=EVENT, kind=asking[0].kind, title=reason, window=window)]

    def deliver(self, message: Message) -> str:
        """Send the event; one that arrives twice is refused by the retraining that it starts."""
        payload = {"env": message.env, "window": message.alert.window, "reason": message.alert.title}
        document = {"event_type": EVENT, "client_payload": payload}
        patience = message.patience
        repeat(lambda _: self.repository.write("/dispatches", document, patience.timeout_s), patience)
        return ""
