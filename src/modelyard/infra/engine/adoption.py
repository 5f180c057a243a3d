"""Takes over a resource that exists and that the state does not know: its creation was begun, and the answer was lost.

It is put into the state as pending, as if the run that made it had been killed; what follows is the same.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pulumi.automation.events import StepEventStateMetadata

from modelyard.errors import RequestError


def chosen(begun: Mapping[str, StepEventStateMetadata], urns: Sequence[str]) -> dict[str, StepEventStateMetadata]:
    """Return the resources of a program by URN.

    Raises:
        RequestError: The program has no such resource.
    """
    for urn in urns:
        if urn not in begun:
            raise RequestError(f"The program makes no resource {urn}.", "The message that asked names the URN.")
    return {urn: begun[urn] for urn in urns}


def added(state: dict[str, Any], wanted: Mapping[str, StepEventStateMetadata]) -> dict[str, Any]:
    """Return the state with these resources pending."""
    operations = [{"type": "creating", "resource": _record(each)} for each in wanted.values()]
    return {**state, "pending_operations": [*(state.get("pending_operations") or []), *operations]}


def _record(found: StepEventStateMetadata) -> dict[str, Any]:
    return {
        "urn": found.urn,
        "custom": True,
        "type": found.type,
        "inputs": dict(found.inputs or {}),
        "parent": found.parent,
        "provider": found.provider,
    }
