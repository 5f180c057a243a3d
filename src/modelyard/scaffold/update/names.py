"""Refuses names of branches that an update must not move."""

from modelyard.errors import RequestError
from modelyard.scaffold import git
from modelyard.scaffold.update import branch
from modelyard.scaffold.update.repository import Repository


def refuse_taken(repository: Repository, name: str) -> None:
    """Raise RequestError unless `name` is a branch that is free, or an update that modelyard made before."""
    if git.attempt(repository.top, "check-ref-format", "--branch", name).returncode:
        raise RequestError(
            f"--branch {name!r} is no name of a branch.", "For example modelyard-update.", code="bad_branch"
        )
    ref = f"refs/heads/{name}"
    taken = repository.resolve(ref)
    if name == branch.name(repository.prefix) or ref in _checked_out(repository):
        raise RequestError(f"--branch {name} is in use.", "Name a branch of its own.", code="branch_in_use")
    if taken and not branch.is_update(repository, taken):
        raise RequestError(
            f"The branch {name} exists, and its last commit is not an update by modelyard.",
            "Name another branch, or delete that one.",
            code="branch_exists",
        )


def refuse_elsewhere(repository: Repository) -> None:
    """Raise RequestError when another work tree stands on the template's branch."""
    name = branch.name(repository.prefix)
    if f"refs/heads/{name}" in _checked_out(repository):
        raise RequestError(
            f"The branch {name} is checked out in another work tree, and an update moves it.",
            "Switch that work tree to another branch: `git worktree list` shows where it is.",
            code="template_branch",
        )


def _checked_out(repository: Repository) -> set[str]:
    listed = repository.git("worktree", "list", "--porcelain").decode(errors="replace")
    return {line.removeprefix("branch ") for line in listed.splitlines() if line.startswith("branch ")}
