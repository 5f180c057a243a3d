"""The registered versions of a project; what routing says of them is repaired in the registry first."""

from modelyard.config import Project
from modelyard.errors import OutcomeError, RequestError
from modelyard.evaluation.results import Comparison
from modelyard.loop.context import Context
from modelyard.loop.references import champion_split
from modelyard.loop.rejudge import rejudge
from modelyard.loop.results import DataRecord, EvaluateRecord
from modelyard.loop.stages.data import load, prepare
from modelyard.record import Record
from modelyard.registry.models import Registry, Version
from modelyard.routing import audit, document
from modelyard.routing.document import Ref


class Versions(Record):
    """What `modelyard models list` says, newest first."""

    versions: list[Version]


def repaired(context: Context) -> Registry:
    """Return the registry with aliases and events as the routing document has them."""
    routing = document.read(context.store)
    registry = context.registry()
    mend(context, registry)
    registry.sync(routing)
    registry.note_audit_head(context.store)
    return registry


def mend(context: Context, registry: Registry) -> list[str]:
    """Add the event that a killed process still owes; return what is wrong with a chain, which is left as it is.

    A cut-off tail looks like an event that is owed, but for the head that the registry has noted.
    """
    problems = audit.verify(context.store, registry.audit_head())
    if not problems:
        document.record(context.store, document.read(context.store))
    return problems


def versions(project: Project) -> Versions:
    """List the versions."""
    found = repaired(Context.of(project)).versions()
    return Versions(versions=sorted(found, key=lambda v: v.version, reverse=True))


def show(project: Project, version: int) -> Version:
    """Return one version.

    Raises:
        RequestError: There is none of this number.
    """
    return repaired(Context.of(project)).get(version)


def retire(project: Project, version: int, why: str) -> Version:
    """Take a version out of use.

    Raises:
        RequestError: There is none of this number.
        OutcomeError: It is in service.
    """
    context = Context.of(project)
    routing = document.read(context.store)
    registry = repaired(context)
    retired = registry.retire(version, routing)
    audit.append(
        context.store,
        action="retired",
        subject=f"v{version}",
        why=why,
        generation=routing.generation,
        key=f"retired:{retired.key}",
    )
    registry.note_audit_head(context.store)
    return retired


def compare(project: Project, a: int, b: int) -> Comparison:
    """Compare two versions on today's rows that neither of them saw; positive differences favour `a`.

    Raises:
        RequestError: There is no such version.
        OutcomeError: No row is held out from both.
    """
    context = Context.of(project)
    registry = repaired(context)
    first, second = (registry.get(v) for v in (a, b))
    found, _ = prepare(context, None, champion_split(context, document.read(context.store)), force=False)
    if not isinstance(found, DataRecord):
        raise OutcomeError("The table breaks its contract.", "`modelyard data check` shows the rows.")
    evaluated = EvaluateRecord.model_validate_json(registry.file(first.run_id, "evaluate.json") or b"{}")
    evaluation = rejudge(
        context,
        _ref(first),
        load(context, found).frame,
        found.snapshot.id,
        champion=_ref(second),
        pinned=None,
        parity=evaluated.evaluation.parity,
    )
    if evaluation.versus_champion is None:
        raise RequestError(f"Versions {a} and {b} are the same bundle.", "Name two that differ.", code="same_version")
    return evaluation.versus_champion.model_copy(update={"reference": f"version {b}"})


def _ref(version: Version) -> Ref:
    return Ref(version=version.version, sha256=version.sha256)
