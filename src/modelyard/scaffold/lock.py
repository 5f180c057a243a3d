"""Locks the dependencies of a new project with uv, where uv and the index can be reached."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

_PATIENCE_S = 120


def lock(project: Path) -> str:
    """Write `uv.lock` in `project`; return why there is none, or an empty string."""
    uv = _uv()
    if uv is None:
        return "uv is not installed"
    environment = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and our own arguments
            [uv, "lock", "--quiet", "--project", str(project)],
            cwd=project,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_PATIENCE_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        reason = f"uv found no answer within {_PATIENCE_S} s"
    except OSError as error:
        reason = f"uv cannot be run: {error.strerror}"
    else:
        reason = "" if done.returncode == 0 else _last_words(done.stderr)
    if reason:
        (project / "uv.lock").unlink(missing_ok=True)
    return reason


def _uv() -> str | None:
    beside = Path(sys.executable).with_name("uv")
    return str(beside) if beside.is_file() else shutil.which("uv")


def _last_words(text: str) -> str:
    """Return the cause at the end of uv's chain of errors, on one line."""
    lines = [re.sub(r"^\W+", "", line) for line in text.splitlines() if line.strip()]
    return f"uv said: {lines[-1]}" if lines else "uv failed without a word"
