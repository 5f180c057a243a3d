"""A Deployment as it stands: what it runs, and how far its rollout is."""

from dataclasses import dataclass
from typing import Any, Self

from modelyard.deploy.target import CONTAINER
from modelyard.errors import OutcomeError

PREVIOUS = "modelyard/previous-image"
"""Annotation: what to go back to, also for a command that comes later."""


@dataclass(frozen=True, kw_only=True)
class Rollout:
    """One look.

    Attributes:
        image: Of the server's container, in the wanted state.
        replicas: Wanted; `updated` and `available` of the newest template, `all_` of any.
        seen: The controller has seen the wanted state.
        stalled: Why the controller has given up; empty while it has not.
        labels: What selects its pods.
    """

    image: str
    replicas: int
    updated: int
    available: int
    all_: int
    seen: bool
    stalled: str
    previous: str
    labels: dict[str, str]

    @classmethod
    def of(cls, found: dict[str, Any]) -> Self:
        """Read a Deployment.

        Raises:
            OutcomeError: It has no container of the server's name.
        """
        meta, spec, status = found["metadata"], found["spec"], found.get("status", {})
        containers = {one["name"]: one["image"] for one in spec["template"]["spec"]["containers"]}
        if CONTAINER not in containers:
            raise OutcomeError(f"{meta['name']} has no container {CONTAINER!r}.", code="no_container")
        return cls(
            image=containers[CONTAINER],
            replicas=spec.get("replicas", 1),
            updated=status.get("updatedReplicas", 0),
            available=status.get("availableReplicas", 0),
            all_=status.get("replicas", 0),
            seen=status.get("observedGeneration", 0) >= meta.get("generation", 0),
            stalled=_stalled(status),
            previous=meta.get("annotations", {}).get(PREVIOUS, ""),
            labels=spec["selector"]["matchLabels"],
        )

    @property
    def complete(self) -> bool:
        """Tell whether every pod is of the newest template and available."""
        return self.seen and self.updated == self.all_ == self.replicas and self.available >= self.replicas

    @property
    def given_up(self) -> bool:
        """Tell whether the controller has given up on what is wanted now."""
        return self.seen and bool(self.stalled) and not self.complete

    def words(self) -> str:
        """Return how far it is."""
        return f"{self.updated} of {self.replicas} pods are new, {self.available} answer"


def patch(image: str | None = None, *, replicas: int | None = None, previous: str | None = None) -> dict[str, Any]:
    """Return the change of a Deployment that sets only what is given."""
    spec: dict[str, Any] = {} if replicas is None else {"replicas": replicas}
    if image is not None:
        spec["template"] = {"spec": {"containers": [{"name": CONTAINER, "image": image}]}}
    noted = {} if previous is None else {"metadata": {"annotations": {PREVIOUS: previous}}}
    return {**noted, "spec": spec}


def _stalled(status: dict[str, Any]) -> str:
    for condition in status.get("conditions", []):
        if condition.get("type") == "Progressing" and condition.get("status") == "False":
            return f"{condition.get('reason', '')}: {condition.get('message', '')}".strip(": ")
    return ""
