"""Turns what Pulumi's engine hands to a policy into what the controls look at; also while values are not known yet."""

from collections.abc import Mapping, Sequence
from typing import Any

from pulumi_policy.proxy import UnknownValueError

from modelyard.infra.platform.words import ENVIRONMENTS
from modelyard.infra.policy.item import Item
from modelyard.infra.policy.value import UNKNOWN, Value
from modelyard.infra.policy.world import World

_PROGRAMS = "modelyard-"  # how the Pulumi projects of the layers begin
_IDENTITIES = ("id", "arn")


def item_of(urn: str, type_: str, name: str, inputs: Mapping[str, Any], *, protect: bool) -> Item:
    """Return a resource of the engine as a control sees it."""
    known = plain(inputs)
    ids = frozenset(known[key] for key in _IDENTITIES if isinstance(known.get(key), str))
    return Item(layer_of(urn), type_, name, urn, known, identify=lambda: ids, protect=protect)


def world_of(items: Sequence[Item]) -> World:
    """Return the stack that these resources make up. Its account is in their ARNs, once there are any."""
    env = env_of(items[0].urn) if items else ""
    accounts = (name.split(":")[4] for item in items for name in item.ids if name.count(":") >= 5)
    return World(tuple(items), env, next((account for account in accounts if account.isdigit()), ""))


def layer_of(urn: str) -> str:
    """Return the layer of a resource: its Pulumi project, without our prefix."""
    return _part(urn, 1).removeprefix(_PROGRAMS)


def env_of(urn: str) -> str:
    """Return the environment of a resource: the last word of its stack's name, if it is one."""
    last = _part(urn, 0).rpartition(".")[2]
    return last if last in ENVIRONMENTS else ""


def _part(urn: str, number: int) -> str:
    parts = urn.removeprefix("urn:pulumi:").split("::")
    return parts[number] if number < len(parts) else ""


def plain(value: Value) -> Value:
    """Return a value without the engine's wrapping, `UNKNOWN` where it does not know yet."""
    if isinstance(value, Mapping):
        return {str(key): _known(value, key) for key in value}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [_known(value, index) for index in range(len(value))]
    return value


def _known(holder: Value, key: Value) -> Value:
    try:
        return plain(holder[key])
    except UnknownValueError:
        return UNKNOWN
