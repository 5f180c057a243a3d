"""Counts what a version answered, window by window, in memory that no number of rows can grow."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import numpy as np
import polars as pl

from modelyard.data.types import plainly
from modelyard.monitoring.cells import CellCounter
from modelyard.monitoring.windows import Grid, clock
from modelyard.reference.distance import Floats, Integers
from modelyard.reference.distribution import OTHER, Distribution, as_numbers
from modelyard.reference.profile import Profile

_MOST_NEW = 1000  # values that training never had, remembered per column
_LONGEST_NEW = 120
_THREADS = 2


class Column:
    """Rows of one column by window and cell; the last cell counts missing values."""

    def __init__(self, known: Distribution) -> None:
        self.known = known
        self.width = max(len(known.cell_shares), 1) + 1
        self.windows: dict[int, Integers] = {}
        self.new: dict[str, int] = {}
        self._counter = CellCounter(np.array(known.edges, dtype=float))
        self._places = {name: place for place, name in enumerate(known.shares)}
        # Where training had values too rare to be named, what is not named need not be new.
        self.tells_new = known.kind == "category" and not known.shares.get(OTHER)

    def add(self, window: int, values: pl.Series) -> None:
        """Count values of one window."""
        counted = self._categories(values) if self.known.kind == "category" else self._numbers(values)
        before = self.windows.get(window)
        self.windows[window] = counted if before is None else before + counted

    def total(self) -> Integers:
        """Return the counts of all windows together, shape (cells + 1,)."""
        return sum(self.windows.values(), np.zeros(self.width, dtype=np.int64))

    def _numbers(self, values: pl.Series) -> Integers:
        found = values.cast(pl.String).str.len_chars() if self.known.kind == "text" else values
        numbers = as_numbers(found)
        if not self.known.edges:
            present = int(np.count_nonzero(~np.isnan(numbers)))
            return np.array([present, len(numbers) - present], dtype=np.int64)
        cells, missing = self._counter.count(numbers)
        return np.append(cells, missing)

    def _categories(self, values: pl.Series) -> Integers:
        counts = np.zeros(self.width, dtype=np.int64)
        found = plainly(values.cast(pl.String, strict=False)).value_counts(name="rows")
        other = self._places.get(OTHER, 0)
        for name, rows in zip(found["value"].to_list(), found["rows"].to_list(), strict=True):
            place = self.width - 1 if name is None else self._places.get(name, other)
            counts[place] += rows
            if place == other and name is not None and name not in self._places:
                self._note(name, rows)
        return counts

    def _note(self, name: str, rows: int) -> None:
        short = name[:_LONGEST_NEW]
        if self.tells_new and (short in self.new or len(self.new) < _MOST_NEW):
            self.new[short] = self.new.get(short, 0) + rows


class Tally:
    """What one version answered."""

    def __init__(self, profile: Profile, days: int) -> None:
        self.grid = Grid.of(profile.begins, days)
        self.columns = [Column(known) for known in profile.columns]
        self.predictions = [Column(known) for known in profile.predictions]
        self.rows: dict[int, int] = {}
        self.first: datetime | None = None
        self.last: datetime | None = None
        self.lag_h: float | None = None  # of the newest event behind its request

    def add(self, frame: pl.DataFrame) -> None:
        """Count captured rows of this version."""
        moments = clock(frame)
        self._stretch(moments)
        self._age(frame)
        inputs = fields(frame)
        for window, rows in _parts(self.grid, moments):
            self.rows[window] = self.rows.get(window, 0) + (frame.height if rows is None else len(rows))
            self._count(window, inputs if rows is None else inputs[rows], frame if rows is None else frame[rows])

    def _count(self, window: int, inputs: pl.DataFrame, frame: pl.DataFrame) -> None:
        there = set(inputs.columns)
        empty = pl.repeat(None, frame.height, dtype=pl.String, eager=True)
        work = [(c, inputs.get_column(c.known.name) if c.known.name in there else empty) for c in self.columns]
        answers = predicted(frame)
        work += [(c, answers[c.known.name]) for c in self.predictions if c.known.name in answers]
        if frame.height < 20_000:
            for column, values in work:
                column.add(window, values)
            return
        with ThreadPoolExecutor(_THREADS) as pool:  # sorting holds no lock of the interpreter
            list(pool.map(lambda pair: pair[0].add(window, pair[1]), work))

    def _stretch(self, moments: pl.Series) -> None:
        first, last = moments.min(), moments.max()
        if isinstance(first, datetime) and isinstance(last, datetime):
            self.first = first if self.first is None else min(self.first, first)
            self.last = last if self.last is None else max(self.last, last)

    def _age(self, frame: pl.DataFrame) -> None:
        lag = (frame.get_column("received_time") - frame.get_column("event_time")).min()
        if isinstance(lag, timedelta):
            hours = max(lag / timedelta(hours=1), 0.0)
            self.lag_h = hours if self.lag_h is None else min(self.lag_h, hours)


def fields(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the captured inputs as columns; none where a file has none."""
    inputs = frame.get_column("inputs") if "inputs" in frame.columns else None
    return inputs.struct.unnest() if inputs is not None and isinstance(inputs.dtype, pl.Struct) else pl.DataFrame()


def predicted(frame: pl.DataFrame) -> dict[str, pl.Series]:
    """Return the columns that stand for the answers, named as in `reference.profile.prediction_columns`."""
    scores = frame.get_column("scores")
    if scores.list.len().max() in (None, 0, 1, 2):
        return {"prediction": frame.get_column("score")}
    return {"prediction": frame.get_column("prediction"), "confidence": scores.list.max()}


def _parts(grid: Grid, moments: pl.Series) -> Iterator[tuple[int, Integers | None]]:
    """Yield each window with its rows; None for all of them, as is usual for a file of one day."""
    first, last = moments.min(), moments.max()
    if isinstance(first, datetime) and isinstance(last, datetime) and grid.number(first) == grid.number(last):
        yield grid.number(first), None
        return
    numbers = grid.numbers(moments)
    for window in np.unique(numbers):
        yield int(window), np.flatnonzero(numbers == window)


def shares_of(counts: Integers) -> tuple[Floats, float, int]:
    """Return the shares of the cells that hold values, the share that is missing, and how many values there are."""
    rows, present = int(counts.sum()), int(counts[:-1].sum())
    missing = 1 - present / rows if rows else 0.0
    return counts[:-1] / max(present, 1), missing, present
