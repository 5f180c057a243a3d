"""`modelyard update`: the template's changes since the last time, merged into the user's work."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from modelyard.errors import RequestError
from modelyard.progress import Progress, silent
from modelyard.scaffold.update import apply, branch, conflicts, editions, names, plan, recorded, work
from modelyard.scaffold.update.commits import commit_merge, commit_render
from modelyard.scaffold.update.editions import Edition
from modelyard.scaffold.update.move import unfinished
from modelyard.scaffold.update.moving import Outcome, move
from modelyard.scaffold.update.plan import Plan
from modelyard.scaffold.update.relock import relock
from modelyard.scaffold.update.repository import Repository, locate, refuse_unready
from modelyard.scaffold.update.result import UpdateResult
from modelyard.scaffold.update.scratch import Scratch

Ask = Callable[[Mapping[str, Any]], Mapping[str, object]]
_STEPS = 4


@dataclass(frozen=True)
class UpdateRequest:
    """What `modelyard update` was asked for."""

    project: Path
    to: str | None = None  # a version, or `latest`; None is the one that runs
    look: bool = False  # change nothing
    branch: str | None = None
    lock: bool = True
    ask: Ask = field(default=lambda _: {})  # gets new questions by name, gives answers


def find(start: Path) -> Path:
    """Return the nearest folder at or above `start` that modelyard made.

    Raises:
        RequestError: There is none.
    """
    here = start.resolve()
    for folder in (here, *here.parents):
        if (folder / recorded.FILE).is_file():
            return folder
    raise RequestError(
        f"No {recorded.FILE} in {here} or above it, so nothing says what there is to update.",
        "Go into a repository made by `modelyard new`, or make one of this: `modelyard adopt`.",
        code="no_project",
    )


def update(request: UpdateRequest, progress: Progress = silent, edition: Edition | None = None) -> UpdateResult:
    """Bring the template's changes; nothing moves before the whole has been worked out.

    Args:
        request: What to do.
        progress: Is told of each step.
        edition: The version to come; default: what the request names, or the one that runs.

    Raises:
        RequestError: The repository is in no state for it, or its record cannot be used.
        OutsideError: git, uv or the disk fails.
    """
    repository = locate(request.project)
    if request.look:
        with work.passing() as folder:
            return _looked(request, repository, folder, edition, progress)
    if request.branch is not None:
        names.refuse_taken(repository, request.branch)
    with work.own(repository) as folder:
        if request.branch is None:
            if (left := unfinished(folder)) and apply.finish(repository, folder, left):
                return UpdateResult.model_validate(left.answer)
            refuse_unready(repository, branch.name(repository.prefix))
            names.refuse_elsewhere(repository)
        return _made(request, repository, folder, edition, progress)


def _worked_out(
    request: UpdateRequest, repository: Repository, scratch: Scratch, edition: Edition | None, progress: Progress
) -> Plan:
    progress("Rendering the template", 0, _STEPS)
    known = plan.read(repository)
    chosen = edition or _edition(request.to, known.version)
    plan.refuse_older(known, chosen)
    fresh = _new_questions(chosen.questions(known.template), known.answers)
    answers = request.ask(fresh) if fresh else {}
    progress("Merging", 1, _STEPS)
    return plan.work_out(repository, chosen, scratch, answers)


def _new_questions(questions: Mapping[str, Any], answered: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was not asked before; what depends on other answers follows them, or keeps its default."""
    new = {name: question for name, question in questions.items() if name not in answered}
    return {name: question for name, question in new.items() if isinstance(question, dict) and "when" not in question}


def _edition(to: str | None, recorded_version: str) -> Edition:
    here = editions.installed()
    if to is None or to == here.version:
        return here
    if to == "latest":
        return editions.latest(recorded_version)
    _refuse_version(to, recorded_version)
    return editions.elsewhere(f"modelyard=={to}")


def _refuse_version(to: str, recorded_version: str) -> None:
    from packaging.version import InvalidVersion, Version

    try:
        older = Version(to) < Version(recorded_version)
    except InvalidVersion as error:
        raise RequestError(
            f"--to {to!r} is no version.", "For example 0.2.0, or `latest`.", code="bad_version"
        ) from error
    if older:
        raise RequestError(
            f"--to {to} is older than {recorded_version}, which this repository has.",
            "An update goes forward; `git revert -m 1 COMMIT` takes one back.",
            code="older",
        )


def _looked(
    request: UpdateRequest, repository: Repository, folder: Path, edition: Edition | None, progress: Progress
) -> UpdateResult:
    scratch = Scratch(repository, folder)
    found = _worked_out(request, repository, scratch, edition, progress)
    diff = scratch.diff(scratch.tree(found.ours), scratch.tree(found.merged.files))
    return _answer(found, scratch, repository.branch, found.notes, diff)


def _made(
    request: UpdateRequest, repository: Repository, folder: Path, edition: Edition | None, progress: Progress
) -> UpdateResult:
    scratch = Scratch(repository, folder)
    found = _worked_out(request, repository, scratch, edition, progress)
    if not found.waits:
        return _answer(found, scratch, repository.branch if request.branch is None else None, found.notes)
    progress("Locking the dependencies", 2, _STEPS)
    files = found.merged.files if request.branch is None else found.merged.kept(found.ours)
    files, unlocked = relock(found, files, repository.prefix, scratch, wanted=request.lock)
    progress("Moving it into place", 3, _STEPS)
    to = f"refs/heads/{request.branch}" if request.branch is not None else repository.branch
    answer = _answer(found, scratch, to, (*found.notes, unlocked) if unlocked else found.notes)
    result, render = scratch.tree(files), scratch.tree(found.render)
    scratch.hand_over([result, render, scratch.tree(found.base)])
    tip = commit_render(repository, found, render, scratch.tree(found.base))
    if request.branch is not None:
        commit = commit_merge(repository, found, result, tip)
        repository.git("update-ref", "-m", "modelyard update", str(to), commit)
        return answer
    outcome = Outcome(files, result, tip)
    apply.make(repository, folder, move(repository, found, outcome, answer))
    progress("Done", _STEPS, _STEPS)
    return answer


def _answer(found: Plan, scratch: Scratch, ref: str | None, notes: tuple[str, ...], diff: str = "") -> UpdateResult:
    return UpdateResult(
        from_version=found.recorded.version,
        to=found.to,
        changed=[conflicts.shown(path) for path in found.changed],
        conflicts=conflicts.of(found.merged, scratch),
        branch=ref.removeprefix("refs/heads/") if ref else None,
        notes=list(notes),
        diff=diff,
    )
