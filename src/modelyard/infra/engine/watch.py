"""Listens to the engine's events: counts what happens to resources, and keeps what went wrong."""

from collections import Counter
from dataclasses import dataclass, field

from pulumi.automation.events import (
    EngineEvent,
    OpType,
    PolicyEvent,
    StepEventMetadata,
    StepEventStateMetadata,
)

from modelyard.progress import Progress

_CREATED = {OpType.CREATE, OpType.CREATE_REPLACEMENT, OpType.IMPORT, OpType.IMPORT_REPLACEMENT}
_DELETED = {OpType.DELETE, OpType.DELETE_REPLACED}


@dataclass
class Watch:
    """Counts and messages of one operation on one layer."""

    layer: str
    report: Progress
    total: int | None = None
    counts: Counter[str] = field(default_factory=Counter)
    read: int = 0  # how many of those counted as the same were only read anew
    changed: list[tuple[str, str, tuple[str, ...]]] = field(default_factory=list)  # (operation, urn, properties)
    messages: list[tuple[str, str]] = field(default_factory=list)  # (urn, message)
    begun: dict[str, StepEventStateMetadata] = field(default_factory=dict)  # what the program asked for, by URN
    policies: list[PolicyEvent] = field(default_factory=list)

    def hear(self, event: EngineEvent) -> None:
        """Take one event; called on a thread of the Automation API."""
        if event.resource_pre_event is not None and event.resource_pre_event.metadata.new is not None:
            self.begun[event.resource_pre_event.metadata.urn] = event.resource_pre_event.metadata.new
        if event.res_outputs_event is not None:
            self._count(event.res_outputs_event.metadata)
        if event.diagnostic_event is not None and event.diagnostic_event.severity == "error":
            self.messages.append((event.diagnostic_event.urn or "", event.diagnostic_event.message.strip()))
        if event.policy_event is not None:
            self.policies.append(event.policy_event)

    def _count(self, step: StepEventMetadata) -> None:
        found = step.new or step.old
        kind = _kind(step.op)
        if kind is None or found is None or not found.custom or step.type.startswith("pulumi:"):
            return
        self.counts[kind] += 1
        self.read += step.op == OpType.REFRESH
        if kind != "same":
            self.changed.append((kind, step.urn, tuple(step.diffs or ())))
        self.report(self.layer, sum(self.counts.values()), self.total)


def _kind(op: OpType) -> str | None:
    if op in _CREATED:
        return "create"
    if op in _DELETED:
        return "delete"
    return {OpType.UPDATE: "update", OpType.SAME: "same", OpType.REFRESH: "same"}.get(op)
