"""Puts each row of a table on its side of a recorded split."""

from typing import TYPE_CHECKING

import polars as pl

from modelyard.data.split import hashes
from modelyard.data.split.moments import days, from_text
from modelyard.data.split.record import Split, required

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def parts(split: Split, frame: pl.DataFrame) -> pl.Series:
    """Return train, validation or test for each row (String, aligned with `frame`).

    A row without a time is in train: nothing is judged on a row of unknown age.

    Raises:
        RequestError: The split's column is absent.
    """
    if split.by == "time":
        return _by_time(split, frame)
    share = hashes.shares(hash_entities(split, frame), split.salt)
    return by_share(share, split)


def hash_entities(split: Split, frame: pl.DataFrame) -> "NDArray[np.uint64]":
    """Hash what must stay together: the group, the id, or the row."""
    known = set(split.columns or frame.columns)
    rows = frame.select(pl.nth(i) for i, name in enumerate(frame.columns) if name in known)
    if split.column is None:
        return hashes.of_rows(rows)
    what = "group" if split.by == "group" else "id"
    return hashes.of_column(required(frame, split.column, what), rows)


def by_share(share: "NDArray[np.float64]", split: Split) -> pl.Series:
    """Cut [0, 1): test rows at the bottom, so that their cut does not move with the validation share."""
    frame = pl.DataFrame({"u": share})
    u = pl.col("u")
    side = pl.when(u < split.test).then(pl.lit("test"))
    side = side.when(u < split.test + split.validation).then(pl.lit("validation"))
    return frame.select(part=side.otherwise(pl.lit("train"))).to_series()


def _by_time(split: Split, frame: pl.DataFrame) -> pl.Series:
    day = days(frame, split.column or "")
    side = pl.when(pl.col("value") >= from_text(split.test_from or "", day.dtype)).then(pl.lit("test"))
    start = from_text(split.validation_from or "", day.dtype)
    side = side.when(pl.col("value") >= start).then(pl.lit("validation"))
    return day.to_frame().select(part=side.otherwise(pl.lit("train"))).to_series()
