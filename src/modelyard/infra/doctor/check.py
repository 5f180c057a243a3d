"""One line of a diagnosis."""

from collections.abc import Callable, Iterable
from typing import Literal

from modelyard.errors import ModelyardError
from modelyard.record import Record

Status = Literal["ok", "warn", "fail"]
_WIDEST = 200


class Check(Record):
    """`found` and `need` are shown beside each other; `fix` is what to do, empty when nothing is."""

    name: str
    status: Status
    found: str
    need: str
    fix: str = ""


class Diagnosis(Record):
    """All lines, in the order in which they should be mended."""

    checks: tuple[Check, ...]

    @property
    def failed(self) -> tuple[Check, ...]:
        """The lines that stop the platform."""
        return tuple(check for check in self.checks if check.status == "fail")


def guarded(name: str, look: Callable[[], Iterable[Check]]) -> list[Check]:
    """Return the checks of one look; one that could not be done is a line of its own, not the end of the diagnosis."""
    found: list[Check] = []
    try:
        for check in look():
            found.append(check)  # noqa: PERF402 - those before an error are kept
    except ModelyardError as error:
        found.append(Check(name=name, status="fail", found=_line(error.message), need="an answer", fix=error.hint))
    return found


def _line(message: str) -> str:
    """Return a message that leaves the table a table, whatever page a proxy has answered with."""
    one = " ".join(message.split())
    return one if len(one) <= _WIDEST else f"{one[: _WIDEST - 3]}..."
