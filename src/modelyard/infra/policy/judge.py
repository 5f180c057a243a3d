"""Judges a plan offline: every control over every resource, no engine and no account needed."""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import partial

from modelyard.infra.plan.records import Plan, Resource
from modelyard.infra.platform.model import Platform
from modelyard.infra.policy.control import Control, Found, classes
from modelyard.infra.policy.exceptions import excuse
from modelyard.infra.policy.findings import Finding, Findings
from modelyard.infra.policy.item import Item
from modelyard.infra.policy.table import Row, table
from modelyard.infra.policy.value import shown
from modelyard.infra.policy.world import World

# the outputs by which others refer to a resource
_IDENTITIES = ("id", "arn", "name", "keyId", "arnSuffix", "repositoryUrl", "url")


def judge(plan: Plan, platform: Platform, *, today: date | None = None) -> Findings:
    """Judge every resource of a plan by every control, and set aside what the configuration excuses.

    Args:
        plan: What `infra.plan.plan` made; judge all layers together, since controls look across them.
        platform: For its `exceptions`.
        today: Decides which versions are supported and which exceptions have run out; default: the date in UTC.
    """
    world = world_of(plan, today)
    return excuse(list(found_in(world)), platform.exceptions, plan.env, world.today)


def world_of(plan: Plan, today: date | None = None) -> World:
    """Return a plan as the controls see it."""
    items = tuple(_item(one, plan) for layer in plan.layers for one in layer.resources)
    given = {} if today is None else {"today": today}
    return World(items, plan.env, plan.account, whole=len(plan.layers) > 1, **given)


def found_in(world: World) -> Iterator[Finding]:
    """Judge a world by every control that is enforced."""
    judges = classes()
    for row in table():
        if row.control in judges and not row.never:
            items = [item for item in world.items if row.applies_to(item.type)]
            yield from findings(row, judges[row.control](), items, world)


def findings(row: Row, control: Control, items: Iterable[Item], world: World) -> Iterator[Finding]:
    """Judge some resources by one control."""
    return (_finding(row, control, one, world) for one in control.judge(items, world))


def _finding(row: Row, control: Control, found: Found, world: World) -> Finding:
    item, breach = found
    layer = item.layer if item else str(getattr(control, "layer", ""))
    value = shown(breach.value)
    subject = f"{item}: {breach.property}" if item else layer
    return Finding(
        control=row.control,
        resource=item.urn if item else layer,
        name=item.name if item else layer,
        layer=layer,
        property=breach.property,
        value=value,
        severity=row.severity_in(layer, world),
        message=f"{subject} {breach.message}",
        fix=row.fix,
    )


def _item(resource: Resource, plan: Plan) -> Item:
    return Item(
        layer=resource.layer,
        type=resource.type,
        name=resource.name,
        urn=resource.urn,
        inputs=resource.inputs,
        identify=partial(_ids, resource, plan),
        depends_on=resource.depends_on,
        protect=resource.protect,
    )


def _ids(resource: Resource, plan: Plan) -> frozenset[str]:
    """Return what others call this resource in the plan: the id and the ARN that the plan gave it."""
    from modelyard.infra.plan.answers import made
    from modelyard.infra.plan.place import Place

    if not resource.type.startswith("aws:"):
        return frozenset({resource.name})
    identity, state = made(resource.type, resource.name, resource.inputs, Place(plan.account, plan.region))
    named = (state.get(key) for key in _IDENTITIES)
    return frozenset({identity, *(value for value in named if isinstance(value, str))})
