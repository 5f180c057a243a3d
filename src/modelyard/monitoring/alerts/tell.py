"""Tells one channel its messages, and notes each of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from modelyard.data.store import Store
from modelyard.errors import ModelyardError
from modelyard.monitoring.alerts import book as books
from modelyard.monitoring.alerts import words
from modelyard.monitoring.alerts.book import Book, Delivery, Trouble
from modelyard.monitoring.alerts.http import Patience, UnsentError
from modelyard.monitoring.alerts.message import Channel, Message
from modelyard.monitoring.alerts.plan import message_id
from modelyard.monitoring.alerts.record import Sent


@dataclass(frozen=True)
class Sender:
    """Who sends, on whose behalf, and how long it may take.

    Attributes:
        store: Where it is noted; None where that failed already.
        holder: This monitor.
        project: Named in the messages.
        env: Likewise.
        patience: Of each message; the deadline is that of all.
        problem: Why nothing can be noted.
    """

    store: Store | None
    holder: str
    project: str
    env: str
    patience: Patience
    problem: str = ""


def tell(channel: Channel, troubles: Sequence[Trouble], sender: Sender, done: Callable[[Sent], None]) -> None:
    """Send one message per trouble and note what came of it; a failure stops none of the others."""
    for trouble in troubles:
        done(_told(channel, trouble, sender))


def _told(channel: Channel, trouble: Trouble, sender: Sender) -> Sent:
    delivery = trouble.deliveries[channel.name]
    ended = delivery.what == "end"
    message = Message(
        alert=words.resolved(trouble.alert, trouble.since, trouble.last) if ended else trouble.alert,
        id=message_id(trouble, channel.name),
        project=sender.project,
        env=sender.env,
        place=delivery.place,
        patience=sender.patience,
        unclear=delivery.tried,
        ended=ended,
    )
    sent = partial(Sent, key=trouble.alert.key, channel=channel.name, resolved=trouble.alert.title if ended else "")
    try:
        place = channel.deliver(message)
    except UnsentError as error:
        _note(sender, trouble, channel.name, _failed(delivery, error.reason, unclear=error.unclear))
        return sent(state="failed", reason=error.reason)
    except Exception as error:  # a fault in one channel must not silence the others
        return sent(state="failed", reason=f"{type(error).__name__} in the channel itself")
    now, place = books.now().isoformat(), place or delivery.place
    told = Delivery(state="told", what=delivery.what, at=now, told=delivery.told + 1, place=place)
    problem = sender.problem or _note(sender, trouble, channel.name, told)
    return sent(state="sent", reason=f"may be told again, for it could not be noted: {problem}" if problem else "")


def _failed(delivery: Delivery, reason: str, *, unclear: bool) -> Delivery:
    update = {"holder": "", "held_until": "", "tried": delivery.tried or unclear, "reason": reason}
    return delivery.model_copy(update=update)


def _note(sender: Sender, trouble: Trouble, channel: str, delivery: Delivery) -> str:
    """Write what came of it, unless another monitor has taken it over; return why it could not be written."""
    key = trouble.alert.key

    def edit(book: Book) -> Book:
        known = book.troubles.get(key)
        if known is None or channel not in known.deliveries or known.deliveries[channel].holder != sender.holder:
            return book
        noted = known.model_copy(update={"deliveries": {**known.deliveries, channel: delivery}})
        return Book(troubles={**book.troubles, key: noted})

    if sender.store is None:
        return sender.problem
    try:
        books.change(sender.store, edit)
    except ModelyardError as error:
        return error.message
    return ""
