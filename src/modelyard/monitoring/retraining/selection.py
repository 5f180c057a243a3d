"""Compares labelled rows with all that were served: labels that come late or never are not missing at random."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from modelyard.monitoring.retraining.record import Selection
from modelyard.reference import distance
from modelyard.reference.distribution import Distribution, cell_numbers
from modelyard.reference.profile import Profile

_FEWEST = 30  # a smaller group lies far from everything by chance alone


class Selected:
    """Counts of served and of labelled values, on the cells of the champion's profile."""

    def __init__(self, profile: Profile | None) -> None:
        columns = [] if profile is None else profile.columns
        self._columns: Mapping[str, Distribution] = {c.name: c for c in columns if len(c.cell_shares)}
        self._counts = {name: np.zeros((2, len(c.cell_shares))) for name, c in self._columns.items()}

    def add(self, served: pl.DataFrame) -> None:
        """Count captured rows, of which those with a `truth` are the labelled ones."""
        if not isinstance(served.schema["inputs"], pl.Struct):
            return
        inputs = served["inputs"].struct.unnest()
        known = served["truth"].is_not_null().to_numpy()
        for name, column in self._columns.items():
            if name not in inputs.columns:
                continue
            cell, present = cell_numbers(column, inputs.get_column(name))
            width = self._counts[name].shape[1]
            self._counts[name] += np.stack(
                [np.bincount(cell[chosen], minlength=width) for chosen in (present, present & known)]
            )

    def found(self, least: float) -> list[Selection]:
        """Return the columns that differ by more than the data's own variation, the farthest first.

        Args:
            least: Smallest distance (Kolmogorov-Smirnov, or total variation for categories) that counts.
        """
        judged = [self._judged(name, least) for name in self._columns]
        far = [each for each in judged if each is not None and each.distance > each.limit]
        return sorted(far, key=lambda each: -each.distance)

    def _judged(self, name: str, least: float) -> Selection | None:
        served, labelled = self._counts[name]
        if min(served.sum(), labelled.sum()) < _FEWEST:
            return None
        column = self._columns[name]
        measure = distance.total_variation if column.kind == "category" else distance.kolmogorov_smirnov
        found = float(measure(distance.shares(labelled), distance.shares(served)))
        limit = max([least, *(window.distance for window in column.windows)])
        return Selection(name=name, distance=round(found, 6), limit=limit)
