"""The channels that the configuration names."""

from collections.abc import Callable

from modelyard.config.alerts import Alerts, Kind
from modelyard.config.alerts import Channel as Settings
from modelyard.monitoring.alerts.dispatch import DispatchChannel
from modelyard.monitoring.alerts.github import Repository
from modelyard.monitoring.alerts.issue import IssueChannel
from modelyard.monitoring.alerts.message import Channel
from modelyard.monitoring.alerts.sns import SnsChannel
from modelyard.monitoring.alerts.stdout import StdoutChannel
from modelyard.monitoring.alerts.webhook import WebhookChannel


def channels(config: Alerts, say: Callable[[str], None]) -> list[Channel]:
    """Return one object per channel; nothing is asked of the environment yet."""
    found: list[Channel] = [StdoutChannel(say)] if config.stdout else []
    if config.webhook is not None:
        found.append(WebhookChannel(config.webhook.url, _kinds(config.webhook)))
    if config.sns is not None:
        found.append(SnsChannel(config.sns.topic, _kinds(config.sns)))
    if (issue := config.issue) is not None:
        found.append(IssueChannel(Repository(issue.repository, issue.token), issue.label, issue.close, _kinds(issue)))
    if (event := config.dispatch) is not None:
        found.append(DispatchChannel(Repository(event.repository, event.token), _kinds(event)))
    return found


def _kinds(settings: Settings) -> tuple[Kind, ...] | None:
    return None if settings.kinds is None else tuple(settings.kinds)
