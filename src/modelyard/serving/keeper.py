"""What takes captured rows, as `capture.Capture` does."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from modelyard.capture.shape import Shape


class Keeper(Protocol):
    """Takes rows without delay, and writes them elsewhere."""

    @property
    def counters(self) -> Mapping[str, int]:
        """Return totals, such as `capture_rows_total`."""
        ...

    def add(  # noqa: PLR0913 - as Capture.add
        self,
        shape: Shape,
        role: str,
        request_id: str,
        entity: str | None,
        rows: Sequence[Sequence[Any]],
        scores: np.ndarray,
        received: float,
    ) -> None:
        """Take the rows of one answer."""
        ...


class Nothing:
    """Keeps nothing."""

    counters: Mapping[str, int] = {}

    def add(  # noqa: PLR0913 - as Capture.add
        self,
        shape: Shape,
        role: str,
        request_id: str,
        entity: str | None,
        rows: Sequence[Sequence[Any]],
        scores: np.ndarray,
        received: float,
    ) -> None:
        """Forget the rows."""
