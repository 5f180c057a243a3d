"""The steps of a canary: percents of the requests, ascending."""

from collections.abc import Sequence
from itertools import pairwise

from modelyard.errors import RequestError

_MOST = 100.0
_NEXT = "Name percents above 0 and up to 100, each larger than the one before: --steps 5,25,50,100."


def parse(text: str) -> tuple[float, ...]:
    """Read `5,25,50,100`.

    Raises:
        RequestError: A part is no number, or the steps are not ascending within 0 to 100.
    """
    try:
        steps = [float(part) for part in text.split(",")]
    except ValueError:
        raise RequestError(f"--steps {text!r} is no list of percents.", _NEXT, code="bad_steps") from None
    return checked(steps)


def checked(steps: Sequence[float]) -> tuple[float, ...]:
    """Return steps that a release can walk.

    Raises:
        RequestError: There is none, or they are not ascending within 0 to 100.
    """
    wrong = next((s for s in steps if not 0 < s <= _MOST), None)  # NaN too
    if wrong is not None or not steps:
        raise RequestError(f"A step of {wrong} % is not possible.", _NEXT, code="bad_steps")
    for before, after in pairwise(steps):
        if after <= before:
            raise RequestError(f"The step {after:g} % follows {before:g} %.", _NEXT, code="bad_steps")
    return tuple(steps)
