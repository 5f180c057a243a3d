"""Finds pairs of like columns whose difference may give the target away, cheaply, before they are scored."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import polars as pl

from modelyard.scaffold.profile.names import words
from modelyard.scaffold.profile.read import Facts
from modelyard.scaffold.profile.scores import Truth
from modelyard.scaffold.profile.vocabulary import KNOWN_BEFORE

LOOKED_AT = 400  # times the outcomes
SCORED = 24
COMBINED = 300  # columns; of thousands not every pair can even be listed
ROWS = 4_000
PROMISING = 0.2  # correlation of a difference's rank with the target


@dataclass(frozen=True)
class Pair:
    """Two columns of like type; `later` is the one that is probably known only afterwards."""

    earlier: Facts
    later: Facts


def promising(frame: pl.DataFrame, columns: Sequence[Facts], truth: Truth) -> list[Pair]:
    """Return the pairs whose difference goes with the target, the strongest first."""
    pairs = _like(columns)[: LOOKED_AT // len(truth.outcomes)]
    if not pairs:
        return []
    joined = pl.concat([frame, truth.frame], how="horizontal").head(ROWS)
    strengths = joined.select(_strength(*pair, truth).alias(str(i)) for i, pair in enumerate(pairs)).row(0)
    known = [(s, i) for i, s in enumerate(strengths) if s is not None and math.isfinite(s) and s >= PROMISING]
    return [_ordered(*pairs[i]) for _, i in sorted(known, reverse=True)[:SCORED]]


def difference(frame: pl.DataFrame, pair: Pair) -> pl.Series:
    """Return later minus earlier (days or microseconds for times)."""
    return frame.select(_minus(pair.earlier, pair.later)).to_series()


def _like(columns: Sequence[Facts]) -> list[tuple[Facts, Facts]]:
    """Return pairs that can be subtracted in earnest: the same kind, values in the same region."""
    varied = [c for c in columns if (c.numeric or c.temporal) and c.distinct > 2][:COMBINED]
    pairs = [(a, b) for a, b in combinations(varied, 2) if a.temporal == b.temporal and _overlap(a, b)]
    # names that share a word first: with many columns not every pair can be looked at
    named = {c.name: words(c.name) for c in varied}
    return sorted(pairs, key=lambda pair: not (named[pair[0].name] & named[pair[1].name]))


def _overlap(a: Facts, b: Facts) -> bool:
    if a.temporal:
        return True
    low, high = max(a.minimum, b.minimum), min(a.maximum, b.maximum)  # ty: ignore
    return high > low and high - low >= 0.3 * max(a.maximum - a.minimum, b.maximum - b.minimum)  # ty: ignore


def _minus(a: Facts, b: Facts) -> pl.Expr:
    first, second = pl.col(a.key), pl.col(b.key)
    if not a.temporal:
        return second.cast(pl.Float64) - first.cast(pl.Float64)
    moment = pl.Datetime("us")
    return second.cast(moment).cast(pl.Int64) - first.cast(moment).cast(pl.Int64)


def _strength(a: Facts, b: Facts, truth: Truth) -> pl.Expr:
    gap = _minus(a, b)
    shapes = (gap.rank(), gap.abs().rank()) if len(truth.outcomes) == 1 else (gap.rank(),)
    return pl.max_horizontal(pl.corr(shape, pl.col(y)).abs() for shape in shapes for y in truth.outcomes)


def _ordered(a: Facts, b: Facts) -> Pair:
    before_a, before_b = (bool(words(c.name) & set(KNOWN_BEFORE)) for c in (a, b))
    if before_a != before_b:
        return Pair(a, b) if before_a else Pair(b, a)
    return Pair(a, b)
