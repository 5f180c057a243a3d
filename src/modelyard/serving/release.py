"""What `/release` and `/readyz` say: which version gets which share, since when, and why not where none does."""

from typing import Any

from modelyard.routing import Ref
from modelyard.routing.release import clock
from modelyard.serving.assign import CHALLENGER, CHAMPION, SHADOW, Split
from modelyard.serving.follow import Follower
from modelyard.serving.state import State


def readiness(state: State) -> tuple[int, dict[str, Any]]:
    """Return status and document of `/readyz`: 200 only when a model answers."""
    if state.version is None:
        return 503, {"ready": False, "detail": state.problem, "hint": state.hint}
    found = {"ready": True, "version": state.version.ref.version}
    return 200, found | ({"detail": state.problem, "hint": state.hint} if state.problem else {})


def release(follower: Follower) -> dict[str, Any]:
    """Return what answers here, and what the routing document wants."""
    state = follower.state
    routing = state.routing
    found: dict[str, Any] = {
        "generation": routing.generation,
        "changed": routing.changed or None,
        "shares": _shares(state),
        "release": _release(state),
        "champion": _described(routing.champion, follower),
        "previous": _described(routing.previous, follower),
        "challenger": _described(_challenger(state), follower),
    }
    return found | ({"problem": state.problem, "hint": state.hint} if state.problem else {})


def _shares(state: State) -> list[dict[str, Any]]:
    if state.version is None:
        return []
    split = state.split
    share = 0.0 if split is None else split.share
    number = state.version.ref.version
    shares = [{"version": number, "role": CHAMPION, "share": 1.0 - share, "since": state.since}]
    if split is None or split.challenger is None or not split.live:
        return shares
    role = SHADOW if split.release.shadow else CHALLENGER
    tried = {"version": split.challenger.ref.version, "role": role, "share": share, "since": split.release.step_since}
    return [*shares, tried]


def _release(state: State) -> dict[str, Any] | None:
    known = state.routing.release
    if known is None:
        return None
    shown = known.model_dump(include={"id", "state", "step", "steps", "shadow", "started", "step_since", "reason"})
    return shown | ({"lease_s": _left(state.split)} if known.running else {})


def _left(split: Split | None) -> float:
    return 0.0 if split is None else round(max(split.lapses - clock(), 0.0), 3)


def _challenger(state: State) -> Ref | None:
    known = state.routing.release
    return known.challenger if known is not None and known.running else state.routing.challenger


def _described(ref: Ref | None, follower: Follower) -> dict[str, Any] | None:
    return None if ref is None else {**ref.model_dump(), "loaded": follower.warm(ref)}
