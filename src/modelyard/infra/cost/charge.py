"""A charge: so much of something that has a price. Meters turn resources into charges."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from modelyard.infra.cost.assumptions import Assumptions
from modelyard.infra.cost.book import Book
from modelyard.infra.policy.item import Item
from modelyard.infra.policy.world import World


@dataclass(frozen=True)
class Charge:
    """`quantity` of what the price `key` is for, in the unit of that price.

    Attributes:
        high: The quantity at most, and `high_key` its price; None where there is no range.
        share_of: The key is a percentage of this price instead.
        high_share_of: The same, at most.
        what: Replaces the words of the price.
        why: Why there is no price, where the meter knows better than that the key is missing.
    """

    key: str
    quantity: float
    high: float | None = None
    high_key: str | None = None
    share_of: str | None = None
    high_share_of: str | None = None
    what: str = ""
    why: str = ""


@dataclass(frozen=True)
class Use:
    """What meters may look at: the other resources, the assumptions, and which prices there are."""

    world: World
    assume: Assumptions
    book: Book
    region: str

    @property
    def today(self) -> date:
        """The day, which decides on extended support."""
        return self.world.today


Meter = Callable[[Item, Use], Iterator[Charge]]
Pool = Callable[[list[Item], Use], Iterator[Charge]]

METERS: dict[str, Meter] = {}
POOLS: list[tuple[str, str, Pool]] = []


def meter(*types: str) -> Callable[[Meter], Meter]:
    """Register a meter that is asked for each resource of these types."""

    def register(function: Meter) -> Meter:
        METERS.update(dict.fromkeys(types, function))
        return function

    return register


def pool(type_: str, name: str) -> Callable[[Pool], Pool]:
    """Register a meter that is asked once for all resources of a type: for use that has no single owner."""

    def register(function: Pool) -> Pool:
        POOLS.append((type_, name, function))
        return function

    return register
