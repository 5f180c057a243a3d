"""Runs git so that neither the machine's settings nor a hook decide what comes out; makes first commits."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
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
# In a repository that people work in, how files are converted on their way in and out stays the user's affair.
_IN_PLACE = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.quotePath=false",
    "commit.gpgSign=false",
    "gc.auto=0",
    "maintenance.auto=false",
    "trailer.separators=:",
)


class GitError(OutsideError):
    """A git command that failed; `said` is what it printed on stderr."""

    default_code = "git_failed"

    def __init__(self, command: str, said: str) -> None:
        super().__init__(
            f"git {command} failed: {said or 'it said nothing'}",
            "Set git right, and run the same command again.",
            code="disk_full" if "No space left on device" in said else None,
        )
        self.said = said


def require() -> None:
    """Raise `OutsideError` unless git can be run."""
    if shutil.which("git") is None:
        raise OutsideError(
            "git is not installed, or not on PATH.",
            "Install git, or make the project without a repository: --no-git.",
            code="no_git",
        )


def version() -> tuple[int, int]:
    """Return git's version, its first two numbers.

    Raises:
        OutsideError: There is no git.
    """
    require()
    said = _call(Path.cwd(), (), "version").stdout
    found = re.search(r"(\d+)\.(\d+)", said)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def ask(folder: Path, *arguments: str, settings: Sequence[str] = _IN_PLACE, **more: object) -> bytes:
    """Run git in `folder` and return what it printed; see `attempt` for the rest.

    Raises:
        GitError: It failed.
    """
    done = attempt(folder, *arguments, settings=settings, **more)  # ty: ignore[invalid-argument-type]
    if done.returncode:
        raise GitError(arguments[0], done.stderr.decode(errors="replace").strip())
    return done.stdout


def attempt(
    folder: Path,
    *arguments: str,
    settings: Sequence[str] = _IN_PLACE,
    environment: Mapping[str, str] | None = None,
    stdin: bytes = b"",
) -> subprocess.CompletedProcess[bytes]:
    """Run git in `folder`, whatever comes of it.

    Args:
        folder: Where it runs.
        arguments: The command and its arguments.
        settings: `name=value` pairs that win over every configuration file.
        environment: Variables to add; those that would lead git elsewhere are taken away before.
        stdin: What it reads.
    """
    options = [part for setting in settings for part in ("-c", setting)]
    return subprocess.run(  # noqa: S603 - no shell, and our own arguments
        ["git", *options, *arguments],  # noqa: S607 - the user's git
        cwd=folder,
        env=_surroundings() | {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"} | dict(environment or {}),
        input=stdin,
        capture_output=True,
        check=False,
        process_group=0,  # Ctrl-C is for the command, which decides what becomes of a git that runs
    )


def identity(folder: Path) -> dict[str, str]:
    """Return the variables that make commits the user's, or nobody's where git knows no user."""
    if _has_identity(folder):
        return {}
    name, mail = (setting.partition("=")[2] for setting in _NOBODY)
    return {
        f"GIT_{role}_{key}": value
        for role in ("AUTHOR", "COMMITTER")
        for key, value in (("NAME", name), ("EMAIL", mail))
    }


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
    names = ("GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT")
    return all(_call(folder, ("user.useConfigOnly=true",), "var", name).returncode == 0 for name in names)


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
    return subprocess.run(  # noqa: S603 - no shell, and our own arguments
        ["git", *options, *arguments],  # noqa: S607 - the user's git
        cwd=folder,
        env=_surroundings(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )


def _surroundings() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in _FOREIGN}
    return kept | {"GIT_TERMINAL_PROMPT": "0"}
