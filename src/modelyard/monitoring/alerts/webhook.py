"""Posts alerts to a webhook, in the form that Slack reads."""

import json
import re
from dataclasses import dataclass

from modelyard.config.alerts import Kind
from modelyard.monitoring.alerts import words
from modelyard.monitoring.alerts.http import Request, UnsentError, ask, refusal
from modelyard.monitoring.alerts.message import Message, of_kinds, variable
from modelyard.monitoring.alerts.record import Alert, ChannelName

_CODE = re.compile(rb"[a-z]+(_[a-z]+)*")  # Slack's own reasons: no_service, invalid_blocks


@dataclass(frozen=True)
class WebhookChannel:
    """A URL that takes JSON."""

    url: str  # the name of the variable
    kinds: tuple[Kind, ...] | None = None
    name: ChannelName = "webhook"
    tells_end: bool = True

    def wanted(self, alerts: list[Alert]) -> list[Alert]:
        """Return the alerts of its kinds."""
        return of_kinds(alerts, self.kinds)

    def deliver(self, message: Message) -> str:
        """Post it."""
        document = words.slack(message.alert, message.project, message.env)
        headers = {"content-type": "application/json", "user-agent": "modelyard", "idempotency-key": message.id}
        try:
            ask(Request("POST", variable(self.url), headers, json.dumps(document).encode()), message.patience)
        except UnsentError as error:
            raise _explained(error) from None
        return ""


def _explained(error: UnsentError) -> UnsentError:
    answer = refusal(error)
    if answer is not None and len(answer.body) < 60 and _CODE.fullmatch(answer.body):
        error.reason += f" {answer.body.decode()}"
    return error
