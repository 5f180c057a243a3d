"""What surrounds a resource: the other resources of its plan or stack, and which of them refer to which."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property

from modelyard.infra.policy.item import Item
from modelyard.infra.policy.value import UNKNOWN, Value, as_list

LOAD_BALANCER = "aws:lb/loadBalancer:LoadBalancer"


def _today() -> date:
    return datetime.now(UTC).date()


@dataclass(frozen=True)
class World:
    """The resources that are judged together. `whole` says that every layer is among them."""

    items: tuple[Item, ...]
    env: str
    account: str = ""
    whole: bool = False
    today: date = field(default_factory=_today)

    def of(self, *types: str) -> list[Item]:
        """Return the resources of these types, in their order."""
        return [item for kind in types for item in self._by_type.get(kind, ())]

    def about(self, target: Item, type_: str, path: str) -> list[Item]:
        """Return the resources of a type whose input at `path` refers to `target`."""
        return [item for item in self.of(type_) if self.points(item, path, target)]

    def points(self, item: Item, path: str, target: Item) -> bool:
        """Say whether an input of `item` refers to `target`: by the engine's own record, else by its value."""
        sources = item.refers.get(path.split(".", 1)[0])
        if sources is not None and target.urn in sources:
            return True
        return any(_names(value, target.ids) for value in as_list(item.get(path)))

    def knows(self, item: Item, path: str) -> bool:
        """Say whether one can tell what an input refers to."""
        return item.get(path) is not UNKNOWN or path.split(".", 1)[0] in item.refers

    def layer(self, name: str) -> bool:
        """Say whether a layer is among the resources."""
        return name in self._layers

    @property
    def prod(self) -> bool:
        """Whether this is production."""
        return self.env == "prod"

    def public(self, layer: str) -> bool:
        """Say whether a layer has an internet-facing load balancer."""
        return layer in self._public

    @cached_property
    def _by_type(self) -> dict[str, list[Item]]:
        found: dict[str, list[Item]] = {}
        for item in self.items:
            found.setdefault(item.type, []).append(item)
        return found

    @cached_property
    def _layers(self) -> frozenset[str]:
        return frozenset(item.layer for item in self.items)

    @cached_property
    def _public(self) -> frozenset[str]:
        return frozenset(item.layer for item in self.of(LOAD_BALANCER) if item.get("internal", False) is False)


def _names(value: Value, ids: Iterable[str]) -> bool:
    """Say whether a value is one of the ids, or something inside what an ARN names."""
    return isinstance(value, str) and any(
        value == one or (one.startswith("arn:") and value.startswith(f"{one}/")) for one in ids
    )
