"""Small platforms for the tests, and their plans, each made once."""

import copy
import json
from functools import cache
from typing import Any

from modelyard.infra.plan import Plan, Resource, plan
from modelyard.infra.platform import Platform, parse

SMALLEST: dict[str, Any] = {
    "name": "acme",
    "account": "123456789012",
    "region": "eu-central-1",
    "github": {"owner": "acme", "owner_id": 77},
    "repositories": [{"name": "churn", "repository_id": 88}],
}


def document(changes: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the smallest document with dotted `changes`, such as {"environments.dev.network.nat": "none"}."""
    found = copy.deepcopy(SMALLEST)
    for path, value in (changes or {}).items():
        *sections, last = path.split(".")
        inner = found
        for section in sections:
            inner = inner.setdefault(section, {})
        inner[last] = value
    return found


def platform(changes: dict[str, Any] | None = None) -> Platform:
    return parse(document(changes), "platform.yaml")


def planned(env: str = "dev", layer: str | None = None, **changes: Any) -> Plan:
    """Return a plan; `changes` are dotted paths with `__` for the dot."""
    dotted = {key.replace("__", "."): value for key, value in changes.items()}
    return _planned(env, layer, json.dumps(dotted, sort_keys=True))


@cache
def _planned(env: str, layer: str | None, changes: str) -> Plan:
    return plan(platform(json.loads(changes)), env, None if layer is None else [layer])


def resources(made: Plan, type_: str) -> list[Resource]:
    return [one for layer in made.layers for one in layer.resources if one.type == f"aws:{type_}"]


def only(made: Plan, type_: str, name: str | None = None) -> dict[str, Any]:
    """Return the inputs of the only resource of a type (and name)."""
    found = [one for one in resources(made, type_) if name in (None, one.name)]
    assert len(found) == 1, [one.name for one in found]
    return found[0].inputs


def statements(inputs: dict[str, Any], key: str = "policy") -> dict[str, dict[str, Any]]:
    """Return the statements of a policy by their names."""
    return {one["Sid"]: one for one in json.loads(inputs[key])["Statement"]}
