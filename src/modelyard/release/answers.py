"""Scores the challenger's captured rows again, by its bundle loaded fresh from the store."""

import shutil
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Self

import numpy as np
import polars as pl

from modelyard.bundle import golden
from modelyard.bundle.served import Served
from modelyard.capture.keys import Key
from modelyard.capture.read import files
from modelyard.data import contract as contracts
from modelyard.data.store import Store
from modelyard.errors import ModelyardError
from modelyard.release.compared import Total
from modelyard.release.counts import CHALLENGER
from modelyard.release.verdict import Answers
from modelyard.routing.release import Release
from modelyard.serving.bundles import bundle
from modelyard.serving.scorer import Scorer
from modelyard.serving.version import CONTRACT

_MOST = 20_000  # rows in one release: what these do not show, more of the same would not
_COLUMNS = ["sha256", "role", "boot", "sequence", "received_time", "event_time", "scores", "inputs"]


class Rescored:
    """The answers of one release's challenger so far; remembers which files it has read."""

    def __init__(self, store: Store, release: Release) -> None:
        """Load the challenger, and the champion where it can be loaded here.

        Raises:
            OutcomeError: The challenger's bundle is damaged or absent, or cannot run here.
            OutsideError: The store cannot be read.
        """
        self._store = store
        self._release = release
        self._challenger = release.challenger.sha256
        self._since = datetime.fromisoformat(release.started)
        self._cache = Path(tempfile.mkdtemp(prefix="modelyard-judge-"))
        with ExitStack() as failing:  # a store that is away is asked again at each look
            failing.callback(self.close)
            folder = bundle(store, release.challenger, self._cache)
            self._scorer = Scorer.load(folder, sha256=self._challenger)
            self._champion = self._other(release)
            self._skipped = _unseen(folder, self._scorer)
            self._golden = golden.load(folder)
            self._golden_differing = 0 if self._golden is None else _golden_differing(self._golden, self._scorer)
            self._recorded = self._distance_on_golden()
            failing.pop_all()
        self._done: set[str] = set()
        self._rows: set[tuple[str, int]] = set()
        self._total = Total()
        self.moments: tuple[datetime, datetime] | None = None
        """The first and last event time (else received time) of the rows so far."""

    @property
    def served(self) -> dict[str, Served]:
        """Return what challenger and champion answer, by sha256."""
        champion = {} if self._champion is None else {self._release.champion.sha256: self._champion.served}
        return {self._challenger: self._scorer.served, **champion}

    @property
    def spread(self) -> float:
        """Return the deviation of the held-out scores; 1 where there are none."""
        return 1.0 if self._golden is None or not len(self._golden.scores) else float(self._golden.scores.std()) or 1.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Remove the bundles that were fetched."""
        shutil.rmtree(self._cache, ignore_errors=True)

    def read(self) -> Answers:
        """Return what is known after the files that are new since the last time.

        Raises:
            OutsideError: The captures cannot be read.
        """
        for found in files(self._store, self._wanted):
            self._done |= {found.key.key, *found.fresh}
            if len(self._rows) < _MOST:
                self._add(found.frame(_COLUMNS))
        return self._total.answers(
            golden_differing=self._golden_differing, recorded=self._recorded, skipped=self._skipped
        )

    def _wanted(self, key: Key) -> bool:
        return (
            key.key not in self._done
            and key.short == self._challenger[:8]
            and key.closed >= self._since.timestamp()
            and len(self._rows) < _MOST
        )

    def _add(self, frame: pl.DataFrame) -> None:
        """Take the rows that are new, of the challenger's role, and of this release."""
        since = self._since.replace(tzinfo=None)
        mine = frame.filter(
            pl.col("sha256") == self._challenger, pl.col("role").is_in(CHALLENGER), pl.col("received_time") >= since
        )
        ids = list(mine.select("boot", "sequence").iter_rows())
        rows = mine.filter(pl.Series([one not in self._rows for one in ids], dtype=pl.Boolean))
        self._rows.update(ids)
        if rows.height:
            self._span(rows)
            self._compare(rows)

    def _span(self, rows: pl.DataFrame) -> None:
        found = rows.select(pl.coalesce("event_time", "received_time").alias("t")).to_series().to_list()
        known = [*found, *(self.moments or ())]
        self.moments = min(known), max(known)

    def _compare(self, rows: pl.DataFrame) -> None:
        served = _matrix(rows["scores"], len(self._scorer.served.classes))
        finite = np.isfinite(served).reshape(len(served), -1).all(axis=1)
        self._total.not_finite += int((~finite).sum())
        if not finite.any():
            return
        kept = served[finite]
        inputs = _inputs(rows[np.flatnonzero(finite).tolist()])
        offline = None if self._skipped else _scored(self._scorer.score, inputs, kept)
        other = None if self._skipped or self._champion is None else _scored(self._champion.score, inputs, kept)
        self._total.add(inputs, kept, offline, other)

    def _other(self, release: Release) -> Scorer | None:
        try:
            folder = bundle(self._store, release.champion, self._cache)
            found = Scorer.load(folder, sha256=release.champion.sha256)
        except ModelyardError:
            return None  # it answers here no more: nothing to be compared with
        return found if found.served.classes == self._scorer.served.classes else None

    def _distance_on_golden(self) -> float | None:
        if self._golden is None or self._champion is None or not self._golden.rows.height:
            return None
        try:
            return float(np.abs(self._champion.score(self._golden.rows) - self._golden.scores).mean())
        except ModelyardError:
            return None  # the champion reads a column that the challenger does not


def _scored(score: Callable[[pl.DataFrame], np.ndarray], inputs: pl.DataFrame, like: np.ndarray) -> np.ndarray:
    """Score all rows at once, or one by one where some of them raise; these get NaN."""
    try:
        return score(inputs)
    except ModelyardError:
        return np.concatenate([_one(score, inputs[i : i + 1], like[i : i + 1]) for i in range(inputs.height)])


def _one(score: Callable[[pl.DataFrame], np.ndarray], row: pl.DataFrame, like: np.ndarray) -> np.ndarray:
    try:
        return score(row)
    except ModelyardError:
        return np.full_like(like, np.nan)


def _golden_differing(rows: golden.Golden, scorer: Scorer) -> int:
    try:
        return rows.differing(scorer.score)
    except ModelyardError:
        return max(1, len(rows.scores))


def _matrix(scores: pl.Series, classes: int) -> np.ndarray:
    """Return (rows, classes), or (rows,) for numbers; NaN where a row has fewer or other scores."""
    width = classes or 1
    lists = [row if row is not None and len(row) == width else [None] * width for row in scores.to_list()]
    found = np.array([[np.nan if v is None else v for v in row] for row in lists], dtype=np.float64)
    return found.reshape(len(lists), width) if classes else found.reshape(len(lists))


def _inputs(rows: pl.DataFrame) -> pl.DataFrame:
    inputs = rows["inputs"]
    return inputs.struct.unnest() if inputs.dtype == pl.Struct else pl.DataFrame({"": inputs})


def _unseen(folder: Path, scorer: Scorer) -> str:
    """Say why its rows cannot be scored again: captures hold no personal values."""
    columns = contracts.load(folder / CONTRACT).columns
    personal = sorted(c.name for c in columns if c.personal and c.name in scorer.served.inputs)
    names = ", ".join(map(repr, personal[:3]))
    return f"the model reads personal columns ({names}), which captures lack: not scored again" if personal else ""
