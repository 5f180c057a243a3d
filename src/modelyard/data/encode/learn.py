"""Learns an `Encoding` from training rows: kinds, vocabularies, which parts are worth a column."""

import numpy as np
import polars as pl

from modelyard.data.encode import words
from modelyard.data.encode.column import SHAPE, EncodedColumn, Kind, parts, typed
from modelyard.data.encode.encoding import Encoding
from modelyard.data.types import plainly
from modelyard.errors import OutcomeError, RequestError

_FEW = 0.01  # a smaller share of missing values earns no column of its own
_FAR = 100.0  # spreads between a column's centre and zero from which float32 loses too much


def learn(frame: pl.DataFrame, *, max_categories: int, min_count: int, target: np.ndarray | None = None) -> Encoding:
    """Learn how the columns of `frame` become numbers.

    Args:
        frame: Training rows, feature columns only.
        max_categories: Categories of one column that get a code of their own.
        min_count: Rows that a category or a word needs for a code or a column of its own.
        target: Class codes or numbers of the same rows; ranks the words of free text.

    Raises:
        RequestError: A column's type cannot be a feature.
        OutcomeError: No column holds any value.
    """
    limits = {"max_categories": max_categories, "min_count": min_count}
    learned = {name: _column(frame.get_column(name), target, **limits) for name in frame.columns}
    columns = tuple(column for column in learned.values() if column)
    if not columns:
        raise OutcomeError(
            "No feature column holds a value in the training rows.",
            "Look at the roles of the columns in modelyard.yaml (data.ignore) and at features().",
            code="no_features",
        )
    return Encoding(columns=columns, dropped=tuple(n for n, c in learned.items() if c is None))


def _column(
    series: pl.Series, target: np.ndarray | None, *, max_categories: int, min_count: int
) -> EncodedColumn | None:
    kind = _kind(series)
    values = pl.DataFrame([series.alias("0")]).select(typed(kind, "0", series.dtype)).to_series()
    found = values.drop_nulls()
    if found.is_empty():
        return None
    share = 1 - len(found) / len(values)
    base = EncodedColumn(source=series.name, kind=kind, missing=share >= _FEW)
    if kind == "category":
        base = _words_or_codes(base, values, target, max_categories=max_categories, min_count=min_count)
    elif kind in {"date", "timestamp"}:
        base = base.model_copy(update={"parts": _moments(found)})
    elif kind == "number":
        base = base.model_copy(update={"offset": _offset(found)})
    return base if share or base.kind == "category" else base.model_copy(update={"fills": _fills(base, series)})


def _fills(column: EncodedColumn, series: pl.Series) -> tuple[float, ...]:
    """Median of each part: a null that training never saw must not depend on how a library treats NaN."""
    made = pl.DataFrame([series.alias("0")]).select(
        expression.cast(pl.Float32).median().alias(part) for part, expression in parts(column, "0", series.dtype)
    )
    return tuple(float(value) for value in made.row(0))


def _kind(series: pl.Series) -> Kind:
    dtype = series.dtype
    if dtype == pl.Boolean:
        return "boolean"
    if dtype == pl.Date:
        return "date"
    if isinstance(dtype, pl.Datetime):
        return "timestamp"
    if dtype.is_numeric() or dtype in (pl.Null, pl.Time) or isinstance(dtype, pl.Duration):
        return "number"
    if dtype == pl.String or isinstance(dtype, pl.Categorical | pl.Enum):
        return "category"
    raise RequestError(
        f"Column {series.name!r} has type {dtype}, which is no feature.",
        "Let features() return numbers, booleans, dates or strings.",
        code="bad_feature_type",
    )


def _words_or_codes(
    base: EncodedColumn, values: pl.Series, target: np.ndarray | None, *, max_categories: int, min_count: int
) -> EncodedColumn:
    counts = plainly(values.drop_nulls()).value_counts(name="n")
    kept = counts.filter(pl.col("n") >= min_count).sort(["n", "value"], descending=[True, False])
    kept = kept.head(max_categories)
    if not _is_text(counts, int(kept.get_column("n").sum())):
        return base.model_copy(update={"missing": False, "vocabulary": tuple(kept.get_column("value"))})
    chosen = words.choose(values, target, min_count)
    return base.model_copy(update={"kind": "text", "parts": SHAPE, "vocabulary": chosen})


def _is_text(counts: pl.DataFrame, covered: int) -> bool:
    """Sentences, or so many different values that codes would cover less than a fifth of the rows."""
    rows = int(counts.get_column("n").sum())
    spaces = counts.select(pl.col("value").str.count_matches(r"\w\W+\w").mean()).item()
    return covered < rows / 5 or (spaces >= 2 and counts.height > rows / 2)


def _moments(found: pl.Series) -> tuple[str, ...]:
    has_hour = ((found.dt.hour() != 0) | (found.dt.minute() != 0)).any()
    return ("year", "month", "day", "weekday") + ("hour",) * bool(has_hour)


def _offset(found: pl.Series) -> float:
    values = found.to_numpy()
    low, centre, high = np.quantile(values, [0.05, 0.5, 0.95])
    far = abs(centre) > _FAR * max(high - low, np.finfo(np.float64).tiny)
    return float(np.round(centre)) if far and abs(centre) > _FAR else 0.0
