"""Tags: who pays for it, which environment it is, which layer made it."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from modelyard.infra.policy.control import Property
from modelyard.infra.policy.item import Breach, Item
from modelyard.infra.policy.value import UNKNOWN

REQUIRED = ("modelyard:project", "modelyard:env", "modelyard:layer", "ManagedBy")
TABLE = Path(__file__).parent.parent / "taggable.txt"


@cache
def taggable() -> frozenset[str]:
    """Return the AWS resource types that have an input `tags`."""
    return frozenset(line for line in TABLE.read_text(encoding="utf-8").splitlines() if line.startswith("aws:"))


class Tagged(Property, row="Modelyard.tags"):
    """Everything that can carry tags says whose it is."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        if item.type not in taggable():
            return
        tags = item.get("tags") or {}
        if not isinstance(tags, Mapping):
            return
        missing = [key for key in REQUIRED if tags.get(key) in (None, "") and tags.get(key) is not UNKNOWN]
        if missing:
            yield Breach("tags", sorted(tags), f"lacks {', '.join(missing)}")
