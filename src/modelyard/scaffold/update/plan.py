"""Works out an update in a scratch repository: what the template rendered, what it renders now, and the merge."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from packaging.version import Version

from modelyard.errors import ModelyardError, OutsideError, RequestError
from modelyard.scaffold.update import branch, recorded
from modelyard.scaffold.update.editions import Edition, elsewhere, installed
from modelyard.scaffold.update.merge import Merged, merge
from modelyard.scaffold.update.recorded import Recorded
from modelyard.scaffold.update.repository import Entry, Repository
from modelyard.scaffold.update.scratch import Scratch


@dataclass(frozen=True)
class Plan:
    """An update that has been worked out and not been made."""

    recorded: Recorded
    to: str
    base: dict[str, Entry]  # what the template rendered last
    render: dict[str, Entry]  # what it renders now: the next commit of the template's branch
    ours: dict[str, Entry]
    merged: Merged
    parent: str | None  # the render in this history, None when it had to be made again
    notes: tuple[str, ...] = field(default=())

    @property
    def waits(self) -> bool:
        """Whether the update would change anything."""
        return bool(self.merged.conflicts) or self.merged.files != self.ours

    @property
    def changed(self) -> list[str]:
        """The files that it changes, without those in conflict."""
        files = self.merged.files
        paths = {path for path in {*self.ours, *files} if self.ours.get(path) != files.get(path)}
        return sorted(paths - set(self.merged.conflicts))


def read(repository: Repository) -> Recorded:
    """Return what HEAD says that the project was made from.

    Raises:
        RequestError: There is no such file in HEAD, or it cannot be used.
    """
    entry = repository.tree().get(repository.prefix + recorded.FILE)
    if entry is None:
        raise RequestError(
            f"{repository.prefix}{recorded.FILE} is not committed, so nothing says what this was made from.",
            "Commit it; a repository that modelyard did not make gets one by `modelyard adopt`.",
            code="no_answers",
        )
    return recorded.read(repository.git("cat-file", "blob", entry.oid))


def refuse_older(known: Recorded, edition: Edition) -> None:
    """Raise RequestError when `edition` is older than what the repository has."""
    if Version(edition.version) < Version(known.version):
        raise RequestError(
            f"This repository has the template of modelyard {known.version}; {edition.version} is older.",
            f"Use {known.version} or newer: `uv tool upgrade modelyard`, or `modelyard update --to {known.version}`.",
            code="older",
        )


def work_out(
    repository: Repository, edition: Edition, scratch: Scratch, chosen: Mapping[str, object] | None = None
) -> Plan:
    """Render, merge, and say what would become of it; the user's repository is only read.

    Args:
        repository: The user's.
        edition: The version to come.
        scratch: Where it happens.
        chosen: Answers to questions that were not asked before.

    Raises:
        RequestError: The recorded answers cannot be used, or the version is older than the recorded one.
        OutsideError: The recorded version cannot be rendered again, and its render is nowhere.
    """
    known = read(repository)
    refuse_older(known, edition)
    ours = repository.tree()
    found = branch.base(repository, known.version)
    base = scratch.files(found.tree) if found else _again(known, edition, repository, scratch, ours)
    answers = _answers(known, edition, base, repository, scratch) | dict(chosen or {})
    base = _less(base, known, repository)
    render = _render(known, edition, answers, repository, scratch)
    _keep_once(render, edition.once(known.template), base, ours, repository.prefix)
    merged = merge(*_with_answers(base, ours, render, repository, scratch), f"modelyard-{edition.version}", scratch)
    return Plan(known, edition.version, base, render, ours, merged, found.commit if found else None, _notes(merged))


def _answers(
    known: Recorded, edition: Edition, base: Mapping[str, Entry], repository: Repository, scratch: Scratch
) -> dict[str, Any]:
    before = base.get(repository.prefix + recorded.FILE)
    asked_before = recorded.names(scratch.blob(before.oid)) if before else frozenset()
    answers = recorded.fitting(known, edition.questions(known.template), asked_before)
    return answers | {"modelyard_version": edition.version}


def _render(
    known: Recorded, edition: Edition, answers: Mapping[str, object], repository: Repository, scratch: Scratch
) -> dict[str, Entry]:
    """Render into the scratch repository, less the files that are to be left alone."""
    folder = scratch.folder / f"render-{edition.version}"
    project = folder / repository.prefix
    project.mkdir(parents=True)
    try:
        edition.pristine(known.template, answers, project)
    except ModelyardError as error:
        if isinstance(error, OutsideError):
            raise
        raise RequestError(
            f"The answers in {recorded.FILE} cannot be rendered: {error.message}",
            f"Set them right there; `git log -p -- {recorded.FILE}` shows what they were.",
            code="bad_answers",
        ) from error
    file = project / recorded.FILE
    file.write_bytes(recorded.with_kept(file.read_bytes(), known.kept))
    return _less(scratch.from_folder(folder), known, repository)


def _less(files: Mapping[str, Entry], known: Recorded, repository: Repository) -> dict[str, Entry]:
    """Return the files without those that are to be left alone."""
    return {path: entry for path, entry in files.items() if path.removeprefix(repository.prefix) not in known.kept}


def _again(
    known: Recorded, edition: Edition, repository: Repository, scratch: Scratch, ours: Mapping[str, Entry]
) -> dict[str, Entry]:
    """Render the recorded version once more: its commit is not in this clone, or was squashed away."""
    here = (each for each in (edition, installed()) if each.version == known.version)
    same = next(here, None) or _fetched(known, repository, scratch, ours)
    questions = same.questions(known.template)
    answers = recorded.fitting(known, questions, frozenset()) | {"modelyard_version": known.version}
    return _render(known, same, answers, repository, scratch)


def _fetched(known: Recorded, repository: Repository, scratch: Scratch, ours: Mapping[str, Entry]) -> Edition:
    try:
        return elsewhere(_requirement(known, repository, scratch, ours))
    except OutsideError as error:
        wanted = branch.name(repository.prefix)
        if branch.tip(repository):
            raise OutsideError(
                f"The branch {wanted} holds no render of modelyard {known.version}: {error.message}",
                f"Is `_commit` in {recorded.FILE} what it was? `git log -p -- {recorded.FILE}` shows it; otherwise go "
                "online with uv installed and run the same command again.",
                code="no_render",
            ) from error
        raise OutsideError(
            f"The branch {wanted} is not here, and modelyard {known.version} cannot render it again: {error.message}",
            f"`git fetch origin {wanted}:{wanted}` if it was pushed, `git fetch --unshallow` in a shallow clone; "
            f"otherwise go online with uv installed and run the same command again.",
            code="no_template_branch",
        ) from error


def _requirement(known: Recorded, repository: Repository, scratch: Scratch, ours: Mapping[str, Entry]) -> str:
    """Return what uv installs: a development version is in no index, but its wheel is in the repository."""
    for path, entry in ours.items():
        inner = path.removeprefix(repository.prefix)
        if inner.startswith("vendor/") and inner.endswith(".whl") and f"-{known.version}-" in inner:
            wheel = scratch.folder / "wheels" / inner.rpartition("/")[2]
            wheel.parent.mkdir(exist_ok=True)
            wheel.write_bytes(scratch.blob(entry.oid))
            return str(wheel)
    return f"modelyard=={known.version}"


def _keep_once(
    render: dict[str, Entry], once: tuple[str, ...], base: Mapping[str, Entry], ours: Mapping[str, Entry], prefix: str
) -> None:
    """Leave files that are written once as they were; a new one comes only where there is none."""
    for name in (prefix + name for name in once):
        render.pop(name) if name in render and name not in base and name in ours else None
        if name in base:
            render[name] = base[name]


def _with_answers(
    base: dict[str, Entry], ours: dict[str, Entry], render: dict[str, Entry], repository: Repository, scratch: Scratch
) -> tuple[dict[str, Entry], dict[str, Entry], dict[str, Entry]]:
    """Settle the answers' file key by key; merged as text, neighbouring answers would be in conflict."""
    path = repository.prefix + recorded.FILE
    before = scratch.blob(base[path].oid) if path in base else None
    text = recorded.merged(scratch.blob(ours[path].oid), scratch.blob(render[path].oid), before)
    settled = {path: Entry(ours[path].mode, scratch.put(text))}
    return base | settled, ours | settled, render | settled


def _notes(merged: Merged) -> tuple[str, ...]:
    return tuple(f"{path} was deleted here: what the template changed in it is left out." for path in merged.left_out)
