"""One layer under the engine: opened, unlocked, and every failure turned into one error of ours."""

import json
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pulumi.automation import CommandError, OutputMap, Stack
from pulumi.automation.events import StepEventStateMetadata

from modelyard.infra.engine import adoption, failures, locks, pending, quiet, stacks
from modelyard.infra.engine.backend import Backend
from modelyard.infra.engine.blind import Blind
from modelyard.infra.engine.executable import Command
from modelyard.infra.engine.masking import Masks
from modelyard.infra.engine.programs import Program
from modelyard.infra.engine.results import MASK, LayerResult
from modelyard.infra.engine.stacks import Target, Workspace
from modelyard.infra.engine.watch import Watch
from modelyard.progress import Progress, silent

T = TypeVar("T")


@dataclass(frozen=True)
class Pack:
    """A policy pack and its configuration (the exceptions) by policy."""

    folder: Path
    config: Mapping[str, Any]


@dataclass(frozen=True)
class Run:
    """What every operation needs.

    `look` finds resources that a killed run left in doubt. `pack` holds the policies. `unlock` takes away a
    lock whose holder cannot be seen from here. `delete_data` also deletes what is protected. Without `changes` the
    state is only read. `blind` says by stack what is masked, where no secret may be seen.
    """

    command: Command
    backend: Backend
    look: pending.Look
    report: Progress = silent
    note: Callable[[str], object] = str
    pack: Pack | None = None
    unlock: bool = False
    delete_data: bool = False
    changes: bool = True
    blind: Mapping[str, Masks] | None = None

    def program(self, target: Target) -> Program:
        """Return the program of a layer."""
        if self.blind is None:
            return Program(target.layer, target.folder)
        return Blind(target.layer, target.folder, self.masks(target).hidden)

    def masks(self, target: Target) -> Masks:
        """Return what is masked in the state of a layer."""
        return (self.blind or {}).get(target.qualified, Masks())


@dataclass
class Session:
    """A layer at work."""

    run: Run
    target: Target
    program: Program
    watch: Watch
    space: Workspace
    began: float

    def existing(self) -> Stack | None:
        """Return the stack, with nothing left pending; None where this layer was never put up."""
        state = self._told(lambda: self.space.state(self.target.qualified))
        if state is None:
            return None
        self.space.remember(self.target, state)
        stack = Stack.select(self.target.qualified, self.space)
        if self.run.changes:
            self._settle(stack, adoption.added(state, self._wanted(stack, state)))
        return stack

    def _wanted(self, stack: Stack, state: Mapping[str, Any]) -> dict[str, StepEventStateMetadata]:
        """Return what a person said exists and the state has never heard of, as the program asks for it."""
        project = f"::{self.target.project}::"
        known = {r["urn"] for r in state.get("resources") or []} | {p.urn for p in pending.of(state)}
        told = [urn for urn in self.run.look.adopted if project in urn and urn not in known]
        if not told:
            return {}
        watch = Watch(self.target.layer, silent)
        self.work(lambda: stack.preview(on_event=watch.hear, color="never"))
        return adoption.chosen(watch.begun, told)

    def _settle(self, stack: Stack, state: dict[str, Any]) -> None:
        if state.get("pending_operations"):
            for text in self.work(lambda: pending.settle(stack, self.space, state, self.run.look)):
                self.run.note(f"{self.target.layer}: {text}")

    def made(self) -> Stack:
        """Return the stack, made when it does not exist yet."""
        return self.existing() or self.work(lambda: Stack.create(self.target.qualified, self.space))

    def work(self, act: Callable[[], T]) -> T:
        """Run an operation of the engine; once more when it only found a lock that could be taken away."""
        try:
            return act()
        except CommandError as error:
            if locks.MARK not in str(error):
                raise failures.explained(error, self.watch, self.program, self.run.look) from error
            locks.release(self.space, self.target, self.run.backend.url, str(error), force=self.run.unlock)
            self.run.note(f"{self.target.layer}: took away the lock of a run that is gone")
        return self._told(act)

    def options(self) -> dict[str, Any]:
        """Return what previews and updates are called with."""
        given: dict[str, Any] = {"on_event": self.watch.hear, "color": "never"}
        pack = self.run.pack
        if pack is not None:
            path = Path(self.space.work_dir) / "policies.json"
            path.write_text(json.dumps(pack.config), "utf-8")
            given |= {"policy_packs": [str(pack.folder)], "policy_pack_configs": [str(path)]}
        return given

    def result(self, placeholders: tuple[str, ...] = (), **counts: int) -> LayerResult:
        """Return what happened to the layer."""
        seen = {kind: self.watch.counts[kind] for kind in ("create", "update", "delete", "same")} | counts
        seconds = round(time.monotonic() - self.began, 2)
        return LayerResult(name=self.target.layer, **seen, seconds=seconds, placeholders=placeholders)

    def _told(self, act: Callable[[], T]) -> T:
        try:
            return act()
        except CommandError as error:
            raise failures.explained(error, self.watch, self.program, self.run.look) from error


@contextmanager
def session(run: Run, target: Target) -> Generator[Session]:
    """Open a layer for one operation."""
    quiet.install()
    program, watch = run.program(target), Watch(target.layer, run.report)
    began = time.monotonic()
    run.report(target.layer, 0, None)
    with stacks.workspace(target, run.backend, run.command, program) as space:
        yield Session(run, target, program, watch, space, began)


def masked(outputs: OutputMap) -> dict[str, Any]:
    """Return outputs by name; a secret is shown as a mark."""
    return {name: MASK if value.secret else value.value for name, value in sorted(outputs.items())}
