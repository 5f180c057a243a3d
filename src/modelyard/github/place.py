"""Which repository is meant: named, of the workflow, of modelyard.yaml, or where git's `origin` points."""

import os
import re
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

from modelyard.config.github import REPOSITORY
from modelyard.errors import RequestError


def named(text: str) -> str:
    """Return OWNER/REPO as it was given.

    Raises:
        RequestError: It is something else.
    """
    if not re.fullmatch(REPOSITORY, text) or text.endswith(("/.", "/..", ".git")):
        raise RequestError(
            f"{text!r} is no repository of GitHub.", "Write it as OWNER/REPO, say acme/churn.", code="bad_repository"
        )
    return text


def of_workflow(given: str | None, root: Path | None = None) -> str:
    """Return the repository of a step: named, else of the workflow, else that of the folder.

    Raises:
        RequestError: Nothing says which.
    """
    told = given or os.environ.get("GITHUB_REPOSITORY", "").strip()
    if told:
        return named(told)
    found = of_folder(root or Path.cwd())
    if found is None:
        raise RequestError(
            "No repository is named.", "Add --repository OWNER/REPO, or set GITHUB_REPOSITORY.", code="no_repository"
        )
    return found


def of_project(given: str | None, root: Path) -> str:
    """Return the repository of a project: named, else its own; a workflow's variable says nothing here.

    Raises:
        RequestError: Nothing says which.
    """
    found = named(given) if given else of_folder(root)
    if found is None:
        hint = "Add --repository OWNER/REPO, or set github.repository in modelyard.yaml."
        remote = (
            "has no remote `origin`" if origin(root) is None else "has a remote `origin` that names no host of GitHub"
        )
        raise RequestError(f"No repository is named, and git {remote}.", hint, code="no_repository")
    return found


def of_folder(root: Path) -> str | None:
    """Return the repository that modelyard.yaml names, else the one where git's remote `origin` points; or None."""
    from modelyard.github.identity import read

    told = read(root).repository
    return named(told) if told else of_origin(root)


def of_origin(root: Path) -> str | None:
    """Return the repository behind git's remote `origin`, or None when there is none on a GitHub."""
    url = origin(root)
    return None if url is None else _of_url(url)


def origin(root: Path) -> str | None:
    """Return the address of git's remote `origin`, or None."""
    return _git(root, "remote", "get-url", "origin")


def has_branch(root: Path, branch: str) -> bool:
    """Say whether the clone has a branch."""
    return _git(root, "rev-parse", "--verify", "--quiet", f"refs/heads/{branch}") is not None


def _git(root: Path, *arguments: str) -> str | None:
    command = ["git", "-C", str(root), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)  # noqa: S603
    except OSError:
        return None
    return done.stdout.strip() or None if done.returncode == 0 else None


def _of_url(url: str) -> str | None:
    scp = re.fullmatch(r"(?:[^@/]+@)?([^:/]+):(?!//)(.+)", url)  # git@github.com:acme/churn.git
    host, path = scp.groups() if scp else (urlsplit(url).hostname or "", urlsplit(url).path)
    name = path.strip("/").removesuffix(".git")
    return name if "." in host and re.fullmatch(REPOSITORY, name) else None
