"""Progress on stderr while long work runs, and only when a person watches."""

import sys
from collections.abc import Generator
from contextlib import contextmanager

from modelyard.progress import Progress, silent


@contextmanager
def progress(*, enabled: bool) -> Generator[Progress]:
    """Yield a function that draws; silent when disabled or when stderr is no terminal."""
    if not enabled or not sys.stderr.isatty():
        yield silent
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, int] = {}

        def draw(what: str, done: int, total: int | None) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=total)
            bars.update(tasks[what], completed=done, total=total)  # ty: ignore[invalid-argument-type]

        yield draw
