"""What setting up is made of: steps that were planned by looking, and can be done one by one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from modelyard.record import Record

Change = Literal["create", "update", "delete", "none", "later", "unavailable"]
CHANGES: frozenset[Change] = frozenset({"create", "update", "delete"})


class Action(Record):
    """One thing on GitHub (or in a file).

    `later`: something else has to happen first; `unavailable`: GitHub does not have it for this repository. `detail`
    says what changes, or why nothing can; `done` whether this run changed it.
    """

    kind: str
    name: str
    change: Change
    detail: str = ""
    done: bool = False


@dataclass(frozen=True)
class Step:
    """An action and how it is done; doing it twice does no more."""

    action: Action
    apply: Callable[[], object] | None = None


def nothing(kind: str, name: str, detail: str = "") -> Step:
    """Return the step of what is as it should be."""
    return Step(Action(kind=kind, name=name, change="none", detail=detail))


def unavailable(kind: str, name: str, why: str) -> Step:
    """Return the step of what GitHub does not have for this repository."""
    return Step(Action(kind=kind, name=name, change="unavailable", detail=why))


def later(kind: str, name: str, why: str) -> Step:
    """Return the step that has to wait for something else."""
    return Step(Action(kind=kind, name=name, change="later", detail=why))


def change(kind: str, name: str, what: Change, apply: Callable[[], object], detail: str = "") -> Step:
    """Return the step of something that is to be made, changed or removed."""
    return Step(Action(kind=kind, name=name, change=what, detail=detail), apply)
