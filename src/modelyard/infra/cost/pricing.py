"""Prices a plan: each resource by its meter, what is used in common once, and the rest by name."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from modelyard.infra.cost.assumptions import assumed
from modelyard.infra.cost.book import Book, Price, book
from modelyard.infra.cost.charge import METERS, POOLS, Charge, Use
from modelyard.infra.cost.records import Cost, Item, Unpriced
from modelyard.infra.plan.records import Plan
from modelyard.infra.platform.model import Platform
from modelyard.infra.policy.judge import world_of
from modelyard.infra.policy.reading import rows

FREE = Path(__file__).parent / "free.yaml"


def price(plan: Plan, platform: Platform, *, prices: Book | None = None) -> Cost:
    """Return what a plan costs in a month, in US dollars without tax.

    What has no price, or none in the plan's region, is in `unpriced` and missing in the sums; it is never zero.

    Args:
        plan: Priced in its own region.
        platform: Its `usage` of the plan's environment is assumed.
        prices: The table; default: the one of the package.
    """
    from modelyard.infra.cost import meters

    assert meters.__all__  # noqa: S101 - the import registers them
    usage = {str(name): environment.usage for name, environment in platform.environments.items()}[plan.env]
    assume = assumed(usage)
    use = Use(world_of(plan), assume, prices or book(), plan.region)
    found = [*_by_resource(use), *_in_common(use)]
    items = tuple(one for one in found if isinstance(one, Item))
    low, high = sum(one.usd for one in items), sum(one.usd_high for one in items)
    return Cost(
        monthly_usd=round(low, 2),
        low_usd=round(low, 2),
        high_usd=round(high, 2),
        region=plan.region,
        date=use.book.date,
        items=items,
        unpriced=tuple(one for one in found if isinstance(one, Unpriced)),
        assumptions=assume.numbers(),
        free=sum(1 for item in use.world.items if item.type not in METERS and free(item.type)),
    )


@cache
def free(type_: str) -> str:
    """Return why a resource type has no price of its own; empty where it may have one."""
    known = {pooled for pooled, _, _ in POOLS} | set(METERS)
    if type_ in known:
        return ""
    return next((str(row["why"]) for row in rows(FREE) if fnmatchcase(type_, row["type"])), "")


def _by_resource(use: Use) -> Iterator[Item | Unpriced]:
    pooled = {type_ for type_, _, _ in POOLS}
    for item in use.world.items:
        if item.type in METERS:
            name = f"{item.kind} {item.name}"
            yield from (_priced(one, name, item.layer, use) for one in METERS[item.type](item, use))
        elif item.type not in pooled and not free(item.type):
            why = "this type is in no meter and not known as free"
            yield Unpriced(resource=f"{item.kind} {item.name}", layer=item.layer, what=item.type, why=why)


def _in_common(use: Use) -> Iterator[Item | Unpriced]:
    for type_, name, pool in POOLS:
        items = use.world.of(type_)
        if items:
            layer = items[0].layer if len({item.layer for item in items}) == 1 else ""
            yield from (_priced(one, f"{name} ({len(items)})", layer, use) for one in pool(items, use))


def _priced(charge: Charge, resource: str, layer: str, use: Use) -> Item | Unpriced:
    found = use.book.price(charge.key, use.region)
    rate = _rate(charge.key, charge.share_of, use)
    top = _rate(charge.high_key or charge.key, charge.high_share_of or charge.share_of, use)
    entry = use.book.entries.get(charge.key)
    what = charge.what or (entry.what if entry else charge.key)
    if found is None or rate is None or top is None:
        return Unpriced(resource=resource, layer=layer, what=what, why=charge.why or _why(_missing(charge, use), use))
    high = charge.quantity if charge.high is None else charge.high
    return Item(
        resource=resource,
        layer=layer,
        what=what,
        quantity=round(charge.quantity, 6),
        unit=entry.unit if entry else "",
        usd=round(charge.quantity * rate, 4),
        usd_high=round(max(high * top, charge.quantity * rate), 4),
        source=found.source,
        date=found.date,
    )


def _rate(key: str, share_of: str | None, use: Use) -> float | None:
    own: Price | None = use.book.price(key, use.region)
    if own is None or share_of is None:
        return None if own is None else own.usd
    whole = use.book.price(share_of, use.region)
    return None if whole is None else whole.usd * own.usd / 100


def _missing(charge: Charge, use: Use) -> str:
    """Return the key without a price: a share has one of its own, and that of the whole may be what is missing."""
    keys = (charge.key, charge.share_of, charge.high_key, charge.high_share_of)
    return next(key for key in keys if key and use.book.price(key, use.region) is None)


def _why(key: str, use: Use) -> str:
    entry = use.book.entries.get(key)
    if entry is None:
        return f"no price is known under {key}"
    known = ", ".join(entry.prices) or "no region"
    return (
        f"no price in {use.region}; there is one in {known}: run `modelyard infra prices refresh --region {use.region}`"
    )
