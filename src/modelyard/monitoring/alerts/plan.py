"""Decides which message is due on which channel; works on the book alone, so that it can be done again."""

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from modelyard.monitoring.alerts.book import SKEW_S, Book, Delivery, Trouble, age_s, seconds
from modelyard.monitoring.alerts.record import Alert

_KEPT_S = 30 * 86400.0  # a trouble that is over is remembered so long, for its issue's number
_OWED_S = 7 * 86400.0  # news of a trouble that is over is no news after so long


@dataclass(frozen=True)
class Terms:
    """Who asks, when, and the times that count.

    Attributes:
        holder: This monitor.
        now: This moment.
        cooldown_s: A trouble that stays is told again after so long.
        hold_s: A message that another monitor began to send is left to it for so long.
        judged: Says whether the trouble of a key was looked at; one that was and is not there is over.
        enders: The channels that are told when a trouble has ended.
    """

    holder: str
    now: datetime
    cooldown_s: float
    hold_s: float
    judged: Callable[[str], bool] = lambda _: True
    enders: Collection[str] = ()


def claimed(book: Book, wanted: Sequence[tuple[str, Alert]], channels: Collection[str], terms: Terms) -> Book:
    """Return the book with everything that is due held by this monitor.

    Args:
        book: As it is.
        wanted: Channel and alert, for all that is wrong now.
        channels: The channels that there are; what is owed to others is forgotten.
        terms: Who asks, and when.
    """
    current = {alert.key: alert for _, alert in reversed(wanted)}
    troubles = {key: _seen(known, current.get(key), terms) for key, known in book.troubles.items()}
    for channel, alert in wanted:
        known = troubles.get(alert.key) or Trouble(alert=alert, since=terms.now.isoformat())
        troubles[alert.key] = _due(known, channel, terms)
    troubles = {key: _ending(trouble, terms) for key, trouble in troubles.items()}
    held = {key: _held(trouble, channels, terms) for key, trouble in troubles.items()}
    return Book(troubles={key: trouble for key, trouble in held.items() if _is_kept(trouble, terms)})


def mine(book: Book, channel: str, holder: str) -> list[Trouble]:
    """Return the troubles that `holder` has to tell `channel`, the longest owed first."""
    found = [t for t in book.troubles.values() if channel in t.deliveries and t.deliveries[channel].holder == holder]
    return sorted(found, key=lambda t: t.deliveries[channel].at)


def message_id(trouble: Trouble, channel: str) -> str:
    """Return the identity of the message that is owed: the same until it is noted as told."""
    delivery = trouble.deliveries[channel]
    end = [trouble.last] if delivery.what == "end" else []
    text = "\0".join((trouble.alert.key, trouble.since, channel, str(delivery.told), *end))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def is_held(delivery: Delivery, terms: Terms) -> bool:
    """Say whether a monitor, this one or another, is sending it."""
    left = seconds(terms.now.isoformat(), delivery.held_until) if delivery.holder else None
    return left is not None and 0 < left < terms.hold_s + SKEW_S


def _seen(trouble: Trouble, alert: Alert | None, terms: Terms) -> Trouble:
    """Bring a trouble up to date: it goes on, is over, or is back."""
    if alert is not None and not trouble.over:
        return trouble.model_copy(update={"alert": alert})
    if alert is not None:  # back: what was told of it before does not count
        past = {name: _past(delivery) for name, delivery in trouble.deliveries.items()}
        return Trouble(alert=alert, since=terms.now.isoformat(), deliveries=past)
    if trouble.over or not terms.judged(trouble.alert.key):
        return trouble
    return trouble.model_copy(update={"over": True, "ended": terms.now.isoformat()})


def _past(delivery: Delivery) -> Delivery:
    """Forget when it was told; an end that is still owed is none any more, also for who is sending it."""
    if delivery.what == "news" and delivery.state == "owed":
        return delivery.model_copy(update={"at": ""})
    return Delivery(state="told", at="", told=delivery.told, place=delivery.place)


def _ending(trouble: Trouble, terms: Terms) -> Trouble:
    """Mark the end as owed where the trouble was told of."""
    if not trouble.over:
        return trouble
    owed = {
        name: Delivery(state="owed", what="end", at=terms.now.isoformat(), told=known.told, place=known.place)
        for name, known in trouble.deliveries.items()
        if name in terms.enders and known.state == "told" and known.what == "news"
    }
    return trouble.model_copy(update={"deliveries": {**trouble.deliveries, **owed}})


def _due(trouble: Trouble, channel: str, terms: Terms) -> Trouble:
    """Mark the message as owed where the channel does not know of it, or not recently."""
    known = trouble.deliveries.get(channel)
    age = age_s(known.at, terms.now) if known else None
    if known is not None and (known.state == "owed" or (age is not None and age < terms.cooldown_s)):
        return trouble
    told, place = (known.told, known.place) if known else (0, "")
    owed = Delivery(state="owed", at=terms.now.isoformat(), told=told, place=place)
    return trouble.model_copy(update={"deliveries": {**trouble.deliveries, channel: owed}})


def _held(trouble: Trouble, channels: Collection[str], terms: Terms) -> Trouble:
    """Take what is owed and held by nobody; give up what has no channel any more, or is stale news."""
    until = (terms.now + timedelta(seconds=terms.hold_s)).isoformat()
    deliveries = {}
    for channel, delivery in trouble.deliveries.items():
        if delivery.state == "told" or is_held(delivery, terms):
            deliveries[channel] = delivery
        elif channel in channels and not (trouble.over and (age_s(trouble.last, terms.now) or 0) > _OWED_S):
            tried = delivery.tried or bool(delivery.holder)
            update = {"holder": terms.holder, "held_until": until, "tried": tried}
            deliveries[channel] = delivery.model_copy(update=update)
    return trouble.model_copy(update={"deliveries": deliveries})


def _is_kept(trouble: Trouble, terms: Terms) -> bool:
    is_owed = any(d.state == "owed" for d in trouble.deliveries.values())
    return not trouble.over or is_owed or (age_s(trouble.last, terms.now) or 0.0) < _KEPT_S
