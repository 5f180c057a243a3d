"""The base of every control: a row of `controls.yaml` and the class that judges it."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from typing import ClassVar

from modelyard.infra.policy.item import Breach, Item
from modelyard.infra.policy.world import World

_CLASSES: dict[str, type["Control"]] = {}

Found = tuple[Item | None, Breach]


class Control(ABC):
    """One control. A subclass names its row and becomes part of the pack by existing."""

    row: ClassVar[str] = ""

    def __init_subclass__(cls, row: str = "") -> None:
        if row in _CLASSES:
            raise TypeError(f"Two classes judge {row}.")
        cls.row = row
        if row:
            _CLASSES[row] = cls

    @abstractmethod
    def judge(self, items: Iterable[Item], world: World) -> Iterator[Found]:
        """Find what breaks the control among `items`, which are of the types in its row."""


class Property(Control):
    """A control that needs nothing but the resource: the engine asks it before the resource is made."""

    @abstractmethod
    def _breaches(self, item: Item) -> Iterator[Breach]:
        """Find what is wrong with a resource."""

    def judge(self, items: Iterable[Item], world: World) -> Iterator[Found]:  # noqa: ARG002 - the same for every control
        """Judge each resource by itself."""
        return ((item, breach) for item in items for breach in self._breaches(item))


class Relation(Control):
    """A control that looks at what else refers to the resource: the engine asks it when all are known."""

    @abstractmethod
    def _breaches(self, item: Item, world: World) -> Iterator[Breach]:
        """Find what is wrong with a resource among the others."""

    def judge(self, items: Iterable[Item], world: World) -> Iterator[Found]:
        """Judge each resource with what surrounds it."""
        return ((item, breach) for item in items for breach in self._breaches(item, world))


class Presence(Property):
    """A control that a whole layer owes: something must be there, and must be right.

    Attributes:
        beside: What stands in a layer that owes it; empty: every layer of the name does.
    """

    layer: ClassVar[str]
    needs: ClassVar[str]
    beside: ClassVar[tuple[str, ...]] = ()

    def judge(self, items: Iterable[Item], world: World) -> Iterator[Found]:
        """Find the layer without the resource, and what is wrong with the resources that are there."""
        found = list(items)
        yield from super().judge(found, world)
        if self._owed(world) and not any(item.type == self.needs for item in found):
            kind = self.needs.rsplit(":", 1)[-1]
            yield None, Breach(kind, None, f"the layer {self.layer} has no {kind}")

    def _owed(self, world: World) -> bool:
        return world.layer(self.layer) and (not self.beside or bool(world.of(*self.beside)))


def classes() -> dict[str, type[Control]]:
    """Return every class by its row; importing the checks is what fills it."""
    from modelyard.infra.policy import checks

    assert checks.__name__  # noqa: S101 - the import is what counts
    return dict(_CLASSES)
