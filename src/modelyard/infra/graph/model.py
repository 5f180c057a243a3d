"""What a drawing shows: cards (components) in bands (layers), and the arrows between them."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from modelyard.infra.plan.records import Layer, Plan, Resource

# a value shorter than this could be equal to another's by chance
_TELLING = 6
_UNIQUE = re.compile(r"arn:aws|https?://|(vpc|subnet|sg|rtb|vpce)-[0-9a-f]{8}")


@dataclass(frozen=True)
class Card:
    """One component with its resources, counted by kind."""

    key: str
    kind: str
    name: str
    contents: tuple[tuple[str, int], ...]

    @property
    def size(self) -> int:
        """How many resources it holds."""
        return sum(count for _, count in self.contents)


@dataclass(frozen=True)
class Band:
    """One layer: its cards in an order in which arrows run forward, and the arrows among them."""

    name: str
    cards: tuple[Card, ...]
    arrows: tuple[tuple[str, str], ...]

    @property
    def size(self) -> int:
        """How many resources it holds."""
        return sum(card.size for card in self.cards)


@dataclass(frozen=True)
class Link:
    """One layer uses what another exports: which outputs."""

    source: str
    target: str
    outputs: tuple[str, ...]


def bands(plan: Plan) -> tuple[Band, ...]:
    """Return the layers of a plan, in its order; empty ones are left out."""
    return tuple(_band(layer) for layer in plan.layers if layer.resources)


def _band(layer: Layer) -> Band:
    groups: dict[str, list[Resource]] = {}
    for resource in layer.resources:
        groups.setdefault(_group(resource), []).append(resource)
    home = {resource.urn: key for key, members in groups.items() for resource in members}
    arrows = {
        (home[needed], home[resource.urn])
        for resource in layer.resources
        for needed in resource.depends_on
        if needed in home and home[needed] != home[resource.urn]
    }
    keys = _forward(sorted(groups, key=lambda key: (-len(groups[key]), key)), arrows)
    return Band(layer.name, tuple(_card(key, groups[key]) for key in keys), tuple(sorted(arrows)))


def _group(resource: Resource) -> str:
    return resource.parent or resource.urn


def _card(key: str, members: list[Resource]) -> Card:
    parts = key.split("::")
    kind = parts[2].rpartition("$")[2].rpartition(":")[2]
    counted = Counter(member.type.rpartition(":")[2] for member in members)
    return Card(key, _words(kind), parts[-1], tuple(counted.most_common()))


def _words(name: str) -> str:
    """Write `SafeBucket` as `Safe bucket`; abbreviations stay."""
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+", name) or [name]
    return " ".join([words[0], *(word if word.isupper() else word.lower() for word in words[1:])])


def _forward(keys: list[str], arrows: set[tuple[str, str]]) -> list[str]:
    """Order keys so that what is needed comes first; a circle is cut where it is met."""
    ordered: list[str] = []
    waiting = list(keys)
    while waiting:
        ready = [key for key in waiting if all(a not in waiting or a == key for a, b in arrows if b == key)]
        following = ready or waiting[:1]
        ordered += following
        waiting = [key for key in waiting if key not in following]
    return ordered


def links(plan: Plan) -> tuple[Link, ...]:
    """Return which layers use which outputs of those they refer to, found by the values in their inputs."""
    found = []
    for number, layer in enumerate(plan.layers):
        text = {leaf for resource in layer.resources for leaf in _leaves(resource.inputs)}
        for source in (one for one in plan.layers[:number] if one.name in layer.uses):
            used = tuple(sorted(name for name, value in source.outputs.items() if _appears(value, text)))
            if used:
                found.append(Link(source.name, layer.name, used))
    return tuple(found)


def _leaves(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        for one in value.values():
            yield from _leaves(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _leaves(one)
    elif isinstance(value, str):
        yield value


def _appears(output: object, text: set[str]) -> bool:
    values = [value for value in _leaves(output) if len(value) >= _TELLING]
    return any(
        value in text or (_UNIQUE.match(value) is not None and any(value in other for other in text))
        for value in values
    )
