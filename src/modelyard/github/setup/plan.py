"""The plan of a setup: every step in order, found by looking only; and doing them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from modelyard.github import identity, place
from modelyard.github.connection import Note, connect
from modelyard.github.failures import RefusedError
from modelyard.github.setup import (
    checks,
    environments,
    labels,
    numbers,
    outputs,
    repository,
    reviewers,
    rules,
    security,
    variables,
)
from modelyard.github.setup.steps import CHANGES, Action, Step
from modelyard.github.setup.target import Target, look
from modelyard.record import Record

_ALERT = "modelyard-alert"  # as `monitoring.alerts.issue.label` is by default


class SetupResult(Record):
    """What `modelyard github setup` says. `applied`: changes were made, or there were none to make."""

    repository: str
    applied: bool
    actions: tuple[Action, ...]
    next: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wanted:
    """Where the project is, which repository it gets, and who reviews releases to prod."""

    root: Path
    repository: str | None = None
    reviewers: tuple[str, ...] = ()
    install_cli: bool = False  # Pulumi's, to read the platform's outputs


@dataclass(frozen=True)
class Plan:
    """Every step, in the order in which they are done."""

    target: Target
    root: Path
    steps: tuple[Step, ...]

    @property
    def changes(self) -> int:
        """How many steps change something."""
        return sum(step.action.change in CHANGES for step in self.steps)

    def result(self, done: list[Action], *, applied: bool) -> SetupResult:
        """Return the result, with what was `done` in place of what was planned."""
        actions = (*done, *(step.action for step in self.steps[len(done) :]))
        return SetupResult(
            repository=self.target.name, applied=applied, actions=actions, next=_next(self.target, self.root, actions)
        )


def plan(wanted: Wanted, note: Note = str) -> Plan:
    """Look at the repository and the project; changes nothing.

    Raises:
        RequestError: No repository is named, a wrong reviewer, a configuration that is wrong.
        OutsideError: GitHub refuses a look; the permission it takes is named.
    """
    root = wanted.root
    identity.file_of(root)
    name = place.of_project(wanted.repository, root)
    target = look(connect(note), name)
    return Plan(target, root, tuple(_steps(target, wanted, note)))


def _steps(target: Target, wanted: Wanted, note: Note) -> Iterator[Step]:
    root, platform = wanted.root, identity.platform_of(wanted.root)
    yield from repository.steps(target)
    yield from numbers.steps(target, root)
    if platform is not None:
        project = identity.project_of(root)
        yield from environments.steps(target, reviewers.review(target, wanted.reviewers))
        yield from variables.steps(target, outputs.read(platform, project, note, install=wanted.install_cli))
    yield from labels.steps(target, root, _alert_label(root))
    yield from security.steps(target, signs_in=platform is not None)
    yield from rules.steps(target, checks.read(root))


def _alert_label(root: Path) -> str:
    from modelyard import config

    if not (root / config.FILE_NAME).is_file():
        return _ALERT
    issue = config.load(root).config.monitoring.alerts.issue
    return _ALERT if issue is None else issue.label


def apply(planned: Plan) -> Iterator[Action]:
    """Do the steps one by one, and yield what became of each.

    What the account's plan does not have, or its organization decides, becomes `unavailable`, and the rest goes on.

    Raises:
        OutsideError: GitHub refuses otherwise, or cannot be reached; running it again goes on from there.
    """
    for step in planned.steps:
        if step.apply is None:
            yield step.action
            continue
        try:
            step.apply()
            yield step.action.model_copy(update={"done": True})
        except RefusedError as refused:
            if not refused.is_plan and refused.status != 409:
                raise
            yield step.action.model_copy(update={"change": "unavailable", "detail": refused.message})


def _next(target: Target, root: Path, actions: tuple[Action, ...]) -> tuple[str, ...]:
    """Return what a person does next, as commands."""
    waiting = {action.kind for action in actions if action.change == "later"}
    hints = []
    if any(action.kind == numbers.KIND and action.change == "update" for action in actions):
        hints.append(f"git commit --message 'Know the repository by number' {identity.file_of(root).name}")
    if place.origin(root) is None:
        hints.append(f"git remote add origin {_clone_url(target)}")
    if "ruleset" in waiting:
        template = " modelyard-template" if place.has_branch(root, "modelyard-template") else ""
        hints.append(f"git push -u origin main{template}")
    if waiting:
        reviewer = " --reviewer LOGIN|ORG/TEAM" if "reviewers" in waiting else ""
        hints.append(f"modelyard github setup{reviewer}")
    return tuple(hints)


def _clone_url(target: Target) -> str:
    return str((target.found or {}).get("clone_url") or f"https://github.com/{target.name}.git")
