"""`modelyard adopt`: what an existing repository lacks, added to it; a file that is there is left as it is."""

import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from modelyard.errors import RequestError
from modelyard.progress import Progress, silent
from modelyard.scaffold import asked, git, naming, tables, there, vendor
from modelyard.scaffold.lock import lock
from modelyard.scaffold.new import NewRequest, absolute
from modelyard.scaffold.profile import profile
from modelyard.scaffold.renderer import Renderer
from modelyard.scaffold.result import NewResult, summarise
from modelyard.scaffold.update import apply, branch, names, recorded, work
from modelyard.scaffold.update.move import Move, lines, unfinished
from modelyard.scaffold.update.repository import Repository, locate
from modelyard.scaffold.update.scratch import Scratch

_STEPS = 4
_TABLES = (".csv", ".tsv", ".parquet", ".jsonl", ".ndjson", ".arrow", ".feather")


class AdoptResult(NewResult):
    """What `new` would have answered, and what became of each file."""

    added: list[str]
    kept: list[str]


def adopt(request: NewRequest, progress: Progress = silent, renderer: Renderer | None = None) -> AdoptResult:
    """Add what is missing to the repository at `request.directory`; all of it or nothing, and without a commit.

    Raises:
        RequestError: There is no repository or table, or the table has no such target.
        OutsideError: git, uv or the disk fails.
    """
    directory = absolute(request.directory)
    _refuse(request, directory)
    repository = locate(directory)
    if request.data is None:
        raise _no_table(repository)
    names.refuse_elsewhere(repository)
    with work.own(repository) as folder:
        if (left := unfinished(folder)) and "added" in left.answer and apply.finish(repository, folder, left):
            return AdoptResult.model_validate(left.answer)
        with renderer or Renderer() as ready:
            return _added(replace(request, directory=directory), repository, folder, progress, ready)


def _refuse(request: NewRequest, directory: Path) -> None:
    asked.refuse_github(request.github)
    git.require()
    if not directory.is_dir():
        raise RequestError(
            f"{directory} is no folder.", "`modelyard new` makes a repository; adopt adds to one.", code="no_folder"
        )
    file = directory / recorded.FILE
    if file.is_file():
        recorded.read(file.read_bytes())  # of another template: our record would have no place


def _no_table(repository: Repository) -> RequestError:
    found = [path for path in sorted(repository.tree()) if path.endswith(_TABLES) and "sample" not in path]
    hint = f"In the repository: {', '.join(found[:8])}." if found else "A path, a glob or a URI."
    return RequestError("Which table is the model made from? Name it with --data.", hint, code="no_data")


def _added(
    request: NewRequest, repository: Repository, folder: Path, progress: Progress, renderer: Renderer
) -> AdoptResult:
    made = folder / "made" / repository.prefix
    made.mkdir(parents=True)
    result = _fill(request, made, progress, renderer)
    had, lacking = there.sorted_out(request.directory, made)
    if (request.directory / recorded.FILE).is_file():
        lacking = []  # what is gone since was deleted on purpose; `modelyard update` keeps to that too
    there.refuse_blocked(request.directory, lacking)
    progress("Locking the dependencies", 2, _STEPS)
    unlocked = _lock(request, made, lacking)
    steps = [*unlocked, *_next(had, made)] if lacking else []
    facts = result.model_dump() | {"next": steps, "added": sorted(lacking), "kept": sorted(had)}
    answer = AdoptResult.model_validate(facts)
    progress("Moving it into place", 3, _STEPS)
    if lacking:
        answer = _move(repository, folder, made, answer)
    return answer


