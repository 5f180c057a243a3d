"""Who acts: the name that goes into the routing document and the audit chain."""

import getpass
import os
import shutil
import subprocess
from functools import cache


@cache
def actor() -> str:
    """Return the GitHub actor, else git's user name, else the user of the machine."""
    return os.environ.get("GITHUB_ACTOR") or _git_user() or _machine_user()


def _git_user() -> str:
    git = shutil.which("git")
    if git is None:
        return ""
    try:
        done = subprocess.run(  # noqa: S603 - a fixed command
            [git, "config", "user.name"],
            capture_output=True,
            text=True,
            timeout=5,
            check=False,
            errors="replace",
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()


def _machine_user() -> str:
    try:
        return os.environ.get("USER") or getpass.getuser()
    except (KeyError, OSError):  # a container's user id without a name
        return "unknown"
