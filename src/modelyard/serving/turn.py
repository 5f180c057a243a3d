"""Scores the single rows of one turn of the event loop together: a frame of many rows costs what a frame of one does.

The time of a row in company says little of the model, and a version that gets a small share of the requests has less
company than its champion. So only rows that were scored alone are timed: those of a turn with few of them, for which
company saves little, and those of every `_ALONE`th turn.

All answers of a turn are sent before any of them is counted and captured: whoever waits for them is woken once and
finds the next one there, while after a pause it would sleep and have to be woken again, which costs more than a score.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NamedTuple, TypeVar

from modelyard.serving.attempt import Asked, Outcome, attempt, attempt_all
from modelyard.serving.version import Version

T = TypeVar("T")

_FEW = 3
_ALONE = 32

After = Callable[[], None]
Done = Callable[[Outcome], After]
"""Sends an answer, and returns what is to be done once those of the others are sent too."""


class _Entry(NamedTuple):
    asked: Asked
    done: Done


class Turn:
    """The requests that were read since the event loop last scored."""

    def __init__(self) -> None:
        self._entries: list[_Entry] = []
        self._count = 0

    def add(self, asked: Asked, done: Done) -> None:
        """Score a request of one row once everything that has arrived is read, and tell `done`."""
        if not self._entries:
            asyncio.get_running_loop().call_soon(self._answer)
        self._entries.append(_Entry(asked, done))

    def _answer(self) -> None:
        entries, self._entries = self._entries, []
        self._count += 1
        for after in list(self._sent(entries)):
            if after is not None:
                _tried(after)

    def _sent(self, entries: Sequence[_Entry]) -> Iterator[After | None]:
        if len(entries) <= _FEW or self._count % _ALONE == 0:
            for asked, done in entries:
                yield _tried(partial(done, attempt(asked, alone=True)))
            return
        groups: dict[Version, list[_Entry]] = {}
        for entry in entries:
            groups.setdefault(entry.asked.assigned.version, []).append(entry)
        for group in groups.values():
            for (_, done), outcome in zip(group, attempt_all([entry.asked for entry in group]), strict=True):
                yield _tried(partial(done, outcome))


def _tried(act: Callable[[], T]) -> T | None:
    try:
        return act()
    except Exception as error:  # whoever it was for: the others of this turn wait for their answers
        context = {"message": "An answer could not be told", "exception": error}
        asyncio.get_running_loop().call_exception_handler(context)
        return None
