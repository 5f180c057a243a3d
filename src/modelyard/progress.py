"""How work below the command line says how far it is: a function, so that nothing here prints."""

from collections.abc import Callable

Progress = Callable[[str, int, int | None], None]
"""Called as `progress(what, done, total)`; `total` is None where it is unknown."""


def silent(what: str, done: int, total: int | None) -> None:
    """Report nothing."""
