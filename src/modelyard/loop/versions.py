"""The registered versions of a project; what routing says of them is repaired in the registry first."""

import polars as pl

from modelyard.config import Project
from modelyard.errors import OutcomeError
from modelyard.evaluation.judged import Reference
from modelyard.evaluation.results import Comparison
from modelyard.loop.context import Context
from modelyard.loop.references import reference
from modelyard.record import Record
from modelyard.registry.models import Registry, Version
from modelyard.routing import audit, document
from modelyard.routing.document import Ref


class Versions(Record):
    """What `modelyard models list` says, newest first."""

    versions: list[Version]


def repaired(context: Context) -> Registry:
    """Return the registry with aliases and events as the routing document has them (decision 19)."""
    routing = document.read(context.store)
    document.record(context.store, routing)
    registry = context.registry()
    registry.sync(routing)
    registry.note_audit_head(context.store)
    return registry


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
