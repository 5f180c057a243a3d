"""Reads the body of a prediction request: a generated struct takes the good ones, a slow look explains the others."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec

from modelyard.data.types import epoch
from modelyard.serving.fields import Field, RefusedError
from modelyard.serving.slow import look

Row = Sequence[Any]
"""Typed values, one for each field, in the order of the fields."""

_FEW_BYTES = 12  # enough to see how an envelope begins
_WRITTEN_AS_IS = re.compile(r'[^\\"\x00-\x1f]*')  # the only names that a struct can have
_INT64 = msgspec.Meta(ge=-(2**63), le=2**63 - 1)
_TYPES: dict[str, Any] = {
    "string": str,
    "integer": Annotated[int, _INT64],
    "number": float,
    "boolean": bool,
    "date": str,
    "timestamp": str,
}


@dataclass(frozen=True)
class Body:
    """What a request asks."""

    rows: Sequence[Row]
    id: str | None = None


class Decoder:
    """Reads bodies for one version."""

    def __init__(self, fields: Sequence[Field]) -> None:
        self._fields = fields
        self._finish = _finish(fields)
        self._generated = all(_WRITTEN_AS_IS.fullmatch(field.column.name) for field in fields)
        if self._generated:
            row = _struct(fields)
            many: Any = list.__class_getitem__(row)
            members: list[Any] = [("rows", many), ("id", str | None, None)]
            envelope: Any = msgspec.defstruct("Envelope", members, forbid_unknown_fields=True)
            self._row = msgspec.json.Decoder(row).decode
            self._envelope = msgspec.json.Decoder(envelope).decode

    def decode(self, data: bytes) -> Body:
        """Return the rows, each complete and by the contract.

        Raises:
            MalformedError: It is not JSON.
            BadRowsError: It is not what the contract says; names row, column and value.
        """
        if not self._generated:
            return Body(*look(data, self._fields))
        try:
            return self._fast(data)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ValueError, RefusedError):
            return Body(*look(data, self._fields))

    def _fast(self, data: bytes) -> Body:
        if b'"rows"' not in data[:_FEW_BYTES]:
            try:
                return Body((self._finish(msgspec.structs.astuple(self._row(data))),))
            except msgspec.ValidationError:
                pass
        found = self._envelope(data)
        finish, plain = self._finish, msgspec.structs.astuple
        return Body([finish(plain(row)) for row in found.rows], found.id)


def _struct(fields: Sequence[Field]) -> type[msgspec.Struct]:
    """Make the struct of a row; its attributes are numbered, since columns may have any name."""
    members = []
    for number, field in enumerate(fields):
        kind = _TYPES["integer"] | str if epoch(field.column.format) else _TYPES[field.column.type]
        kind = kind | None if field.nullable else kind
        members.append((f"c{number}", kind) if field.needed else (f"c{number}", kind, None))
    names = {f"c{number}": field.column.name for number, field in enumerate(fields)}
    return msgspec.defstruct("Row", members, rename=names, forbid_unknown_fields=True, kw_only=True, gc=False)


def _finish(fields: Sequence[Field]) -> Callable[[tuple], Row]:
    """Return what remains to be done after decoding: dates, and rules of severity `error`."""
    left = [(i, f.read) for i, f in enumerate(fields) if f.limits or f.column.type in {"date", "timestamp"}]
    if not left:
        return lambda values: values

    def finish(values: tuple) -> Row:
        row = list(values)
        for i, read in left:
            if row[i] is not None:
                row[i] = read(row[i])
        return row

    return finish
