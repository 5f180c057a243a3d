"""The second pass: a few rows for each rule that is broken, with nothing personal in them."""

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from modelyard.data.contract.keys import repeated
from modelyard.data.contract.measures import Check
from modelyard.data.contract.model import Contract
from modelyard.data.contract.prepare import Prepared

HIDDEN = "(hidden)"
_COLUMNS = 12
_LONGEST = 200
_TOGETHER = 64
_BATCH = 1_000  # rows that break something: small, so that reading stops soon
_PREFIX = 50_000

Sample = list[dict[str, Any]]


def samples(contract: Contract, prepared: Prepared, checks: Sequence[Check], rows: int) -> list[Sample]:
    """Return up to `rows` rows for each check, as read from the table, in the order of the checks.

    A row shows the check's own columns, then the key, then others, up to a dozen; texts are cut.
    """
    found: dict[int, Sample] = {}
    by_row = [i for i, check in enumerate(checks) if check.bad is not None]
    for start in range(0, len(by_row), _TOGETHER):
        part = {i: checks[i] for i in by_row[start : start + _TOGETHER]}
        found |= _scan(contract, prepared, part, rows)
    for i, check in enumerate(checks):
        if check.key:
            found[i] = _repeats(contract, prepared, check, rows)
    return [found.get(i, []) for i in range(len(checks))]


def _scan(contract: Contract, prepared: Prepared, checks: dict[int, Check], rows: int) -> dict[int, Sample]:
    """Look at the first rows for all checks, and further on only for those that are rare."""
    found: dict[int, Sample] = {i: [] for i in checks}
    frame = prepared.frame
    for part in (frame.head(_PREFIX), frame.slice(_PREFIX)):
        left = {i: check for i, check in checks.items() if len(found[i]) < rows}
        if left:
            _collect(contract, replace(prepared, frame=part), left, rows, found)
    return found


def _collect(
    contract: Contract, prepared: Prepared, checks: dict[int, Check], rows: int, found: dict[int, Sample]
) -> None:
    """Read batches until every check has its rows; memory holds one batch, whatever the size of the file."""
    columns = {i: _columns(contract, prepared, check) for i, check in checks.items()}
    places = {name: f"\x02{j}" for j, name in enumerate(sorted({n for names in columns.values() for n in names}))}
    flags = {f"\x01{i}": check.bad for i, check in checks.items() if check.bad is not None}
    flagged = prepared.frame.select(
        *(expression.fill_null(False).alias(flag) for flag, expression in flags.items()),
        *(prepared.fields[name].raw.alias(place) for name, place in places.items()),
    ).filter(pl.any_horizontal(pl.col(list(flags))))
    for batch in flagged.collect_batches(chunk_size=_BATCH, lazy=True, engine="streaming"):
        for i in checks:
            if len(found[i]) < rows:
                part = batch.filter(pl.col(f"\x01{i}")).head(rows - len(found[i]))
                found[i] += _shown(contract, part, {name: places[name] for name in columns[i]})
        if all(len(found[i]) >= rows for i in checks):
            return


def _repeats(contract: Contract, prepared: Prepared, check: Check, rows: int) -> Sample:
    """Show rows that share a key: of the first rows where those do, because a whole pass costs much more."""
    fields = [prepared.fields[name] for name in check.key]
    names = _columns(contract, prepared, check)
    typed = [f"\x01{i}" for i in range(len(fields))]
    frame = prepared.frame.select(
        *(field.typed.alias(alias) for alias, field in zip(typed, fields, strict=True)),
        *(prepared.fields[name].raw.alias(f"\x02{j}") for j, name in enumerate(names)),
    )
    start = prepared.frame.head(_PREFIX)
    keys = repeated(start, fields).head(rows).collect(engine="streaming")
    if keys.is_empty():
        keys = repeated(prepared.frame, fields).head(rows).collect(engine="streaming")
    else:
        frame = frame.head(_PREFIX)
    wanted = keys.select(pl.nth(i).alias(alias) for i, alias in enumerate(typed))
    matching = frame.join(wanted.lazy(), on=typed, how="semi").head(rows).collect(engine="streaming")
    return _shown(contract, matching, {name: f"\x02{j}" for j, name in enumerate(names)})


def _columns(contract: Contract, prepared: Prepared, check: Check) -> list[str]:
    wanted = (*check.shown, *contract.key, *prepared.fields)
    return [name for name in dict.fromkeys(wanted) if name in prepared.fields][: max(_COLUMNS, len(check.shown))]


def _shown(contract: Contract, rows: pl.DataFrame, places: dict[str, str]) -> Sample:
    hidden = contract.personal
    return [
        {name: _value(row[place], hidden=name in hidden) for name, place in places.items()}
        for row in rows.iter_rows(named=True)
    ]


def _value(value: Any, *, hidden: bool) -> Any:  # noqa: ANN401 - a cell of any type
    """Return a cell as JSON can hold it; that a personal value is missing may be seen."""
    if value is None or isinstance(value, bool | int):
        return value if value is None or not hidden else HIDDEN
    if hidden:
        return HIDDEN
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    text = value if isinstance(value, str) else str(value)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
