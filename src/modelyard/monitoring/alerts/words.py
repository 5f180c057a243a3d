"""The words of an alert: one line, Slack's blocks, Markdown. Names from the data can format or mention nothing."""

import re
from typing import Any

from modelyard.monitoring.alerts.record import Alert

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")


def one_line(text: str, longest: int = 2000) -> str:
    """Return `text` without line breaks and other control characters, cut where it is too long."""
    found = _UNPRINTABLE.sub(" ", text).strip()
    return found if len(found) <= longest else found[: longest - 1].rstrip() + "…"


def subject(alert: Alert, project: str, env: str) -> str:
    """Return the headline."""
    where = "/".join(part for part in (project, env) if part)
    return one_line(f"[{where}] {alert.title}" if where else alert.title, 200)


def resolved(alert: Alert, since: str, ended: str) -> Alert:
    """Return what is told when a trouble has ended."""
    told = f"It was found from {since[:16]} on, and not any more at {ended[:16]} (UTC)."
    update = {"severity": "info", "title": f"Resolved: {alert.title}", "text": told, "values": {}}
    return alert.model_copy(update=update)


def plain(alert: Alert, project: str, env: str) -> str:
    """Return a few lines for a mail or a terminal."""
    lines = [f"{alert.severity.upper()}: {subject(alert, project, env)}"]
    lines += [one_line(line) for line in alert.text.splitlines()]
    return "\n".join(lines + _facts(alert))


def slack(alert: Alert, project: str, env: str) -> dict[str, Any]:
    """Return what Slack's incoming webhooks read; other services that take this form read `text`."""
    headline = subject(alert, project, env)
    facts = " · ".join([alert.severity, alert.kind, *_facts(alert)])
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": {"type": "plain_text", "text": one_line(headline, 150)}},
    ]
    if alert.text.strip():
        said = one_line(alert.text, 2000)
        blocks.append({"type": "section", "text": {"type": "mrkdwn", "text": _escaped(said)}})
    blocks.append({"type": "context", "elements": [{"type": "mrkdwn", "text": _escaped(one_line(facts, 1500))}]})
    return {"text": _escaped(f"{alert.severity.upper()}: {headline}"), "blocks": blocks}


def markdown(alert: Alert, project: str, env: str) -> str:
    """Return Markdown whose variable part is one block of code, in which nothing is formatted or mentioned."""
    text = plain(alert, project, env)
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}"


def _facts(alert: Alert) -> list[str]:
    window = [f"window: {one_line(alert.window, 200)}"] if alert.window else []
    return window + [f"{one_line(name, 200)}: {_shown(value)}" for name, value in alert.values.items()]


def _shown(value: float | str | None) -> str:
    return f"{value:.4g}" if isinstance(value, float) else one_line(str(value), 500)


def _escaped(text: str) -> str:
    """Escape what Slack would read as a link, a mention or a call to everyone."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
