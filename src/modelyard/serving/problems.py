"""What can be wrong with a request, as the answer says it."""

from collections.abc import Sequence
from typing import Any, TypedDict

_LONGEST = 200


class Problem(TypedDict):
    """One thing that breaks the contract."""

    row: int | None
    column: str | None
    message: str
    value: Any


class RefusalError(Exception):
    """An answer other than 200.

    Args:
        status: Of HTTP.
        detail: A sentence, or the problems of the rows.
        hint: The next step; may be empty.
        headers: More of them.
    """

    def __init__(
        self,
        status: int,
        detail: str | Sequence[Problem],
        hint: str = "",
        headers: Sequence[tuple[bytes, bytes]] = (),
    ) -> None:
        super().__init__(status)
        self.status = status
        self.detail = detail
        self.hint = hint
        self.headers = headers


class MalformedError(RefusalError):
    """The body is not JSON."""

    def __init__(self, reason: str) -> None:
        super().__init__(400, f"The body is not JSON: {reason}.")


class BadRowsError(RefusalError):
    """The body is JSON, but not what the contract says."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(422, problems)


def problem(message: str, *, row: int | None = None, column: str | None = None, value: object = None) -> Problem:
    """Describe what is wrong; only short and simple values are echoed."""
    return {"row": row, "column": _text(column), "message": message, "value": _echo(value)}


def _echo(value: object) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, str):
        return _text(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) < 2**63 else f"{value:.6e}" if abs(value) < 10**300 else "a huge integer"
    if isinstance(value, float):
        return value if value - value == 0 else str(value)  # JSON has neither NaN nor infinity
    return "a list" if isinstance(value, list) else "an object"


def _text(value: str | None) -> str | None:
    if value is None:
        return None
    shown = value if len(value) <= _LONGEST else f"{value[:_LONGEST]}…"
    return shown.encode(errors="replace").decode()
