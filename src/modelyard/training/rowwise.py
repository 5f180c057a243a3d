"""Refuses a features() whose answer for a row depends on the rows beside it: it would be another in the server."""

import polars as pl

from modelyard.bundle.source import Pipeline
from modelyard.errors import OutcomeError

_MOST_ROWS = 500
_SINGLE_ROWS = 40
_CLOSE = 1e-9  # relative: a vectorised sum may end in another digit


def check(pipeline: Pipeline, frame: pl.DataFrame) -> None:
    """Compare features() of all rows with features() of shuffled rows, of single rows, and of nulls.

    Args:
        pipeline: The user's code.
        frame: Rows as features() gets them: its input columns only, with the contract's types.

    Raises:
        OutcomeError: The answers or their types differ; names the column.
        RequestError: features() raised.
    """
    if pipeline.identity or frame.is_empty():
        return
    rows = frame.gather_every(-(-frame.height // _MOST_ROWS))
    whole = pipeline.make(rows)
    _same(whole, pipeline.make(rows), "is called twice with the same rows", _AGAIN, exact=True)
    order = pl.Series(range(rows.height), dtype=pl.UInt32).shuffle(seed=1)
    _same(whole[order], pipeline.make(rows[order]), "gets the rows in another order", _HINT)
    for i in range(0, rows.height, -(-rows.height // _SINGLE_ROWS)):
        _same(whole[i : i + 1], pipeline.make(rows[i : i + 1]), "gets one row alone", _HINT)
    _same(whole.clear(), pipeline.make(rows.clear()), "gets no rows", "Give its columns explicit types.")


_AGAIN = "Seed whatever is random in it, and take the time from a column: the clock shows another one when it serves."
_HINT = "A feature may look at its own row only. Learn means, ranks and vocabularies in model.py instead."


def _same(expected: pl.DataFrame, found: pl.DataFrame, when: str, hint: str, *, exact: bool = False) -> None:
    if expected.columns != found.columns:
        changed = set(expected.columns) ^ set(found.columns)
        names = ", ".join(repr(name) for name in sorted(changed)) or "their order"
        raise _error(f"features() returns other columns when it {when}: {names}.", hint)
    for name in expected.columns:
        a, b = expected.get_column(name), found.get_column(name)
        if a.dtype != b.dtype:
            raise _error(f"Column {name!r} of features() is {a.dtype}, but {b.dtype} when it {when}.", _TYPES)
        if not (a.equals(b, null_equal=True) or (_close(a, b) and not exact)):
            raise _error(f"Column {name!r} of features() changes when it {when}.", hint)


_TYPES = "Cast it to one type, so that a single row with a null has the same one."


def _close(a: pl.Series, b: pl.Series) -> bool:
    if not a.dtype.is_float():
        return False
    pair = pl.DataFrame([a.alias("a"), b.alias("b")])
    close = (pl.col("a") - pl.col("b")).abs() <= _CLOSE * pl.col("a").abs()
    return bool(pair.select((pl.col("a").eq_missing(pl.col("b")) | close.fill_null(value=False)).all()).item())


def _error(message: str, hint: str) -> OutcomeError:
    return OutcomeError(message, hint, code="not_row_wise")
