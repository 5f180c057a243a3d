"""The branch `modelyard-template`: one commit for each pristine render, told apart from others by its own tree's id."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from packaging.version import Version

from modelyard import assets
from modelyard.scaffold import copies, git
from modelyard.scaffold.update import recorded
from modelyard.scaffold.update.repository import Entry, Repository, read_tree

NAME = "modelyard-template"
_MARK = "Modelyard-Tree"  # a squashed or rewritten commit keeps the words, but not the tree
UPDATE = "Modelyard-Update"  # marks the commits that merge a render into the user's work
_VENDOR = "vendor/"


@dataclass(frozen=True)
class Render:
    """A commit that holds what a version rendered, and nothing of the user's."""

    commit: str
    tree: str
    version: str


def name(prefix: str) -> str:
    """Return the branch of the project at `prefix` of its repository."""
    inner = "".join(letter if letter.isalnum() else "-" for letter in prefix.strip("/"))
    return f"{NAME}-{inner}" if inner else NAME


def message(template: str, version: str, tree: str) -> str:
    """Return the message of a commit of this branch."""
    return (
        f"The template {template} of modelyard {version}, as rendered\n\n"
        "Kept by `modelyard update`, which merges from here; nobody edits it.\n\n"
        f"{_MARK}: {tree}\n"
    )


def start(project: Path) -> None:
    """Begin the branch in a repository that `modelyard new` has just committed: what the template gave, no more.

    The files born from data (modelyard.yaml, contract.yaml, the table) are not on it. Where it exists, it stays.

    Raises:
        OutsideError: git failed.
    """
    ref = f"refs/heads/{NAME}"
    if git.attempt(project, "rev-parse", "--verify", "--quiet", ref).returncode == 0:
        return
    answers = recorded.read((project / recorded.FILE).read_bytes())
    committed = read_tree(git.ask(project, "ls-tree", "-r", "-z", "--full-tree", "HEAD"))
    tree = _write(
        project, {path: committed[path] for path in owned(answers) if path in committed} | _vendored(committed)
    )
    said = message(answers.template, answers.version, tree)
    commit = _commit(project, tree, said)
    git.ask(project, "update-ref", "-m", "modelyard new", ref, commit)


def begin(project: Path, files: Mapping[str, Entry], answers: recorded.Recorded, before: str | None) -> str:
    """Return a commit of these files that no branch points to yet; their contents are in the repository.

    `before` is the commit that a branch of that name points to already: it stays reachable.
    """
    tree = _write(project, files)
    return _commit(project, tree, message(answers.template, answers.version, tree), before)


def owned(answers: recorded.Recorded) -> Iterator[str]:
    """Give the path of each file that the template and the library's copies can have written."""
    source = assets.template(answers.template)
    for file in source.rglob("*"):
        if file.is_file():
            yield file.relative_to(source).as_posix().removesuffix(".jinja")
    yield from copies.of(answers.template, answers.answers)


def _vendored(committed: Mapping[str, Entry]) -> dict[str, Entry]:
    return {path: entry for path, entry in committed.items() if path.startswith(_VENDOR)}


def _write(project: Path, files: Mapping[str, Entry]) -> str:
    folder = Path(os.fsdecode(git.ask(project, "rev-parse", "--absolute-git-dir")).removesuffix("\n"))
    index = folder / "modelyard-start"
    here = {"GIT_INDEX_FILE": str(index)}
    lines = (f"{entry.mode} {entry.oid}\t".encode() + os.fsencode(path) for path, entry in files.items())
    try:
        git.ask(project, "update-index", "-z", "--index-info", stdin=b"\0".join([*lines, b""]), environment=here)
        return git.ask(project, "write-tree", environment=here).decode().strip()
    finally:
        index.unlink(missing_ok=True)


def _commit(project: Path, tree: str, said: str, before: str | None = None) -> str:
    who = git.identity(project)
    parent = ("-p", before) if before else ()
    return git.ask(project, "commit-tree", tree, *parent, stdin=said.encode(), environment=who).decode().strip()


def tip(repository: Repository) -> str | None:
    """Return the newest commit of the branch, here or where it was cloned from."""
    wanted = name(repository.prefix)
    here = repository.resolve(f"refs/heads/{wanted}")
    return here or next(iter(_remote(repository, wanted)), None)


def _remote(repository: Repository, wanted: str) -> list[str]:
    refs = repository.git("for-each-ref", "--format=%(objectname) %(refname)", "refs/remotes").decode(errors="replace")
    found = [line.split(" ", 1) for line in refs.splitlines()]
    mine = [(not ref.startswith("refs/remotes/origin/"), oid) for oid, ref in found if ref.split("/", 3)[-1] == wanted]
    return [oid for _, oid in sorted(mine)]


def renders(repository: Repository) -> list[Render]:
    """Return the commits of the branch that can be reached, newest first: from its tip, and from merges into HEAD."""
    starts = [start for start in (tip(repository), repository.head) if start is not None]
    form = f"--format=%H %T %(trailers:key={_MARK},valueonly,separator=%x20)"
    which = ("--topo-order", "--no-commit-header", "--basic-regexp", f"--grep=^{_MARK}: ", form)
    listed = repository.git("rev-list", *which, *starts, "--").decode(errors="replace")
    found = []
    for line in listed.splitlines():
        commit, tree, *marks = line.split()
        if marks == [tree] and (version := _version(repository, commit)) is not None:
            found.append(Render(commit, tree, version))
    return found


def _version(repository: Repository, commit: str) -> str | None:
    done = git.attempt(repository.top, "cat-file", "blob", f"{commit}:{repository.prefix}{recorded.FILE}")
    return recorded.read(done.stdout).version if done.returncode == 0 else None


def base(repository: Repository, version: str) -> Render | None:
    """Return the render that HEAD's files come from: of the recorded version, merged into HEAD if possible."""
    mine = [render for render in renders(repository) if Version(render.version) == Version(version)]
    merged = (render for render in mine if _is_in_head(repository, render.commit))
    return next(merged, mine[0] if mine else None)


def _is_in_head(repository: Repository, commit: str) -> bool:
    done = git.attempt(repository.top, "merge-base", "--is-ancestor", commit, repository.head)
    return done.returncode == 0


def is_update(repository: Repository, commit: str) -> bool:
    """Tell whether a commit is an update that modelyard made, which may be made again."""
    said = repository.git(
        "log", "-1", f"--format=%(trailers:key={UPDATE},valueonly)", "--no-show-signature", commit, "--"
    )
    return bool(said.strip())
