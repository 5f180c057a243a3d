"""Errors raised by the user's own code, told with the file and line that raised them."""

import traceback
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from modelyard.errors import ModelyardError, RequestError


@contextmanager
def users_code(folder: Path, what: str) -> Generator[None]:
    """Turn whatever the user's code raises into a RequestError that names file, line and message.

    Args:
        folder: Where the user's code lies.
        what: What was being done, as the start of a sentence.
    """
    try:
        yield
    except ModelyardError:
        raise
    except (Exception, SystemExit) as error:  # a script that ends the process does not end ours
        raise RequestError(
            f"{what} failed{_place(error, folder)}: {type(error).__name__}: {error}",
            "Correct it there; the same command with -v shows the whole traceback.",
            code="users_code",
        ) from error


def _place(error: BaseException, folder: Path) -> str:
    if isinstance(error, SyntaxError) and error.filename:
        return f" at {error.filename}:{error.lineno}"
    root = str(folder.resolve())
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename.startswith(root)]
    return f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
