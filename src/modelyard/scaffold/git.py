"""The first commit of a new repository: whatever the machine's git settings, it holds every file."""

import os
import shutil
import subprocess
from pathlib import Path

from modelyard.errors import OutsideError

# What a user's own settings could break: signing without a key, hooks, ignored file types, changed line ends.
_SETTINGS = (
    "core.hooksPath=/dev/null",
    "core.excludesFile=/dev/null",
    "core.attributesFile=/dev/null",
    "core.autocrlf=false",
    "core.fsmonitor=false",
    "commit.gpgSign=false",
    "init.defaultBranch=main",
    "gc.auto=0",
)
# Set inside a hook or by a tool, these would send our commit to another repository.
_FOREIGN = frozenset(
    {
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_COMMON_DIR",
        "GIT_DIR",
        "GIT_INDEX_FILE",
        "GIT_NAMESPACE",
        "GIT_OBJECT_DIRECTORY",
        "GIT_PREFIX",
        "GIT_QUARANTINE_PATH",
        "GIT_TEMPLATE_DIR",
        "GIT_WORK_TREE",
    }
)
_NOBODY = ("user.name=modelyard", "user.email=modelyard@localhost")


def require() -> None:
    """Raise `OutsideError` unless git can be run."""
    if shutil.which("git") is None:
        raise OutsideError(
            "git is not installed, or not on PATH.",
            "Install git, or make the project without a repository: --no-git.",
            code="no_git",
        )


def enclosing(folder: Path) -> Path | None:
    """Return the work tree in which an existing `folder` lies, or None."""
    if shutil.which("git") is None:
        return None
    found = _call(folder, (), "rev-parse", "--show-toplevel")
    return Path(found.stdout.strip()) if found.returncode == 0 and found.stdout.strip() else None


def first_commit(folder: Path, message: str) -> None:
    """Make `folder` a repository whose branch `main` holds every file in it.

    Raises:
        OutsideError: git failed; what it said is in the message.
    """
    _git(folder, (), "init", "--quiet", "--template=")
    identity = () if _has_identity(folder) else _NOBODY
    _git(folder, identity, "add", "--all")
    _git(folder, identity, "commit", "--quiet", "--no-verify", "--message", message)


def _has_identity(folder: Path) -> bool:
    return _call(folder, ("user.useConfigOnly=true",), "var", "GIT_COMMITTER_IDENT").returncode == 0


def _git(folder: Path, settings: tuple[str, ...], *arguments: str) -> None:
    done = _call(folder, settings, *arguments)
    if done.returncode:
        raise OutsideError(
            f"git {arguments[0]} failed: {(done.stderr or done.stdout).strip()}",
            "Set git right, or make the project without a repository: --no-git.",
            code="git_failed",
        )


def _call(folder: Path, settings: tuple[str, ...], *arguments: str) -> subprocess.CompletedProcess[str]:
    options = [part for setting in (*_SETTINGS, *settings) for part in ("-c", setting)]
    environment = {name: value for name, value in os.environ.items() if name not in _FOREIGN}
    return subprocess.run(  # noqa: S603 - no shell, and our own arguments
        ["git", *options, *arguments],  # noqa: S607 - the user's git
        cwd=folder,
        env=environment | {"GIT_TERMINAL_PROMPT": "0"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
