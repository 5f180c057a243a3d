"""Infers the logical type of every column: guessed from a sample, then verified on every row in one pass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from modelyard.data.reason import reason
from modelyard.data.types.dates import date_formats
from modelyard.data.types.kinds import WIDE, LogicalType, exactly, logical_type
from modelyard.data.types.numbers import number_formats
from modelyard.data.types.parse import is_missing, parse_text
from modelyard.errors import RequestError
from modelyard.record import Record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelyard.data.load import Table

_SAMPLE_ROWS = 2_000
_SAMPLE_VALUES = 400
_AT_ONCE = 1_500  # checks; polars plans more of them in quadratic time
TOLERATED = 0.01
_LEADING_ZERO = r"^[+-]?0\d+$"
_TOO_LONG = r"^[+-]?(?:0\d+|\d{19,})$"
_LEAST, _MOST = -(2**63), 2**63 - 1
_BOOLEANS = {"true", "false"}


class Inferred(Record):
    """What a column holds, how to read it, and what a person should know about that."""

    type: LogicalType
    format: str | None = None
    note: str = ""
    strays: int = 0  # values that are not of the type; they are read as missing


@dataclass(frozen=True)
class _Guess:
    type: LogicalType
    format: str | None = None


def infer(table: Table) -> dict[str, Inferred]:
    """Infer every column, in the table's order.

    Only text is looked into; typed columns keep their type, except strings that are all dates or timestamps, and
    integers beyond 64 bits with a sign, as hashes are: these are text.

    Raises:
        RequestError: The rows cannot be read.
    """
    try:
        schema = table.frame.collect_schema()
        texts = {name: i for i, (name, found) in enumerate(schema.items()) if found == pl.String}
        looked = _infer_texts(table, texts) if texts else {}
        looked |= _too_wide(table, [name for name, found in schema.items() if found in WIDE])
    except pl.exceptions.PolarsError as error:
        raise RequestError(f"{table.source} cannot be read: {reason(error)}.", code="unreadable_data") from error
    return {name: looked.get(name) or _typed(found) for name, found in schema.items()}


def _typed(found: pl.DataType) -> Inferred:
    note = "nested values, read as JSON text" if found.is_nested() else ""
    return Inferred(type=logical_type(found), note=note)


def _too_wide(table: Table, columns: Sequence[str]) -> dict[str, Inferred]:
    if not columns:
        return {}
    beyond = [((exactly(n) < _LEAST) | (exactly(n) > _MOST)).any().alias(str(i)) for i, n in enumerate(columns)]
    found = table.frame.select(beyond).collect(engine="streaming").row(0)
    as_text = Inferred(type="string", note="integers beyond 64 bits, read as text")
    return {name: as_text for name, wide in zip(columns, found, strict=True) if wide}


def _infer_texts(table: Table, columns: dict[str, int]) -> dict[str, Inferred]:
    # positions stand in for names, which may be anything
    frame = table.frame.select(pl.nth(i).str.strip_chars().alias(str(i)) for i in columns.values())
    values = _samples(frame, list(columns.values()))
    guesses = {name: _guesses(values[i], table.decimal, text=table.text) for name, i in columns.items()}
    checks = [check for name, i in columns.items() for check in _checks(i, guesses[name], table)]
    counts: dict[str, int] = {}
    for some in (checks[i : i + _AT_ONCE] for i in range(0, len(checks), _AT_ONCE)):
        counts |= frame.select(some).collect(engine="streaming").row(0, named=True)
    return {name: _choose(frame, i, guesses[name], counts) for name, i in columns.items()}


def _samples(frame: pl.LazyFrame, positions: Sequence[int]) -> dict[int, list[str]]:
    """Return distinct values per column; a column that is empty at the top is searched to the end."""
    head = frame.head(_SAMPLE_ROWS).collect()
    found = {i: _distinct(head[str(i)]) for i in positions}
    empty = [i for i in positions if not found[i]]
    for i in empty:
        column = pl.col(str(i))
        rest = frame.select(column).filter(~is_missing(column)).head(_SAMPLE_ROWS).collect()
        found[i] = _distinct(rest[str(i)])
    return found


def _distinct(values: pl.Series) -> list[str]:
    kept = values.to_frame("v").filter(~is_missing(pl.col("v")))["v"]
    return kept.unique(maintain_order=True).head(_SAMPLE_VALUES).to_list()


def _guesses(values: Sequence[str], decimal: str, *, text: bool) -> list[_Guess]:
    if not values:
        return []
    dates = [_Guess(moment.kind, moment.format) for moment in date_formats(values)]
    if dates or not text:
        return dates
    if all(v.lower() in _BOOLEANS for v in values):
        return [_Guess("boolean")]
    formats = number_formats(values, decimal)
    plain = [_Guess("integer")] if formats == [None] else []
    return plain + [_Guess("number", each) for each in formats]


def _checks(position: int, guesses: Sequence[_Guess], table: Table) -> list[pl.Expr]:
    column = pl.col(str(position))
    checks = [(~is_missing(column)).sum().alias(f"{position}.n")]
    for number, guess in enumerate(guesses):
        checks.append(_reads(column, guess, table).sum().alias(f"{position}.{number}"))
        if guess.type in {"integer", "number"}:
            pattern = _LEADING_ZERO if guess.type == "integer" else _TOO_LONG
            checks.append(column.str.contains(pattern).sum().alias(f"{position}.{number}.id"))
    return checks


def _reads(column: pl.Expr, guess: _Guess, table: Table) -> pl.Expr:
    if guess.type == "integer":
        return column.cast(pl.Int64, strict=False).is_not_null()
    if guess.type == "boolean":
        return column.str.to_lowercase().is_in(sorted(_BOOLEANS))
    return parse_text(column, guess.type, format=guess.format, decimal=table.decimal).is_not_null()


def _choose(frame: pl.LazyFrame, position: int, guesses: Sequence[_Guess], counts: dict[str, int]) -> Inferred:
    n = counts[f"{position}.n"]
    if not n:
        return Inferred(type="string", note="every value is missing")
    read = [counts[f"{position}.{number}"] for number in range(len(guesses))]
    if any(counts.get(f"{position}.{number}.id") for number, r in enumerate(read) if r == max(read)):
        return Inferred(type="string", note="digits with leading zeros, or too many for a number: kept as text")
    whole = [guess for guess, r in zip(guesses, read, strict=True) if r == n]
    if whole:
        return _settled(frame, position, whole)
    return _tolerated(frame, position, guesses, read, n)


def _settled(frame: pl.LazyFrame, position: int, guesses: Sequence[_Guess]) -> Inferred:
    first = guesses[0]
    if len(guesses) == 1 or first.type not in {"date", "timestamp"}:
        return Inferred(type=first.type, format=first.format)
    column = pl.col(str(position))
    read = [parse_text(column, g.type, format=g.format) for g in guesses]
    # rows in the order of time tell day and month apart
    checks = [values.drop_nulls().is_sorted().alias(str(i)) for i, values in enumerate(read)]
    checks.append(read[0].eq_missing(read[-1]).all().alias("same"))
    *in_order, same = frame.select(checks).collect().row(0)
    ordered = [guess for guess, rising in zip(guesses, in_order, strict=True) if rising]
    if same or len(ordered) == 1:
        chosen = first if same else ordered[0]
        return Inferred(type=chosen.type, format=chosen.format)
    note = f"day and month cannot be told apart; read as {first.format}"
    return Inferred(type=first.type, format=first.format, note=note)


def _tolerated(frame: pl.LazyFrame, position: int, guesses: Sequence[_Guess], read: Sequence[int], n: int) -> Inferred:
    """Accept up to 1 % of strays in a column of at least 100 values that is no code list."""
    if not guesses or not max(read):
        return Inferred(type="string")
    best = max(range(len(guesses)), key=lambda i: read[i])
    guess, strays = guesses[best], n - read[best]
    what = {"date": "dates", "timestamp": "timestamps"}.get(guess.type, "numbers")
    told = f"{strays} of {n} values are not {what}"
    many = frame.select(pl.col(str(position)).n_unique()).collect().item() > 20
    if n >= 100 and strays <= TOLERATED * n and many:
        note = f"{told}; they are read as missing"
        return Inferred(type=guess.type, format=guess.format, note=note, strays=strays)
    return Inferred(type="string", note=f"{told}, so the column is read as text")
