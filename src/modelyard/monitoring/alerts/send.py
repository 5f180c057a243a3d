"""Sends alerts to their channels, each trouble once per cooldown."""

import threading
import time
from collections.abc import Callable, Sequence
from functools import partial

from modelyard.config.monitoring import Monitoring
from modelyard.data.store import Store
from modelyard.errors import ModelyardError, OutsideError
from modelyard.monitoring.alerts import book as books
from modelyard.monitoring.alerts.book import Book
from modelyard.monitoring.alerts.channels import channels
from modelyard.monitoring.alerts.http import Patience
from modelyard.monitoring.alerts.message import Channel
from modelyard.monitoring.alerts.plan import Terms, claimed, is_held, mine
from modelyard.monitoring.alerts.record import Alert, Sent
from modelyard.monitoring.alerts.tell import Sender, tell

BUDGET_S = 60.0
"""Seconds after which no channel begins another attempt."""


def _unsaid(_: str) -> None:
    """Say nothing: the result shows the alerts."""


def send(  # noqa: PLR0913 - one call, and all but three have defaults
    alerts: Sequence[Alert],
    config: Monitoring,
    store: Store,
    *,
    project: str = "",
    env: str = "local",
    judged: Callable[[str], bool] = lambda _: True,
    say: Callable[[str], None] = _unsaid,
    budget_s: float = BUDGET_S,
) -> list[Sent]:
    """Tell each alert to each channel that wants it; raises neither for a channel nor for a store that fails.

    What an earlier monitor could not send, or was killed while sending, goes out too. Channels work at the same
    time, so a slow one holds up none of the others.

    Args:
        alerts: All troubles that there are now.
        config: Channels, cooldown, retries.
        store: Keeps what was told to whom (`alerts.json`).
        project: Named in the messages.
        env: Likewise.
        judged: Says whether the trouble of a key was looked at. One that was and is not among `alerts` is over: that
            is told once (`alerts.resolved`), and the trouble at once when it comes back. A run over an old window
            has looked at none.
        say: Prints one alert, for the channel stdout.
        budget_s: After so many seconds no attempt begins; each channel has as long.

    Returns:
        One entry per alert and channel that wants it (`dispatch` has one for all), then what was owed.
    """
    places = channels(config.alerts, say)
    wanted = [(place.name, alert) for place in places for alert in place.wanted(list(alerts))]
    timeout_s = config.alerts.timeout_s
    terms = Terms(
        holder=books.new_holder(),
        now=books.now(),
        cooldown_s=config.alerts.cooldown_h * 3600,
        hold_s=budget_s + 2 * timeout_s + 30,
        judged=judged,
        enders=[place.name for place in places if place.tells_end and config.alerts.resolved],
    )
    book, problem = _claim(store, wanted, [place.name for place in places], terms)
    patience = Patience(config.alerts.attempts, timeout_s, until=time.monotonic() + budget_s)
    sender = Sender(None if problem else store, terms.holder, project, env, patience, problem)
    sent = _told(places, book, sender, budget_s + 2 * timeout_s)
    return _ordered(wanted, sent, book, terms)


def failure(sent: Sequence[Sent]) -> OutsideError | None:
    """Return what could not be told, as an error of exit code 3; None when everything was.

    It is for a `monitor` that found nothing else to fail for: what was measured stands.
    """
    failed = [s for s in sent if s.state == "failed"]
    if not failed:
        return None
    told = "; ".join(sorted({f"{s.channel}: {s.reason}" for s in failed}))
    return OutsideError(
        f"{len(failed)} alert{'s' * (len(failed) > 1)} could not be sent: {told}.",
        "They are kept, and the next `modelyard monitor` tries again.",
        code="alerts_not_sent",
    )


def _claim(store: Store, wanted: Sequence[tuple[str, Alert]], names: Sequence[str], terms: Terms) -> tuple[Book, str]:
    """Take what is due; where the store fails everything is, since telling twice is better than not at all."""
    edit = partial(claimed, wanted=wanted, channels=names, terms=terms)
    try:
        return books.change(store, edit), ""
    except ModelyardError as error:
        return edit(Book()), error.message


def _told(places: Sequence[Channel], book: Book, sender: Sender, wait_s: float) -> list[Sent]:
    """Let each channel tell its messages in a thread of its own; one that hangs is left behind."""
    sent: list[Sent] = []
    jobs = [(place, mine(book, place.name, sender.holder)) for place in places]
    threads = [
        threading.Thread(target=tell, args=(place, troubles, sender, sent.append), daemon=True)
        for place, troubles in jobs
        if troubles
    ]
    for thread in threads:
        thread.start()
    until = time.monotonic() + wait_s
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    done = list(sent)
    known = {(s.key, s.channel) for s in done}
    late = [(t.alert.key, place.name) for place, troubles in jobs for t in troubles]
    hung = [Sent(key=k, channel=c, state="failed", reason="no end in time") for k, c in late if (k, c) not in known]
    return done + hung


def _ordered(wanted: Sequence[tuple[str, Alert]], sent: Sequence[Sent], book: Book, terms: Terms) -> list[Sent]:
    """Return an entry for each wanted message, then the ones that were owed."""
    done = {(s.key, s.channel): s for s in sent}
    order = dict.fromkeys((alert.key, channel) for channel, alert in wanted) | dict.fromkeys(done)
    return [done.get(pair) or _suppressed(*pair, book, terms) for pair in order]


def _suppressed(key: str, channel: str, book: Book, terms: Terms) -> Sent:
    delivery = book.troubles[key].deliveries[channel]
    reason = "another monitor is sending it" if is_held(delivery, terms) else f"told at {delivery.at}"
    return Sent.model_validate({"key": key, "channel": channel, "state": "suppressed", "reason": reason})
