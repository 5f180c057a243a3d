"""The git repository that a project lies in: where it is, what it holds, and whether it may be updated."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from modelyard.errors import OutsideError, RequestError
from modelyard.scaffold import git

_NEEDED = (2, 38)  # the first git that merges without a work tree
_PLACES = ("--show-toplevel", "--git-dir", "--git-path")
_MANIFEST = "data/snapshot.json"  # written by a run, so it does not make the tree dirty
_UNDER_WAY = {
    "MERGE_HEAD": ("a merge", "`git commit` ends it, `git merge --abort` takes it back"),
    "rebase-merge": ("a rebase", "`git rebase --continue` or `--abort` ends it"),
    "rebase-apply": ("a rebase", "`git rebase --continue` or `--abort` ends it"),
    "CHERRY_PICK_HEAD": ("a cherry-pick", "`git cherry-pick --continue` or `--abort` ends it"),
    "REVERT_HEAD": ("a revert", "`git revert --continue` or `--abort` ends it"),
    "BISECT_LOG": ("a bisect", "`git bisect reset` ends it"),
}


class Entry(NamedTuple):
    """One file of a tree: its mode as git writes it, and the id of its content."""

    mode: str
    oid: str


@dataclass(frozen=True)
class Repository:
    """A repository with at least one commit, and the project in it."""

    top: Path  # of the work tree
    prefix: str  # the project's folder below `top`: empty, or with a slash at its end
    folder: Path  # git's own, of this work tree
    objects: Path
    head: str
    branch: str | None  # the ref that HEAD stands on
    _trees: dict[str, dict[str, Entry]] = field(default_factory=dict, compare=False, repr=False)

    def git(self, *arguments: str, stdin: bytes = b"", environment: dict[str, str] | None = None) -> bytes:
        """Run git at the top of the work tree; see `git.ask`."""
        return git.ask(self.top, *arguments, stdin=stdin, environment=environment)

    def resolve(self, name: str) -> str | None:
        """Return the commit that a ref names, or None."""
        done = git.attempt(self.top, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
        return done.stdout.decode().strip() if done.returncode == 0 else None

    def tree(self) -> dict[str, Entry]:
        """Return every file of HEAD."""
        if self.head not in self._trees:
            self._trees[self.head] = read_tree(self.git("ls-tree", "-r", "-z", "--full-tree", self.head))
        return self._trees[self.head]


def read_tree(listing: bytes) -> dict[str, Entry]:
    """Parse what `git ls-tree -r -z` prints."""
    found = {}
    for line in filter(None, listing.split(b"\0")):
        facts, _, path = line.partition(b"\t")
        mode, _, oid = facts.decode().split(" ")
        found[os.fsdecode(path)] = Entry(mode, oid)
    return found


def locate(project: Path) -> Repository:
    """Return the repository around `project`.

    Raises:
        RequestError: There is none, or it has no commit yet.
        OutsideError: No git, or one too old.
    """
    found = git.version()
    if found < _NEEDED:
        raise OutsideError(
            f"git {found[0]}.{found[1]} cannot merge without touching files; {_NEEDED[0]}.{_NEEDED[1]} is needed.",
            "Install a newer git.",
            code="old_git",
        )
    top, folder, objects = _places(project)
    done = git.attempt(project, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    if done.returncode:
        raise RequestError(
            f"The repository {top} has no commit yet.",
            "Commit what is there first: `git add --all && git commit`.",
            code="no_commits",
        )
    branch = git.attempt(project, "symbolic-ref", "--quiet", "HEAD").stdout.decode().strip()
    inside = project.resolve().relative_to(top.resolve()).as_posix()
    prefix = "" if inside == "." else f"{inside}/"
    return Repository(top, prefix, folder, objects, done.stdout.decode().strip(), branch or None)


def _places(project: Path) -> tuple[Path, Path, Path]:
    done = git.attempt(project, "rev-parse", "--path-format=absolute", *_PLACES, "objects")
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip()
        if "not a git repository" not in said:
            raise RequestError(f"git cannot open {project}: {said}", "Do what git says, then try again.", code="no_git")
        raise RequestError(
            f"{project} is no git repository, and an update is a merge.",
            "Make it one: `git init`, then `git add --all && git commit`.",
            code="no_repository",
        )
    found = [Path(line) for line in os.fsdecode(done.stdout).removesuffix("\n").split("\n")]
    if len(found) != len(_PLACES):
        raise RequestError(
            f"The path {str(project)!r} holds a line break, which git's own lists of paths cannot carry.",
            "Move the repository to another folder.",
            code="odd_path",
        )
    return found[0], found[1], found[2]


def refuse_unready(repository: Repository, template_branch: str) -> None:
    """Raise RequestError unless the work tree can take a merge: on a branch, clean, nothing under way."""
    _refuse_under_way(repository)
    if repository.branch is None:
        raise RequestError(
            f"HEAD of {repository.top} is on no branch (detached at {repository.head[:10]}).",
            "`git switch BRANCH` first, or make the update on one of its own: `modelyard update --branch NAME`.",
            code="detached",
        )
    if repository.branch == f"refs/heads/{template_branch}":
        raise RequestError(
            f"HEAD is on {template_branch}, which holds the template and nothing of yours.",
            "`git switch main`, or the branch that you work on.",
            code="template_branch",
        )
    if dirty := changed_files(repository):
        more = f" and {len(dirty) - 5} more" if len(dirty) > 5 else ""
        raise RequestError(
            f"There are changes that are not committed: {', '.join(dirty[:5])}{more}.",
            "`git commit` or `git stash` them first, or make the update elsewhere: `modelyard update --branch NAME`.",
            code="dirty",
        )


def changed_files(repository: Repository) -> list[str]:
    """Return the tracked files that differ from HEAD, in the index or on disk."""
    status = repository.git("status", "--porcelain", "-z", "--untracked-files=no", "--ignore-submodules=dirty")
    lines = [line for line in status.split(b"\0") if len(line) > 3 and line[2:3] == b" "]
    names = (os.fsdecode(line[3:]) for line in lines)
    return [name for name in names if not name.endswith(_MANIFEST)]


def _refuse_under_way(repository: Repository) -> None:
    for name, (what, way_out) in _UNDER_WAY.items():
        if (repository.folder / name).exists():
            raise RequestError(f"In {repository.top} {what} is under way.", f"{way_out}.", code="under_way")
