"""One run at a time in a project; the kernel releases the lock of a process that dies."""

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from modelyard.errors import OutcomeError


@contextmanager
def run_lock(folder: Path) -> Generator[None]:
    """Hold `folder/run.lock` for the body.

    Raises:
        OutcomeError: Another process holds it; the message names the process.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "run.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise OutcomeError(
                f"Another run is working in this project (process {holder}).",
                "Wait until it ends, then run the command again.",
                code="busy",
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
