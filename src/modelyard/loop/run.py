"""Runs the stages of a project in order, and skips the finished ones."""

import time
from dataclasses import dataclass
from typing import Literal, TypeVar

from modelyard.config import Project
from modelyard.data.contract import CheckResult
from modelyard.errors import RequestError
from modelyard.evaluation import wanted
from modelyard.evaluation.results import GateResult
from modelyard.loop import STAGES, latest
from modelyard.loop.check import project_contract
from modelyard.loop.context import Context, tracking_uri
from modelyard.loop.lock import run_lock
from modelyard.loop.provenance import provenance
from modelyard.loop.references import champion_split, require_readable
from modelyard.loop.results import EvaluateRecord, RegisterRecord, RunResult, StageStatus, TrainRecord
from modelyard.loop.sample import throwaway
from modelyard.loop.stages.data import prepare
from modelyard.loop.stages.evaluate import evaluate, still_holds
from modelyard.loop.stages.gate import gate, note
from modelyard.loop.stages.register import register, registered
from modelyard.loop.stages.train import train
from modelyard.loop.track import track
from modelyard.loop.work import Work
from modelyard.loop.workspace import Workspace
from modelyard.progress import Progress, silent
from modelyard.routing import document

Status = Literal["done", "cached", "failed"]
Value = TypeVar("Value")


@dataclass(frozen=True)
class RunRequest:
    """What to run."""

    stages: tuple[str, ...] = ()  # default all; earlier ones run too where they are not finished
    source: str | None = None
    force: bool = False
    sample: bool = False


def run(project: Project, request: RunRequest, progress: Progress = silent) -> RunResult:
    """Run up to the last requested stage.

    A broken contract, or a verdict other than passed, is a result (`RunResult.failure`) and no exception.

    Raises:
        RequestError: An unknown stage; configuration, table or user's code is wrong.
        OutcomeError: The rows cannot give a model, or another run is working in the project.
    """
    unknown = [s for s in request.stages if s not in STAGES]
    if unknown:
        raise RequestError(f"{unknown[0]!r} is not a stage.", f"Stages are: {' '.join(STAGES)}.", code="unknown_stage")
    last = max((STAGES.index(s) for s in request.stages), default=len(STAGES) - 1)
    if last > STAGES.index("data"):
        wanted.check(project.config, [column.name for column in project_contract(project).columns])
    if request.sample:
        with throwaway(project, progress) as context:
            return _Run(context, request).upto(min(last, STAGES.index("gate")))
    if last >= STAGES.index("gate"):
        tracking_uri(project)  # what is missing there is said before the training, not after
    context = Context.of(project, progress)
    with run_lock(context.local):
        Workspace(context.local / "runs").sweep()
        return _Run(context, request).upto(last)


class _Run:
    """A run under way: each method does a stage, or finds it done, and says which."""

    def __init__(self, context: Context, request: RunRequest) -> None:
        self.context = context
        self.request = request
        self.checked: CheckResult | None = None
        self.work: Work | None = None
        self.trained: TrainRecord | None = None
        self.evaluated: EvaluateRecord | None = None
        self.judged: GateResult | None = None
        self.version: int | None = None

    def upto(self, last: int) -> RunResult:
        """Run the stages up to number `last`, or up to the one that fails."""
        statuses: list[StageStatus] = []
        steps = (self._data, self._train, self._evaluate, self._gate, self._register)
        for name, step in list(zip(STAGES, steps, strict=True))[: last + 1]:
            self.context.progress(name, 0, 1)
            begin = time.perf_counter()
            status = step()
            statuses.append(StageStatus(name=name, status=status, seconds=round(time.perf_counter() - begin, 3)))
            self.context.progress(name, 1, 1)
            if status == "failed":
                break
        return self._result(statuses)

    def _data(self) -> Status:
        routing = document.read(self.context.store)
        previous = champion_split(self.context, routing)
        found, cached = prepare(self.context, self.request.source, previous, force=self._forced("data"))
        if isinstance(found, CheckResult):
            self.checked = found
            latest.save(self.context.local, latest.Latest(check=found))
            return "failed"
        self.checked = found.contract
        self.work = Work(self.context, found, provenance(self.context.project.root), routing)
        latest.save(self.context.local, latest.of(self.work))
        return "cached" if cached else "done"

    def _train(self) -> Status:
        work = self._at_work
        rivals = {"champion": work.champion, "pinned best": work.pinned}
        met = {role: ref for role, ref in rivals.items() if ref is not None}
        require_readable(work.context, met, work.data.snapshot.columns)
        self.trained = None if self._forced("train") else work.trained.load("train", TrainRecord)
        if self.trained is not None:
            return "cached"
        work.trained.forget(("train",))  # its folder is about to be emptied
        work.judged.forget(("evaluate", "gate", "register"))
        self.trained = train(work)
        return "done"

    def _evaluate(self) -> Status:
        work = self._at_work
        known = None if self._forced("evaluate") else work.judged.load("evaluate", EvaluateRecord)
        if known is not None and (self._registered or still_holds(known, work)):
            self.evaluated = known
            return "cached"
        work.judged.forget(("evaluate", "gate", "register"))
        self.evaluated = evaluate(work, _made(self.trained))
        return "done"

    def _gate(self) -> Status:
        work = self._at_work
        known = None if self._forced("gate") else work.judged.load("gate", GateResult)
        if known is None:
            work.judged.forget(("register",))
            self.judged = gate(work, _made(self.evaluated).evaluation, sample=self.request.sample)
        else:
            self.judged = known
            if self._registered is None:
                note(work, known)
        if self.judged.verdict != "passed":
            self._track()
            return "failed"
        return "done" if known is None else "cached"

    def _register(self) -> Status:
        work = self._at_work
        known = None if self._forced("register") else self._registered
        if known is not None:
            self.version = known.version
            return "cached"
        made = register(work, _made(self.trained), _made(self.evaluated).evaluation, _made(self.judged))
        self.version = made.version
        return "done"

    def _track(self) -> None:
        """Leave a trace of a run that failed the gate; a throwaway one leaves none."""
        if not self.request.sample:
            registry = self.context.registry()
            evaluation = _made(self.evaluated).evaluation
            track(self._at_work, registry, _made(self.trained), evaluation, _made(self.judged))
            registry.note_audit_head(self.context.store)

    @property
    def _at_work(self) -> Work:
        return _made(self.work)

    @property
    def _registered(self) -> RegisterRecord | None:
        return registered(self._at_work)

    def _forced(self, stage: str) -> bool:
        return self.request.force and stage in (self.request.stages or STAGES)

    def _result(self, statuses: list[StageStatus]) -> RunResult:
        evaluation = self.evaluated.evaluation if self.evaluated else None
        return RunResult(
            stages=statuses,
            snapshot=self.work.data.snapshot.id if self.work else None,
            version=self.version,
            gate=self.judged,
            metrics=evaluation.metrics if evaluation else {},
            contract=self.checked,
        )


def _made(value: Value | None) -> Value:
    """Return what an earlier stage must have made."""
    if value is None:
        raise AssertionError("stages run in order")
    return value
