"""Promotes a version to another environment: its bundle by sha256, its history, and a verdict of that place."""

from modelyard import config as configs
from modelyard.bundle import digest
from modelyard.config import Project
from modelyard.errors import OutcomeError, RequestError
from modelyard.evaluation.gate import judge
from modelyard.evaluation.results import GateResult
from modelyard.loop.admit import admit
from modelyard.loop.context import Context
from modelyard.loop.lock import run_lock
from modelyard.loop.references import champion_split
from modelyard.loop.rejudge import rejudge
from modelyard.loop.results import DataRecord, EvaluateRecord
from modelyard.loop.stages.data import load, prepare
from modelyard.loop.stages.gate import note_of
from modelyard.loop.versions import repaired
from modelyard.record import Record
from modelyard.registry.models import Registry, Version
from modelyard.registry.transfer import copy_version
from modelyard.routing import document
from modelyard.routing.document import Ref


class Promotion(Record):
    """What `modelyard models copy` says."""

    version: int  # as the target numbers it
    sha256: str
    source: str
    target: str
    gate: GateResult

    def failure(self) -> OutcomeError | None:
        """Return why the version was not let in; None when it was."""
        if self.gate.verdict == "passed":
            return None
        stopped = ", ".join(r.name for r in self.gate.rules if r.verdict != "pass")
        return OutcomeError(
            f"The gate of {self.target} says {self.gate.verdict}: {stopped}.",
            "The bundle is there, but routing does not know it.",
            code=f"gate_{self.gate.verdict}",
        )


def promote(project: Project, version: int, target: str) -> Promotion:
    """Copy a version of the project's environment to `target`, and judge it there.

    Raises:
        RequestError: There is no such version or environment, or both are the same.
        OutcomeError: The table breaks its contract, or holds no row that the version never saw.
    """
    if target == project.env:
        raise RequestError(f"--from and --to are both {target!r}.", "Name two environments.", code="same_environment")
    here, there = Context.of(project), Context.of(configs.load(project.root, target))
    with run_lock(there.local):
        registry = there.registry()
        copied = copy_version(here.store, repaired(here), there.store, registry, version, digest=digest)
        gate = _judge(there, registry, copied)
        if gate.verdict == "passed":
            ref = Ref(version=copied.version, sha256=copied.sha256)
            registry.sync(admit(there.store, ref, f"copied from {project.env}; the gate's verdict is passed"))
            registry.note_audit_head(there.store)
    return Promotion(version=copied.version, sha256=copied.sha256, source=project.env, target=target, gate=gate)


def _judge(there: Context, registry: Registry, copied: Version) -> GateResult:
    routing = document.read(there.store)
    found, _ = prepare(there, None, champion_split(there, routing), force=False)
    if not isinstance(found, DataRecord):
        raise OutcomeError(
            "The table breaks its contract there, so nothing can be judged.",
            f"`modelyard data check --env {there.project.env}` shows the rows.",
            code="contract_violated",
        )
    evaluated = registry.file(copied.run_id, "evaluate.json") or b"{}"
    ref = Ref(version=copied.version, sha256=copied.sha256)
    evaluation = rejudge(
        there, ref, load(there, found).frame, found.snapshot.id,
        champion=routing.champion, pinned=routing.pinned,
        parity=EvaluateRecord.model_validate_json(evaluated).evaluation.parity,
    )  # fmt: skip
    result = judge(evaluation, there.project.config, generation=routing.generation)
    note_of(there, ref.sha256, result)
    return result
