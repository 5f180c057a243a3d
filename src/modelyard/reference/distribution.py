"""How the values of one column are spread: described once, then asked how far other values lie from it."""

from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from modelyard.data.types import plainly
from modelyard.record import Record
from modelyard.reference import distance
from modelyard.reference.distance import Floats, Integers
from modelyard.reference.windows import Windows, distances

OTHER = "(other)"
MOST_EDGES = 199
_MOST_CATEGORIES = 100
_LONGEST_CATEGORY = 120  # characters; longer values are counted as "(other)"
_TEXT_LENGTH = 60  # a longer average value is prose, whose words say nothing as categories


class Distribution(Record):
    """How the values of one column were spread.

    A number (dates: seconds since 1970) is described by quantile edges with the share of values `at_most` and
    `below` each of them; a category by shares; a text by the lengths of its values, as a number. Shares are
    of the values present.
    """

    name: str
    kind: Literal["number", "category", "text"]
    type: str
    rows: int
    missing: float  # share of rows
    distinct: int
    mean: float | None = None
    edges: list[float] = []
    at_most: list[float] = []
    below: list[float] = []
    shares: dict[str, float] = {}
    windows: tuple[Windows, ...] = ()

    @property
    def cell_shares(self) -> Floats:
        """Shares per cell of `distance.cells` (numbers), or per category in the order of `shares`."""
        if self.kind == "category":
            return np.array(list(self.shares.values()), dtype=float)
        steps = np.stack([self.below, self.at_most], axis=1).ravel()
        return np.diff(steps, prepend=0.0, append=1.0)

    def distance_to(self, values: pl.Series) -> float | None:
        """Return the distance of `values` from this distribution (0 to 1); None where either is empty."""
        cell, present = cell_numbers(self, values)
        known = self.cell_shares
        if not present.any() or not len(known):
            return None
        counts = np.bincount(cell[present], minlength=len(known)).astype(float)
        measure = distance.total_variation if self.kind == "category" else distance.kolmogorov_smirnov
        return float(measure(distance.shares(counts), known))


def describe(values: pl.Series, days: Integers | None = None, edges: int = MOST_EDGES) -> Distribution:
    """Describe one column; with `days` (see `windows.day_numbers`) also how far its windows lie apart."""
    name, values = values.name, plainly(values)
    described = _described(values, edges).model_copy(update={"name": name})
    if days is None or not len(values):
        return described
    cell, present = cell_numbers(described, values)
    if not present.any():
        return described
    spread = distances(days, cell, present, len(described.cell_shares), ordered=described.kind != "category")
    return described.model_copy(update={"windows": spread})


def _described(values: pl.Series, edges: int) -> "Distribution":
    if values.dtype in (pl.String, pl.Boolean, pl.Categorical, pl.Enum):
        return _categories(values.cast(pl.String))
    return _numbers(values, as_numbers(values), edges)


def as_numbers(values: pl.Series) -> Floats:
    """Return float64 values, shape (n,), NaN where missing; dates become seconds since 1970."""
    values = plainly(values)
    if values.dtype.is_temporal():
        seconds = values.cast(pl.Datetime("us"), strict=False).to_physical().cast(pl.Float64) / 1e6
        return seconds.fill_null(float("nan")).to_numpy()
    return values.cast(pl.Float64, strict=False).fill_null(float("nan")).to_numpy()


def cell_numbers(column: Distribution, values: pl.Series) -> tuple[Integers, NDArray[np.bool_]]:
    """Return the cell of each value on `column`'s scale, and whether there is a value, both shape (n,)."""
    values = plainly(values)
    if column.kind == "category":
        return _category_cells(column, values.cast(pl.String, strict=False))
    found = values.cast(pl.String).str.len_chars() if column.kind == "text" else values
    numbers = as_numbers(found)
    present = ~np.isnan(numbers)
    if not column.edges:
        return np.zeros(len(numbers), dtype=np.int64), present & False
    return distance.cells(numbers, np.array(column.edges)), present


def _category_cells(column: Distribution, values: pl.Series) -> tuple[Integers, NDArray[np.bool_]]:
    names = list(column.shares)
    kept = [name for name in names if name != OTHER]
    codes = values.cast(pl.Enum(kept), strict=False).to_physical().cast(pl.Int64)
    cell = codes.fill_null(names.index(OTHER) if OTHER in names else 0).to_numpy()
    return cell, values.is_not_null().to_numpy()


def _numbers(
    values: pl.Series, numbers: Floats, edge_count: int, kind: Literal["number", "text"] = "number"
) -> Distribution:
    ordered = pl.Series(numbers).drop_nans().sort().to_numpy()
    missing = 1 - len(ordered) / len(values) if len(values) else 0.0
    finite = ordered[np.isfinite(ordered)]
    start = Distribution(
        name=values.name,
        kind=kind,
        type=str(values.dtype),
        rows=len(values),
        missing=round(missing, 6),
        distinct=int(np.count_nonzero(np.diff(ordered))) + 1 if len(ordered) else 0,
    )
    if not len(finite):
        return start
    edges = np.unique(finite[np.linspace(0, len(finite) - 1, edge_count).round().astype(int)])
    spread = {
        "edges": edges.tolist(),
        "at_most": _ranks(ordered, edges, "right"),
        "below": _ranks(ordered, edges, "left"),
        "mean": float(finite.mean()),
    }
    return start.model_copy(update=spread)


def _ranks(ordered: Floats, edges: Floats, side: Literal["left", "right"]) -> list[float]:
    return (np.searchsorted(ordered, edges, side=side) / len(ordered)).round(6).tolist()


def _categories(values: pl.Series) -> Distribution:
    counted = plainly(values.drop_nulls()).value_counts(name="rows")
    present = len(values) - values.null_count()
    if _is_text(values, counted.height, present):
        lengths = values.str.len_chars().alias(values.name)
        described = _numbers(lengths, as_numbers(lengths), MOST_EDGES, "text")
        return described.model_copy(update={"type": "String", "distinct": counted.height})
    pairs = counted.sort(["rows", "value"], descending=[True, False]).select("value", "rows").rows()
    kept = {str(name): rows for name, rows in pairs[:_MOST_CATEGORIES] if _is_short(name)}
    shares = {name: round(rows / present, 6) for name, rows in kept.items()}
    # Always there, so that a value never seen in training has a cell to fall into.
    shares[OTHER] = round(max(0.0, 1 - sum(kept.values()) / present), 6) if present else 0.0
    return Distribution(
        name=values.name,
        kind="category",
        type=str(values.dtype),
        rows=len(values),
        missing=round(values.null_count() / len(values), 6) if len(values) else 0.0,
        distinct=counted.height,
        shares=shares,
    )


def _is_short(name: object) -> bool:
    return name != OTHER and len(str(name)) <= _LONGEST_CATEGORY


def _is_text(values: pl.Series, distinct: int, present: int) -> bool:
    if not present:
        return False
    average = values.str.len_chars().mean()
    prose = isinstance(average, float) and average > _TEXT_LENGTH
    return (prose and distinct > _MOST_CATEGORIES) or distinct > max(_MOST_CATEGORIES, present // 2)
