"""Which metrics exist: the table of `emitted.yaml`, and what an alarm asks for."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from modelyard.infra.policy.item import Item
from modelyard.infra.policy.reading import rows
from modelyard.infra.policy.value import UNKNOWN, Value, as_list, at

TABLE = Path(__file__).parent / "emitted.yaml"
_QUESTION = re.compile(
    r'SELECT\s+\w+\(\s*"?(?P<metric>[^")\s]+)"?\s*\)\s+FROM\s+(?:SCHEMA\(\s*)?"?(?P<namespace>[\w/.-]+)"?'
    r"(?P<dimensions>(?:\s*,\s*\"?[\w.-]+\"?)*)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Emitter:
    """Somebody who emits metrics of one namespace."""

    namespace: str
    metrics: frozenset[str]
    dimensions: tuple[frozenset[str], ...]
    by: str
    types: tuple[str, ...]

    def has(self, dimensions: frozenset[str]) -> bool:
        """Say whether there is a series under these dimensions; AWS keeps several sets, ours are exact."""
        if self.namespace.startswith(("AWS/", "ECS/")):
            return bool(dimensions) and any(dimensions <= known for known in self.dimensions)
        return dimensions in self.dimensions


@dataclass(frozen=True)
class Watched:
    """One metric that an alarm looks at."""

    property: str
    namespace: str
    metric: str
    dimensions: frozenset[str]

    def __str__(self) -> str:
        return f"{self.namespace} {self.metric} by {', '.join(sorted(self.dimensions)) or 'no dimension'}"


@cache
def emitters() -> tuple[Emitter, ...]:
    """Return the table."""
    return tuple(
        Emitter(
            namespace=row["namespace"],
            metrics=frozenset(row["metrics"]),
            dimensions=tuple(frozenset(one) for one in row["dimensions"]),
            by=row["by"],
            types=tuple(row.get("from", ())),
        )
        for row in rows(TABLE)
    )


def watched(alarm: Item) -> Iterator[Watched]:
    """Return the metrics that an alarm looks at, named or asked for in Metrics Insights; none that is not known."""
    yield from _named(alarm.inputs, "metricName", "metricName")
    for query in as_list(alarm.get("metricQueries")):
        yield from _named(at(query, "metric", {}), "metricName", "metricQueries.metric")
        yield from _asked(at(query, "expression", ""))


def _named(metric: Value, key: str, place: str) -> Iterator[Watched]:
    name, namespace, dimensions = at(metric, key), at(metric, "namespace"), at(metric, "dimensions", {})
    if isinstance(name, str) and isinstance(namespace, str) and dimensions is not UNKNOWN:
        yield Watched(place, namespace, name, frozenset(dimensions))


def _asked(expression: object) -> Iterator[Watched]:
    for found in _QUESTION.finditer(expression if isinstance(expression, str) else ""):
        dimensions = frozenset(re.findall(r"[\w.-]+", found["dimensions"]))
        yield Watched("metricQueries.expression", found["namespace"], found["metric"], dimensions)