def _fill(request: NewRequest, made: Path, progress: Progress, renderer: Renderer) -> NewResult:
    """Make the whole project as `new` does, in a folder of its own."""
    from modelyard.data.load import database, open_table
    from modelyard.scaffold.project import Blueprint, fill

    progress("Reading the table", 0, _STEPS)
    query = database.read_query(request.query) if request.query is not None else None
    home = asked.home(request.platform, naming.slug(request.directory), request.account, request.region)
    table = open_table(request.source, query=query)
    found = profile(table, request.overrides)
    profiled = found.model_copy(update={"source": tables.public(found.source)})
    plan = Blueprint(request.directory, profiled, request.overrides.keep_personal, request.github, query, home)
    progress("Writing what is missing", 1, _STEPS)
    placed = fill(plan, table, made, renderer)
    warnings = list(profiled.warnings)
    return summarise(request.template, profiled, placed, request.directory, steps=[], warnings=warnings)


def _lock(request: NewRequest, made: Path, lacking: list[str]) -> list[str]:
    """Lock the dependencies if they are ours to lock; return what is left to do."""
    if not request.lock or "pyproject.toml" not in lacking or os.path.lexists(request.directory / "uv.lock"):
        return []
    if why := lock(made):
        return [f"uv lock    # not done yet: {why}"]
    lacking.append("uv.lock")
    return []


def _next(had: list[str], made: Path) -> list[str]:
    """Say what a person has to do because a file of theirs was left as it is."""
    version = vendor.installed_version()
    found = []
    if "pyproject.toml" in had:
        wheel = next(iter(sorted(made.glob("vendor/*.whl"))), None)
        source = f"{wheel.relative_to(made).as_posix()}[serve]" if wheel else f"modelyard[serve]=={version}"
        extra = source.replace("[serve]", "[ml]")
        found += [
            f"uv add '{source}' && uv add --group train '{extra}'",
            'in pyproject.toml: pytest\'s pythonpath = ["src"]',
        ]
    if ".gitignore" in had:
        found.append("in .gitignore: .modelyard/")
    if "tests/conftest.py" in had:
        found.append("in tests/conftest.py: the fixture `case`, `modelyard.testing.open_case(ROOT, features)`")
    run = "uv run modelyard run" if "Makefile" in had else "make pipeline"
    return [*found, "git add --all && git commit", run]


def _move(repository: Repository, folder: Path, made: Path, answer: AdoptResult) -> AdoptResult:
    """Put the added files into the work tree, and what of them is the template's on its branch."""
    file = made / recorded.FILE
    known = recorded.read(file.read_bytes())
    owned = set(branch.owned(known)) | {path for path in answer.added if path.startswith("vendor/")}
    file.write_bytes(recorded.with_kept(file.read_bytes(), frozenset(answer.kept) & owned))
    scratch = Scratch(repository, folder)
    every = scratch.from_folder(folder / "made")
    prefix = repository.prefix
    added = {prefix + path: every[prefix + path] for path in answer.added}
    render = {path: entry for path, entry in added.items() if path.removeprefix(prefix) in owned}
    scratch.hand_over([scratch.tree(added), scratch.tree(render)])
    ref = f"refs/heads/{branch.name(prefix)}"
    commit = branch.begin(repository.top, render, known, repository.resolve(ref))
    answer = answer.model_copy(update={"warnings": [*answer.warnings, *_ignored(repository, added)]})
    written = answer.model_dump(mode="json")
    refs = [(ref, repository.resolve(ref) or "", commit)]
    apply.make(repository, folder, Move(repository.head, lines({}, added), [], refs, {}, written))
    return answer


def _ignored(repository: Repository, added: Iterable[str]) -> list[str]:
    """Warn of files that the repository's own .gitignore hides: they would not be committed."""
    names = b"".join(os.fsencode(path) + b"\0" for path in added)
    done = git.attempt(repository.top, "check-ignore", "-z", "--stdin", stdin=names)
    hidden = [os.fsdecode(path) for path in done.stdout.split(b"\0") if path]
    if not hidden:
        return []
    return [f"ignored by .gitignore, so `git add --force` is needed: {', '.join(sorted(hidden))}."]
