"""Asks again while a network is away: a deployment does not end because nobody can see it."""

import time
from collections.abc import Callable
from typing import TypeVar

from modelyard.errors import OutsideError

Answer = TypeVar("Answer")
_SILENT_S = 300.0
_PAUSE_S = 5.0
_HOPELESS = {"access_denied", "expired_credentials", "no_credentials"}


def patiently(ask: Callable[[], Answer]) -> Answer:
    """Return the answer, asked for again for five minutes.

    Raises:
        OutsideError: None came, or asking again would not help.
    """
    deadline = time.monotonic() + _SILENT_S
    while True:
        try:
            return ask()
        except OutsideError as error:
            if error.code in _HOPELESS or time.monotonic() > deadline:
                raise
            time.sleep(_PAUSE_S)
