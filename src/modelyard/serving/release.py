"""What `/release` and `/readyz` say: which version answers, since when, and why not where none does."""

from typing import Any

from modelyard.routing import Ref
from modelyard.serving.follow import Follower
from modelyard.serving.state import State


def readiness(state: State) -> tuple[int, dict[str, Any]]:
    """Return status and document of `/readyz`: 200 only when a model answers."""
    if state.version is None:
        return 503, {"ready": False, "detail": state.problem, "hint": state.hint}
    return 200, {"ready": True, "version": state.version.ref.version}


def release(follower: Follower) -> dict[str, Any]:
    """Return what answers here, and what the routing document wants."""
    state = follower.state
    routing = state.routing
    found: dict[str, Any] = {
        "generation": routing.generation,
        "changed": routing.changed or None,
        "shares": [_share(state)] if state.version is not None else [],
        "champion": _described(routing.champion, follower),
        "previous": _described(routing.previous, follower),
        "challenger": _described(routing.challenger, follower),
    }
    return found | ({"problem": state.problem, "hint": state.hint} if state.problem else {})


def _share(state: State) -> dict[str, Any]:
    assert state.version is not None  # noqa: S101 - asked only then
    return {"version": state.version.ref.version, "role": "champion", "share": 1.0, "since": state.since}


def _described(ref: Ref | None, follower: Follower) -> dict[str, Any] | None:
    return None if ref is None else {**ref.model_dump(), "loaded": follower.warm(ref)}
