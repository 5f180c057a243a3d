"""Publishes alerts to an SNS topic."""

import re
from dataclasses import dataclass
from urllib.parse import urlencode

from modelyard.config.alerts import Kind
from modelyard.monitoring.alerts import credentials, words
from modelyard.monitoring.alerts.http import Answer, Request, UnsentError, once, refusal, repeat
from modelyard.monitoring.alerts.message import Message, of_kinds, variable
from modelyard.monitoring.alerts.record import Alert, ChannelName
from modelyard.monitoring.alerts.signature import signed

_ARN = re.compile(r"arn:aws[a-z-]*:sns:([a-z0-9-]+):\d{12}:[A-Za-z0-9_-]+(\.fifo)?")
_CODE = re.compile(rb"<Code>([A-Za-z.]{1,60})</Code>")
_THROTTLED = {"Throttling", "ThrottlingException", "Throttled", "ThrottledException", "RequestLimitExceeded"}
_LONGEST_SUBJECT = 100
_LONGEST_BODY = 200_000  # bytes; SNS takes 256 KB, attributes included


@dataclass(frozen=True)
class SnsChannel:
    """A topic, whose region is in its name."""

    topic: str  # the name of the variable
    kinds: tuple[Kind, ...] | None = None
    name: ChannelName = "sns"
    tells_end: bool = True

    def wanted(self, alerts: list[Alert]) -> list[Alert]:
        """Return the alerts of its kinds."""
        return of_kinds(alerts, self.kinds)

    def deliver(self, message: Message) -> str:
        """Publish it; a FIFO topic drops what arrives twice within five minutes."""
        repeat(lambda _: self._publish(message), message.patience)
        return ""

    def _publish(self, message: Message) -> Answer:
        topic = variable(self.topic)
        matched = _ARN.fullmatch(topic)
        if matched is None:
            raise UnsentError(f"the variable {self.topic} does not hold the ARN of an SNS topic")
        region = matched[1]
        headers = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
        body = urlencode(_form(topic, message)).encode()
        request = Request("POST", credentials.endpoint("sns", region), headers, body)
        try:
            return once(signed(request, "sns", region, credentials.find(region)), message.patience.timeout_s)
        except UnsentError as error:
            raise _explained(error) from None


def _form(topic: str, message: Message) -> dict[str, str]:
    alert = message.alert
    text = words.plain(alert, message.project, message.env).encode()[:_LONGEST_BODY].decode(errors="ignore")
    form = {
        "Action": "Publish",
        "Version": "2010-03-31",
        "TopicArn": topic,
        "Subject": _subject(message),
        "Message": text,
    }
    attributes = {"kind": alert.kind, "severity": alert.severity, "env": message.env, "project": message.project}
    for number, (name, value) in enumerate(((n, v) for n, v in attributes.items() if v), start=1):
        entry = f"MessageAttributes.entry.{number}"
        form |= {f"{entry}.Name": name, f"{entry}.Value.DataType": "String", f"{entry}.Value.StringValue": value}
    if topic.endswith(".fifo"):
        form |= {"MessageGroupId": "modelyard", "MessageDeduplicationId": message.id}
    return form


def _subject(message: Message) -> str:
    """Return at most 100 printable ASCII characters, the first one no space: what SNS accepts."""
    text = words.subject(message.alert, message.project, message.env)
    return text.encode("ascii", "replace").decode().strip()[:_LONGEST_SUBJECT] or "modelyard"


def _explained(error: UnsentError) -> UnsentError:
    answer = refusal(error)
    code = _CODE.search(answer.body) if answer is not None else None
    if code is not None:
        name = code[1].decode()
        error.reason += f" {name}"
        error.again |= name in _THROTTLED
    return error
