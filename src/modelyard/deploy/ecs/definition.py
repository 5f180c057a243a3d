"""A task definition, and the same one with another image."""

import json
from dataclasses import dataclass
from typing import Any

from modelyard.deploy.target import CONTAINER
from modelyard.errors import OutcomeError

_NOT_SETTINGS = {
    "taskDefinitionArn", "revision", "status", "requiresAttributes", "compatibilities", "registeredAt",
    "deregisteredAt", "deleteRequestedAt", "registeredBy",
}  # fmt: skip


@dataclass(frozen=True)
class Definition:
    """One revision.

    Attributes:
        document: As ECS describes it.
        tags: Key and value; those of AWS itself among them.
    """

    document: dict[str, Any]
    tags: tuple[tuple[str, str], ...] = ()

    @property
    def arn(self) -> str:
        """Return its name."""
        return self.document["taskDefinitionArn"]

    @property
    def image(self) -> str:
        """Return what the server's container runs.

        Raises:
            OutcomeError: It has no such container.
        """
        for container in self.document.get("containerDefinitions", []):
            if container.get("name") == CONTAINER:
                return container["image"]
        raise OutcomeError(
            f"{self.arn} has no container {CONTAINER!r}.",
            "Bring it back with `modelyard infra up --layer project`.",
            code="no_container",
        )

    def settings(self) -> dict[str, Any]:
        """Return everything that is set, but the server's image; in an order that does not depend on ECS."""
        kept = {key: value for key, value in self.document.items() if key not in _NOT_SETTINGS}
        return _ordered(kept | {"containerDefinitions": self._containers("")})

    def with_image(self, image: str, known: set[str]) -> dict[str, Any]:
        """Return the request for a revision with another image; `known` are the fields that a request may have."""
        changed = self.document | {"containerDefinitions": self._containers(image)}
        request = {key: value for key, value in changed.items() if key in known}
        own = [{"key": key, "value": value} for key, value in self.tags if not key.startswith("aws:")]
        return request | ({"tags": own} if own else {})

    def _containers(self, image: str) -> list[dict[str, Any]]:
        containers = self.document.get("containerDefinitions", [])
        return [one | {"image": image} if one.get("name") == CONTAINER else one for one in containers]


def _ordered(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Sort lists of objects, such as variables, and leave out what is empty; lists of words keep their order."""
    if isinstance(value, dict):
        return {key: _ordered(inner) for key, inner in value.items() if inner not in (None, [], {})}
    if isinstance(value, list) and all(isinstance(one, dict) for one in value):
        return sorted((_ordered(one) for one in value), key=lambda one: json.dumps(one, sort_keys=True, default=str))
    return value
