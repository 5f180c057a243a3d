"""Scores one column against the target out of fold, on one scale for every task.

The scale is the concordance index: 0.5 says nothing, 1 orders every pair of rows. For a class it is the area
under the ROC curve; for a number it is (tau + 1) / 2, with Kendall's tau taken from the rank correlation as
for normal variables: tau = 2/pi * asin(2 * sin(pi/6 * rho)) (Kendall and Gibbons, Rank Correlation Methods).
"""

import math
from dataclasses import dataclass

import polars as pl

FOLDS = 5
BINS = 64
ROWS_PER_BIN = 10
KNOWN = 0.95  # share of rows that have a value
SMOOTHING = 5.0  # rows of prior belief in each bin


@dataclass(frozen=True)
class Truth:
    """The target as columns of numbers: one indicator per class scored, or the rank of a number."""

    frame: pl.DataFrame  # fold, then one column per name in `outcomes`
    outcomes: tuple[str, ...]
    regression: bool


def truth(target: pl.Series, folds: pl.Series, classes: list[object] | None) -> Truth:
    """Prepare the target; `classes` are the values to score one against the rest, None for a regression."""
    if folds.n_unique() < 2 * FOLDS:  # too few days or groups to fold by
        folds = pl.Series(range(len(target)), dtype=pl.Int64)
    fold = (folds.hash(seed=1) % FOLDS).alias("fold")
    if classes is None:
        rank = (target.rank() / len(target)).alias("y0")
        return Truth(pl.DataFrame([fold, rank]), ("y0",), regression=True)
    outcomes = [(target == value).cast(pl.Float64).alias(f"y{i}") for i, value in enumerate(classes)]
    return Truth(pl.DataFrame([fold, *outcomes]), tuple(series.name for series in outcomes), regression=False)


def bins(values: pl.Series) -> pl.Series:
    """Return a key per row under which like values meet; missing values share one.

    A numeric column with many values is cut at its quantiles, so that no shape of the relation is presumed.
    """
    if values.dtype in {pl.String, pl.Boolean}:
        return values
    count = max(2, min(BINS, len(values) // ROWS_PER_BIN))
    if values.n_unique() <= count:
        return values
    return (values.rank() * count / len(values)).floor()


def score(keys: pl.Series, truth: Truth) -> list[float]:
    """Return the concordance of the out-of-fold mean per key with each outcome."""
    cells = _cells(keys, truth)
    if truth.regression:
        return [_concordance(_correlation(cells, "y0"))]
    return [_area(cells, outcome) for outcome in truth.outcomes]


def monotone(values: pl.Series, truth: Truth) -> float:
    """Return the concordance of the values as they are with a numeric target, rising or falling.

    Few rows make coarse bins, which hide that a column is the target in another unit or its logarithm.
    """
    known = values.is_not_null()
    if not truth.regression or values.dtype in {pl.String, pl.Boolean} or known.mean() < KNOWN:  # ty: ignore
        return 0.5
    ranks = pl.DataFrame({"x": values.filter(known).rank(), "y": truth.frame["y0"].filter(known).rank()})
    rho = ranks.select(pl.corr("x", "y")).item()
    return _concordance(abs(rho)) if rho is not None and math.isfinite(rho) else 0.5


def _cells(keys: pl.Series, truth: Truth) -> pl.DataFrame:
    """Return rows and outcome sums per (key, fold), with the mean of the other folds as `p ...`."""
    outcomes = list(truth.outcomes)
    table = truth.frame.lazy().with_columns(keys.alias("key"))
    cells = table.group_by("key", "fold").agg(pl.len().alias("n"), pl.col(outcomes).sum())
    others = pl.col("n").sum().over("key") - pl.col("n")
    means = [
        (pl.col(y).sum().over("key") - pl.col(y) + SMOOTHING * pl.col(y).sum() / pl.col("n").sum())
        / (others + SMOOTHING)
        for y in outcomes
    ]
    return cells.with_columns(mean.alias(f"p {y}") for mean, y in zip(means, outcomes, strict=True)).collect()


def _area(cells: pl.DataFrame, outcome: str) -> float:
    """Return the area under the ROC curve, ties counted half."""
    grouped = cells.lazy().group_by(f"p {outcome}").agg(pl.col(outcome).sum(), pl.col("n").sum()).sort(f"p {outcome}")
    positive, negative = pl.col(outcome), pl.col("n") - pl.col(outcome)
    won = (positive * (negative.cum_sum() - negative / 2)).sum()
    area = grouped.select(won / (positive.sum() * negative.sum())).collect().item()
    return area if area is not None and math.isfinite(area) else 0.5


def _correlation(cells: pl.DataFrame, outcome: str) -> float:
    """Return the correlation, over rows, of the predicted with the true rank."""
    n, y, p = pl.col("n"), pl.col(outcome), pl.col(f"p {outcome}")
    rows, mean_y, mean_p = n.sum(), y.sum() / n.sum(), (n * p).sum() / n.sum()
    covariance = ((y * p).sum() / rows - mean_y * mean_p).alias("covariance")
    variance = ((n * p * p).sum() / rows - mean_p * mean_p).alias("variance")
    found = cells.select(covariance, variance).row(0, named=True)
    # ranks divided by their count are uniform: their variance is 1/12
    spread = math.sqrt(max(found["variance"], 0.0) / 12)
    return found["covariance"] / spread if spread > 1e-9 else 0.0


def _concordance(rho: float) -> float:
    rho = min(1.0, max(0.0, rho))
    return 0.5 + math.asin(2 * math.sin(math.pi / 6 * rho)) / math.pi
