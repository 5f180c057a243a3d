"""Finds two columns whose sum is the target: parts of an outcome are known no earlier than the whole."""

from collections.abc import Mapping, Sequence
from itertools import combinations

import polars as pl

from modelyard.scaffold.profile.read import Facts
from modelyard.scaffold.profile.scores import Truth

LOOKED_AT = 24  # columns, the strongest ones
FIRST_ROWS = 500
EXACT = 0.99999  # rank correlation of the sum with the target: rounding may come in between


def parts(
    frame: pl.DataFrame, columns: Sequence[Facts], best: Mapping[str, float], truth: Truth
) -> list[tuple[Facts, Facts]]:
    """Return the pairs of number columns that sum up to a numeric target."""
    if not truth.regression:
        return []
    numbers = [c for c in columns if c.numeric and c.distinct > 2]
    strongest = sorted(numbers, key=lambda c: -best.get(c.name, 0.5))[:LOOKED_AT]
    joined = pl.concat([frame, truth.frame], how="horizontal")
    found = list(combinations(strongest, 2))
    for rows in (FIRST_ROWS, joined.height):  # a few rows rule out nearly all
        found = _exact(joined.head(rows), found, truth)
    return found


def _exact(frame: pl.DataFrame, pairs: Sequence[tuple[Facts, Facts]], truth: Truth) -> list[tuple[Facts, Facts]]:
    if not pairs:
        return []
    (outcome,) = truth.outcomes
    ranks = frame.select(_sum(a, b).rank().alias(str(i)) for i, (a, b) in enumerate(pairs))
    found = ranks.select(pl.corr(pl.col(name), frame[outcome].rank()).alias(name) for name in ranks.columns).row(0)
    return [pair for pair, rho in zip(pairs, found, strict=True) if rho is not None and rho >= EXACT]


def _sum(a: Facts, b: Facts) -> pl.Expr:
    return pl.col(a.key).cast(pl.Float64) + pl.col(b.key).cast(pl.Float64)
