"""What happened: the audit chain, and the way from a version back to its rows."""

from modelyard.config import Project
from modelyard.errors import OutcomeError
from modelyard.loop.context import Context, has_registry
from modelyard.loop.versions import mend
from modelyard.record import Record
from modelyard.registry import lineage as lineages
from modelyard.registry.lineage import Lineage
from modelyard.routing import audit as chain
from modelyard.routing import document
from modelyard.routing.audit import Event


class Audit(Record):
    """What `modelyard audit` says."""

    events: list[Event]
    chain: str  # "intact", or what is wrong

    def failure(self) -> OutcomeError | None:
        """Return why the chain cannot be trusted; None when it can."""
        if self.chain == "intact":
            return None
        return OutcomeError(
            f"The audit chain is broken: {self.chain}.",
            "Restore the store from a backup.",
            code="chain_broken",
        )


def audit(project: Project) -> Audit:
    """Read the chain and check it against the hash that the registry keeps."""
    context = Context.of(project)
    touched = has_registry(project) or document.read(context.store).generation or chain.events(context.store)
    problems = mend(context, context.registry()) if touched else []
    return Audit(events=chain.events(context.store), chain="; ".join(problems) or "intact")


def lineage(project: Project, version: int) -> Lineage:
    """Walk from a version back to snapshot, source, commit, parameters and gate.

    Raises:
        RequestError: There is no such version.
    """
    context = Context.of(project)
    return lineages.lineage(context.registry(), context.store, version)
