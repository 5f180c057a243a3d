"""One resource as a policy sees it: the same for a plan made offline and for a stack that the engine runs."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from modelyard.infra.policy.value import UNKNOWN, Value, as_list, at, shown


@dataclass(frozen=True)
class Item:
    """A resource.

    Attributes:
        inputs: By wire name.
        identify: Returns what others call it: its id and its ARN.
        refers: Which resources (URNs) each input comes from, where the engine says so.
    """

    layer: str
    type: str
    name: str
    urn: str
    inputs: Mapping[str, Any]
    identify: Callable[[], frozenset[str]] = frozenset
    refers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    depends_on: tuple[str, ...] = ()
    protect: bool = False

    def get(self, path: str, default: Value = None) -> Value:
        """Return the input at a dotted path."""
        return at(self.inputs, path, default)

    @cached_property
    def ids(self) -> frozenset[str]:
        """What others call it; worked out only when somebody asks, since it takes the provider's SDK to know."""
        return self.identify()

    @property
    def kind(self) -> str:
        """The last word of the type: `Bucket`."""
        return self.type.rsplit(":", 1)[-1]

    def __str__(self) -> str:
        return f"{self.layer}/{self.kind} {self.name}"


@dataclass(frozen=True)
class Breach:
    """What is wrong with one property of a resource."""

    property: str
    value: Value
    message: str


def must_be(item: Item, path: str, *wanted: Value, unset: Value = None) -> Iterator[Breach]:
    """Find an input that is none of the wanted values. `unset` is what AWS takes when it is left out."""
    value = item.get(path, unset)
    if value is not UNKNOWN and value not in wanted:
        yield Breach(path, value, f"is {shown(value)}, not {' or '.join(shown(one) for one in wanted)}")


def must_have(item: Item, path: str) -> Iterator[Breach]:
    """Find an input that is missing or empty."""
    value = item.get(path)
    if value is None or value in ("", [], {}):
        yield Breach(path, value, "is not set")


def must_include(item: Item, path: str, *wanted: Value) -> Iterator[Breach]:
    """Find a list that lacks one of the wanted elements."""
    values = as_list(item.get(path))
    missing = [one for one in wanted if one not in values]
    if missing and not any(value is UNKNOWN for value in values):
        yield Breach(path, values, f"lacks {', '.join(shown(one) for one in missing)}")


def must_reach(item: Item, path: str, least: float, *, unset: float = 0) -> Iterator[Breach]:
    """Find a number that is too small."""
    value = item.get(path, unset)
    if value is not UNKNOWN and float(value) < least:
        yield Breach(path, value, f"is {shown(value)}, below {least:g}")


def must_number(item: Item, path: str, least: int) -> Iterator[Breach]:
    """Find a list with too few elements; a list that is not known counts as long enough."""
    value = item.get(path)
    if value is not UNKNOWN and len(as_list(value)) < least:
        yield Breach(path, value, f"has {len(as_list(value))} of at least {least}")
