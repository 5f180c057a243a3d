"""Lets routing know of a new version: the first serves at once, a later one waits as challenger."""

from modelyard.data.store import Store
from modelyard.routing import audit, document
from modelyard.routing.document import Ref, Routing

ACTION = "registered"


def admit(store: Store, ref: Ref, why: str) -> Routing:
    """Enter `ref` once; a version that was entered before stays where later decisions put it."""
    subject = f"v{ref.version}"
    routing = document.read(store)
    if any(e.action == ACTION and e.subject == subject for e in audit.events(store)):
        return routing

    def enter(current: Routing) -> Routing:
        if ref in (current.champion, current.challenger, current.previous):
            return current
        if current.champion is None:
            return current.model_copy(update={"champion": ref, "pinned": ref, "weights": {str(ref.version): 1.0}})
        return current.model_copy(update={"challenger": ref})

    return document.swap(store, enter, why=why, action=ACTION, subject=subject)
