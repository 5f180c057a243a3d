"""What the captures say about a release so far: the challenger's answers, and their outcomes."""

import time
from typing import Self

from modelyard.data.store import Store
from modelyard.release.answers import Rescored
from modelyard.release.outcomes import outcomes
from modelyard.release.verdict import Answers, Outcomes
from modelyard.routing.release import Release

_EVERY_S = 60.0  # labels come late, and joining them reads the captures again


class Captured:
    """Reads the captures of one release at a time; call it with the release at each look."""

    def __init__(self, store: Store, *, enabled: bool = True) -> None:
        """Take the store, and whether answers are captured at all (`serving.capture.enabled`)."""
        self._store, self._enabled = store, enabled
        self._rescored: Rescored | None = None
        self._of = ""
        self._outcomes: Outcomes | None = None
        self._joined = -_EVERY_S

    def __call__(self, release: Release) -> tuple[Answers | None, Outcomes | None]:
        """Return answers and outcomes as of now.

        Raises:
            OutcomeError: The challenger's bundle is damaged or absent.
            OutsideError: The store, or a file in it, cannot be read.
        """
        if not self._enabled:
            return Answers(skipped="capturing is off (serving.capture.enabled): not compared"), None
        rescored = self._opened(release)
        return rescored.read(), self._labelled(release, rescored)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Remove what was fetched."""
        if self._rescored is not None:
            self._rescored.close()
        self._rescored, self._outcomes, self._joined = None, None, -_EVERY_S

    def _opened(self, release: Release) -> Rescored:
        if self._rescored is None or self._of != release.id:
            self.close()
            self._rescored, self._of = Rescored(self._store, release), release.id
        return self._rescored

    def _labelled(self, release: Release, rescored: Rescored) -> Outcomes | None:
        due = time.monotonic() - self._joined >= _EVERY_S
        if due and rescored.moments is not None and len(rescored.served) > 1:
            self._joined = time.monotonic()
            self._outcomes = outcomes(self._store, release, rescored.served, rescored.moments, rescored.spread)
        return self._outcomes
