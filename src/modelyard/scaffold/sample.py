"""Picks the few rows of a table that its tests will run on; the same rows each time."""

import polars as pl
from polars import selectors

MOST_ROWS = 500
_PER_CLASS = 10


def sample(frame: pl.LazyFrame, target: str, *, classes: bool) -> pl.DataFrame:
    """Return at most 500 rows that have a target, in the table's order and evenly spread over it.

    With `classes`, a rare value of the target is shown at least ten times, as far as there are so many rows.
    """
    answers = frame.select(selectors.by_name(target)).collect(engine="streaming").to_series()
    known = pl.DataFrame({"row": pl.int_range(len(answers), dtype=pl.UInt32, eager=True), "answer": answers})
    known = known.filter(pl.col("answer").is_not_null())
    picked = _by_class(known) if classes and known.height > MOST_ROWS else _spread(known["row"], MOST_ROWS)
    return _take(frame, picked)


def _take(frame: pl.LazyFrame, picked: pl.Series) -> pl.DataFrame:
    """Return the rows at these positions; inside, columns have safe names, for a user's may be any string."""
    names = frame.collect_schema().names()
    keys = {name: f"c{index}" for index, name in enumerate(names)}
    numbered = frame.rename(keys).with_row_index("row")
    found = numbered.filter(pl.col("row").is_in(picked.cast(pl.UInt32).implode())).collect(engine="streaming")
    return found.sort("row").drop("row").rename({key: name for name, key in keys.items()})


def _spread(positions: pl.Series, count: int) -> pl.Series:
    if len(positions) <= count:
        return positions
    return positions.gather([index * len(positions) // count for index in range(count)])


def _by_class(known: pl.DataFrame) -> pl.Series:
    groups = known.partition_by("answer", maintain_order=True)
    share, floor = MOST_ROWS / known.height, min(_PER_CLASS, max(1, MOST_ROWS // len(groups)))
    wanted = [min(group.height, max(floor, round(group.height * share))) for group in groups]
    while sum(wanted) > MOST_ROWS and max(wanted) > 1:
        wanted[wanted.index(max(wanted))] -= 1
    picked = [_spread(group["row"], count) for group, count in zip(groups, wanted, strict=True)]
    return pl.concat(picked[:MOST_ROWS])
