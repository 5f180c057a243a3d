"""What the engine did, layer by layer: the JSON of `modelyard infra preview | up | refresh | destroy | outputs`."""

from typing import Any, Literal

from modelyard.record import Record

Action = Literal["preview", "up", "refresh", "destroy", "outputs"]
MASK = "[secret]"


class LayerResult(Record):
    """One layer. Resources are counted, components and providers are not; a replacement is a create and a delete."""

    name: str
    create: int = 0
    update: int = 0
    delete: int = 0
    same: int = 0
    seconds: float = 0.0
    placeholders: tuple[str, ...] = ()  # layers below that are not up: their outputs were taken from the plan

    @property
    def changes(self) -> int:
        """How many resources differ."""
        return self.create + self.update + self.delete


class Outcome(Record):
    """All layers in the order in which they were worked on; `outputs` by layer, secrets masked."""

    layers: tuple[LayerResult, ...]
    outputs: dict[str, dict[str, Any]] = {}

    @property
    def changes(self) -> int:
        """How many resources differ in all layers."""
        return sum(layer.changes for layer in self.layers)


class Previewed(Outcome):
    """What `up` would do. Without `secrets_compared`, a secret that alone differs is not among the changes."""

    secrets_compared: bool = True
