"""A 64-bit hash of rows that is the same on every machine and with every version of polars."""

import hashlib
from functools import reduce
from typing import TYPE_CHECKING

import polars as pl

from modelyard.data.types import plainly

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_GOLDEN = 0x9E3779B97F4A7C15
_MISSING = 0x6D697373696E6721


def of_column(values: pl.Series, rows: pl.DataFrame) -> "NDArray[np.uint64]":
    """Hash the values of an id or group, by what they look like: 7 and "7" are one id.

    A row without a value is hashed as a whole: that it has none does not make it one with the others.
    """
    import numpy as np

    text = _text(plainly(values))
    hashes = _of_texts(text)
    absent = text.is_null().to_numpy()
    if absent.any():
        hashes = np.where(absent, of_rows(rows), hashes)
    return hashes


def _text(values: pl.Series) -> pl.Series:
    """Write values in a way that no version of polars changes."""
    if values.dtype.is_float():
        return values.cast(pl.Int64, strict=False).cast(pl.String) if _whole(values) else _bits(values)
    if isinstance(values.dtype, pl.Datetime):
        values = values.cast(pl.Datetime("us"))
    if values.dtype.is_temporal():
        return values.to_physical().cast(pl.String)
    return values.cast(pl.String)


def _whole(values: pl.Series) -> bool:
    known = values.drop_nulls()
    return bool((known.is_finite() & (known == known.round(0)) & (known.abs() < 2**53)).all())


def _bits(values: pl.Series) -> pl.Series:
    numbers = (values.cast(pl.Float64).fill_null(0.0).to_numpy() + 0.0).view("uint64")
    return pl.select(pl.when(values.is_not_null()).then(pl.Series(numbers).cast(pl.String))).to_series()


def of_rows(rows: pl.DataFrame) -> "NDArray[np.uint64]":
    """Hash whole rows; the order of the columns does not matter, their names do."""
    import numpy as np

    columns = [
        _mixed(_of_values(plainly(rows.to_series(i))) ^ np.uint64(_of_text(name)))
        for i, name in enumerate(rows.columns)
    ]
    return _mixed(reduce(np.add, columns)) if columns else np.zeros(rows.height, dtype=np.uint64)


def shares(hashes: "NDArray[np.uint64]", salt: str) -> "NDArray[np.float64]":
    """Map hashes to [0, 1), differently for each salt."""
    import numpy as np

    salted = _mixed(hashes ^ np.uint64(_of_text(salt)))
    return (salted >> np.uint64(11)).astype(np.float64) / 2.0**53


def _of_text(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def _of_texts(values: pl.Series) -> "NDArray[np.uint64]":
    """Hash each distinct text once."""
    import numpy as np

    coded = values.rank("dense").to_numpy(allow_copy=True)
    distinct = values.drop_nulls().unique().sort().to_list()
    table = np.fromiter((_of_text(each) for each in distinct), dtype=np.uint64, count=len(distinct))
    table = np.append(table, np.uint64(_MISSING))
    codes = np.nan_to_num(coded.astype(np.float64), nan=len(table)).astype(np.int64) - 1
    return table[codes]


def _of_values(values: pl.Series) -> "NDArray[np.uint64]":
    import numpy as np

    found = values.dtype
    if found == pl.Boolean or found.is_integer():
        bits = values.fill_null(0).cast(pl.Int64, strict=False).fill_null(0).to_numpy().view(np.uint64)
    elif found.is_numeric():
        numbers = values.cast(pl.Float64).fill_null(0.0).fill_nan(float("inf")).to_numpy()
        bits = (numbers + 0.0).view(np.uint64)  # -0.0 becomes 0.0
    elif isinstance(found, pl.Date | pl.Datetime):
        bits = values.cast(pl.Datetime("us")).to_physical().fill_null(0).to_numpy().view(np.uint64)
    else:
        return _of_texts(values.cast(pl.String))
    hashes = _mixed(bits)
    hashes[values.is_null().to_numpy()] = np.uint64(_MISSING)
    return hashes


def _mixed(values: "NDArray[np.uint64]") -> "NDArray[np.uint64]":
    """Spread every bit over all (the finaliser of SplitMix64: Steele, Lea and Flood, OOPSLA 2014)."""
    import numpy as np

    z = values + np.uint64(_GOLDEN)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))
