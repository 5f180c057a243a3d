"""Counts what is unusual in the rows of requests, and answered all the same: it is for drift, not for refusals."""

from collections.abc import Callable, Sequence
from typing import Any

from modelyard.bundle.served import Served
from modelyard.serving.body import Row
from modelyard.serving.fields import Field
from modelyard.serving.limits import Limit, warnings

BEYOND, NEW, MISSING = "out_of_bounds", "new_category", "missing"

Count = Callable[[str, str], None]
"""Column and kind: counts one."""
Watch = Callable[[Sequence[Row], Count], None]


def watch(fields: Sequence[Field], served: Served, complete: frozenset[str]) -> Watch:  # noqa: C901 - see `look`
    """Return the function that looks at rows.

    Args:
        fields: The columns of a row.
        served: Says which of them the model reads, and which categories it knows.
        complete: Columns of which the model knows every category that training rows had.
    """
    read = [(i, field) for i, field in enumerate(fields) if field.column.name in served.inputs]
    plain = [(i, f.column.name, *_bounds(f)) for i, f in read if not _slow(f) and f.column.name not in complete]
    words = [(i, f.column.name, _words(f, served)) for i, f in read if not _slow(f) and f.column.name in complete]
    slow = [(i, f.column.name, warnings(f.column)) for i, f in read if _slow(f)]

    def look(rows: Sequence[Row], count: Count) -> None:  # one flat function: it runs for each request
        for row in rows:
            for i, name, low, high in plain:
                value = row[i]
                if value is None:
                    count(name, MISSING)
                elif low is not None and not low <= value <= high:
                    count(name, BEYOND)
            for i, name, known in words:
                value = row[i]
                if value not in known:
                    count(name, MISSING if value is None else NEW)
            for i, name, limits in slow:
                _judge(row[i], name, limits, count)

    return look


def _bounds(field: Field) -> tuple[float | None, float]:
    """Return the ends between which a number is usual; None as the first where there are none."""
    ends = {r.kind: r.value for r in field.column.rules if r.severity == "warning" and r.kind in {"minimum", "maximum"}}
    if not ends or field.column.type not in {"integer", "number"}:
        return None, 0.0
    low, high = ends.get("minimum", float("-inf")), ends.get("maximum", float("inf"))
    return float(str(low)), float(str(high))


def _slow(field: Field) -> bool:
    """Say whether a column's warnings need more than one comparison."""
    number = field.column.type in {"integer", "number"}
    return any(not number or kind not in {"minimum", "maximum"} for kind, _ in warnings(field.column))


def _words(field: Field, served: Served) -> frozenset[str]:
    known = {word for c in served.encoding.columns if c.source == field.column.name for word in c.vocabulary}
    return frozenset(known)


def _judge(value: Any, name: str, limits: Sequence[tuple[str, Limit]], count: Count) -> None:  # noqa: ANN401
    if value is None:
        count(name, MISSING)
        return
    for kind in {kind for kind, limit in limits if limit(value)}:
        count(name, NEW if kind == "allowed" else BEYOND)
