"""Errors raised by the user's own code, told with the file and line that raised them."""

import sys
import threading
import traceback
from collections.abc import Generator
from contextlib import contextmanager, nullcontext, redirect_stdout
from pathlib import Path

from modelyard.errors import ModelyardError, RequestError


@contextmanager
def users_code(folder: Path, what: str, also: str = "") -> Generator[None]:
    """Turn whatever the user's code raises into a RequestError that names file, line and message.

    What it prints goes to stderr: stdout is for our results. Not so in threads, which share one stdout.

    Args:
        folder: Where the user's code lies.
        what: What was being done, as the start of a sentence.
        also: Where the reason may lie beside the code, for an error that no line of it raised.
    """
    alone = threading.current_thread() is threading.main_thread()
    try:
        with redirect_stdout(sys.stderr) if alone else nullcontext():
            yield
    except ModelyardError:
        raise
    except (Exception, SystemExit) as error:  # a script that ends the process does not end ours
        place = _place(error, folder)
        where = "there" if place else f"in {folder}" + f" or in {also}" * bool(also)
        raise RequestError(
            f"{what} failed{place}: {type(error).__name__}: {error}",
            f"Correct it {where}; the same command with -v shows the whole traceback.",
            code="users_code",
        ) from error


def _place(error: BaseException, folder: Path) -> str:
    if isinstance(error, SyntaxError) and error.filename:
        return f" at {error.filename}:{error.lineno}"
    root = str(folder.resolve())
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename.startswith(root)]
    return f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
