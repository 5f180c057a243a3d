"""Which rows stand or fall together: the unit that intervals and paired tests resample."""

import numpy as np
import polars as pl

from modelyard.config.model import ProjectConfig
from modelyard.errors import RequestError
from modelyard.evaluation.columns import configured_column

# Fewer blocks than this cannot carry a verdict (the interval would rest on a handful of days).
LEAST_BLOCKS = 20


def blocks(frame: pl.DataFrame, config: ProjectConfig) -> tuple[np.ndarray, str]:
    """Return (n,) block codes and the unit's name: `row`, `day`, or a column.

    `evaluation.block` decides; `auto` takes the group, else the day, else the row, because rows of one group
    or one day are not independent and resampling them singly makes intervals several times too narrow.

    Raises:
        RequestError: When the block names a column that is not there, or `day` has no time column.
    """
    unit = _unit(config)
    if unit == "row":
        return np.arange(frame.height), unit
    if unit == "day":
        return _codes(_days(frame, config.data.time)), unit
    return _codes(configured_column(frame, unit, "evaluation.block")), unit


def block_column(config: ProjectConfig) -> str | None:
    """Return the column whose values are the blocks; None for rows and days.

    Raises:
        RequestError: When the block is `day` and there is no time column.
    """
    unit = _unit(config)
    if unit == "day" and config.data.time is None:
        raise _no_time()
    return None if unit in {"row", "day"} else unit


def _unit(config: ProjectConfig) -> str:
    if config.evaluation.block != "auto":
        return config.evaluation.block
    if config.data.group is not None:
        return config.data.group
    return "row" if config.data.time is None else "day"


def _days(frame: pl.DataFrame, time: str | None) -> pl.Series:
    if time is None:
        raise _no_time()
    column = configured_column(frame, time, "data.time")
    if column.dtype == pl.Date:
        return column
    if column.dtype.is_temporal():
        return column.dt.date()
    # Text that begins like an ISO date; anything else is a block of equal values.
    return column.cast(pl.String).str.slice(0, 10)


def _no_time() -> RequestError:
    return RequestError(
        "evaluation.block is 'day', but data.time names no column",
        "Name the time column in data.time, or set evaluation.block to auto, row or a column.",
        code="no_time_column",
    )


def _codes(values: pl.Series) -> np.ndarray:
    return (values.rank("dense").fill_null(0)).cast(pl.Int64).to_numpy()
