"""The rows of one run: batches are read, checked, scored and written side by side, in flat memory."""

import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import polars as pl

from modelyard.batch import bad
from modelyard.batch.model import Model
from modelyard.batch.parts import REJECTS, Parts
from modelyard.batch.plan import Plan
from modelyard.batch.scoring import Blocks, decided, workers
from modelyard.batch.source import total
from modelyard.data.contract.prepare import unreadable
from modelyard.data.load import Table
from modelyard.errors import OutcomeError
from modelyard.progress import Progress

_BATCH = 131_072  # rows
_IN_FLIGHT = 2  # batches, so that one is read and one written while one is scored
_PART_ROWS = 1_000_000
_PART_S = 10.0  # what a kill may cost at most


class Done(NamedTuple):
    """Rows that are done, up to `end` of the input."""

    scored: pl.DataFrame
    lines: pl.DataFrame  # of the reject file
    end: int
    tolerated: dict[int, int]


@dataclass(frozen=True)
class _Flying:
    """A batch whose scores are being worked out."""

    end: int
    kept: pl.DataFrame
    numbers: np.ndarray  # of the rows that are scored, in the input
    lines: pl.DataFrame
    tolerated: dict[int, int]
    blocks: Blocks


@dataclass(frozen=True)
class Job:
    """The rows of one run, from the first that is not done."""

    model: Model
    table: Table
    plan: Plan
    parts: Parts
    fail: bool
    progress: Progress

    def run(self) -> None:
        """Score what is not done yet, part by part."""
        rows = total(self.table)
        self.progress("rows", self.parts.end, rows)
        pool = ThreadPoolExecutor(workers(self.model.scorer), thread_name_prefix="score")
        try:
            for part in self._gathered(self._done(pool)):
                self.parts.save(*part)
                self.progress("rows", self.parts.end, rows)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def check_tolerated(self) -> None:
        """Refuse a table with more values that are not of their type than the contract tolerates.

        Raises:
            OutcomeError: There are.
        """
        for i, rule in enumerate(self.plan.rules):
            count = sum(part.tolerated.get(i, 0) for part in self.parts.done)
            if rule.tolerated and count > rule.tolerated * self.parts.end:
                raise OutcomeError(
                    f"{count:,} of {self.parts.end:,} values of {rule.column!r}: {rule.message}.",
                    f"The contract tolerates {rule.tolerated:.2%}; nothing was written.",
                    code="bad_rows",
                )

    def _batches(self) -> Iterator[pl.DataFrame]:
        frame = self.plan.frame.slice(self.parts.end) if self.parts.end else self.plan.frame
        try:
            yield from frame.collect_batches(chunk_size=_BATCH, engine="streaming")
        except (pl.exceptions.PolarsError, OSError) as error:
            raise unreadable(self.table, self.model.contract, error) from error

    def _done(self, pool: ThreadPoolExecutor) -> Iterator[Done]:
        flying: deque[_Flying] = deque()
        end = self.parts.end
        for batch in self._batches():
            flying.append(self._begun(pool, batch, end))
            end += batch.height
            if len(flying) > _IN_FLIGHT:
                yield self._finished(flying.popleft())
        while flying:
            yield self._finished(flying.popleft())

    def _begun(self, pool: ThreadPoolExecutor, batch: pl.DataFrame, start: int) -> _Flying:
        plan = self.plan
        found = bad.broken(plan, batch)
        refused = bad.mask(plan, found, batch.height)
        lines = bad.described(plan, batch, found, start) if refused.any() else REJECTS.to_frame()
        if self.fail and lines.height:
            bad.refuse(lines, self.table.source)
        good = batch.filter(pl.Series(~refused)) if lines.height else batch
        return _Flying(
            end=start + batch.height,
            kept=_named(good, "k", plan.kept),
            numbers=np.flatnonzero(~refused) + start,
            lines=lines,
            tolerated={i: int(flag.sum()) for i, flag in found.items() if plan.rules[i].tolerated},
            blocks=Blocks(pool, self.model.scorer, _named(good, "i", plan.inputs)),
        )

    def _finished(self, batch: _Flying) -> Done:
        scores = batch.blocks.scores()
        finite = np.asarray(np.isfinite(scores if scores.ndim == 1 else scores.sum(axis=1)))
        kept, lines = batch.kept, batch.lines
        if not finite.all():
            lines = pl.concat([lines, bad.without_score(batch.numbers[~finite])]).sort("row", maintain_order=True)
            if self.fail:
                bad.refuse(lines, self.table.source)
            scores, kept = scores[finite], kept.filter(pl.Series(finite))
        return Done(self._scored(kept, scores), lines, batch.end, batch.tolerated)

    def _scored(self, kept: pl.DataFrame, scores: np.ndarray) -> pl.DataFrame:
        names = list(self.plan.schema)[kept.width :]
        columns = [decided(self.model.scorer, scores)]
        columns += [pl.Series(scores[:, k]) for k in range(scores.shape[1])] if scores.ndim > 1 else []
        columns += [pl.repeat(self.model.ref.version, len(scores), dtype=pl.Int64, eager=True)]
        own = [series.alias(name) for series, name in zip(columns, names, strict=True)]
        return kept.hstack(own) if kept.width else pl.DataFrame(own)

    def _gathered(self, done: Iterator[Done]) -> Iterator[Done]:
        """Join batches to parts, by rows and by time."""
        waiting: list[Done] = []
        since = time.monotonic()
        for each in done:
            waiting.append(each)
            rows = each.end - self.parts.end
            if rows >= _PART_ROWS or time.monotonic() - since > _PART_S:
                yield _joined(waiting)
                waiting, since = [], time.monotonic()
        if waiting:
            yield _joined(waiting)


def _named(batch: pl.DataFrame, mark: str, names: list[str]) -> pl.DataFrame:
    """Take the plan's columns of one kind under their own names; `pl.DataFrame` would rename one that is empty."""
    found = batch.select(f"{mark}{i}" for i in range(len(names)))
    found.columns = names
    return found


def _joined(batches: list[Done]) -> Done:
    tolerated: dict[int, int] = {}
    for each in batches:
        for i, count in each.tolerated.items():
            tolerated[i] = tolerated.get(i, 0) + count
    scored, lines = (pl.concat([each[k] for each in batches]) for k in (0, 1))
    return Done(scored, lines, batches[-1].end, tolerated)
