"""The columns of a request: which must be given, and how a JSON value becomes one of the contract's type."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from modelyard.bundle.served import Served
from modelyard.data.contract import Column, Contract
from modelyard.data.types import Epoch, LogicalType, epoch, unit_of
from modelyard.serving.limits import Limit, forbids_null, limits
from modelyard.serving.moments import counter, reader

_SMALLEST, _LARGEST = -(2**63), 2**63 - 1
_DIGITS = len(str(_LARGEST))


class RefusedError(Exception):
    """A value that breaks the contract; the message is the end of a sentence that begins with the value."""


@dataclass(frozen=True)
class Field:
    """One column of a request.

    Attributes:
        column: What the contract says of it.
        needed: Its key must be there: the model reads it, and it holds no personal data.
        nullable: It may be null.
        typed: JSON value -> value of the contract's type; raises RefusedError.
        limits: What refuses a typed value.
    """

    column: Column
    needed: bool
    nullable: bool
    typed: Callable[[Any], Any]
    limits: tuple[Limit, ...]

    def read(self, value: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
        """Return `value` with the contract's type.

        Raises:
            RefusedError: It breaks the contract.
        """
        if value is None:
            if self.nullable:
                return None
            raise RefusedError("may not be null")
        found = self.typed(value)
        for limit in self.limits:
            problem = limit(found)
            if problem:
                raise RefusedError(problem)
        return found


def fields(contract: Contract, served: Served) -> tuple[Field, ...]:
    """Return the columns that a row may hold, in the contract's order.

    What the model does not read (the target, an id, ignored columns) may be there, and is checked then.
    """
    known = {column.name for column in contract.columns}
    others = [Column(name=n, type=served.types.get(n, "string")) for n in served.inputs if n not in known]
    return tuple(_field(column, column.name in served.inputs) for column in (*contract.columns, *others))


def _field(column: Column, is_read: bool) -> Field:
    needed = is_read and not column.personal
    return Field(
        column=column,
        needed=needed,
        nullable=not (needed and forbids_null(column)),
        typed=_typed(column),
        limits=limits(column),
    )


def _typed(column: Column) -> Callable[[Any], Any]:
    if column.type not in {"date", "timestamp"}:
        return _READERS[column.type]
    unit = epoch(column.format)
    if unit is not None and column.type == "timestamp":
        return _counted(unit)
    read = reader(column.type, column.format)
    wanted = f"must be a {column.type} ({column.format or 'ISO 8601'})"

    def typed(value: Any) -> Any:  # noqa: ANN401
        found = read(_string(value, wanted))
        if found is None:
            raise RefusedError(f"{wanted}, not other text")
        return found

    return typed


def _counted(unit: Epoch) -> Callable[[Any], Any]:
    read = counter(unit)
    wanted = f"must be a timestamp in {unit.unit} since 1970 ({unit.format})"

    def typed(value: Any) -> Any:  # noqa: ANN401
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise RefusedError(f"{wanted}, not {_shown(value)}")
        found = read(_string(value) if isinstance(value, str) else value)
        if found is None:
            raise RefusedError(f"{wanted}, {_instead(value, unit)}")
        return found

    return typed


def _instead(value: float | str, unit: Epoch) -> str:
    """Say what is wrong with a value that counts no time in this unit."""
    if isinstance(value, str):
        if not (value.isascii() and value.isdigit() and len(value) <= _DIGITS):
            return "not other text"
        value = int(value)
    if value - value != 0 or value != int(value):  # infinite or NaN
        return "a whole number"
    other = unit_of(int(value))
    return f"from {unit.first} to {unit.last}" if other is None else f"not in {other.unit}"


def _string(value: Any, wanted: str = "must be a string") -> str:  # noqa: ANN401
    if not isinstance(value, str):
        raise RefusedError(f"{wanted}, not {_shown(value)}")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise RefusedError("holds half a surrogate pair, which is no text") from None
    return value


def _integer(value: Any) -> int:  # noqa: ANN401
    whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    if isinstance(value, bool) or not whole:
        raise RefusedError(f"must be an integer, not {_shown(value)}")
    if not _SMALLEST <= value <= _LARGEST:
        raise RefusedError("does not fit into 64 bits")
    return int(value)


def _number(value: Any) -> float:  # noqa: ANN401
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise RefusedError(f"must be a number, not {_shown(value)}")
    try:
        found = float(value)
    except OverflowError:
        found = math.inf
    if not math.isfinite(found):
        raise RefusedError("must be a finite number; send null where a value is unknown")
    return found


def _boolean(value: Any) -> bool:  # noqa: ANN401
    if not isinstance(value, bool):
        raise RefusedError(f"must be true or false, not {_shown(value)}")
    return value


_READERS: dict[LogicalType, Callable[[Any], Any]] = {
    "string": _string,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
}
_NAMES = {bool: "a boolean", int: "an integer", float: "a number", str: "text", list: "a list", dict: "an object"}


def _shown(value: object) -> str:
    return _NAMES.get(type(value), "null")
