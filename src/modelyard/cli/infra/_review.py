"""The plan as text: a table per layer, then everything that needs attention."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from modelyard.cli import _output

if TYPE_CHECKING:
    from modelyard.infra.against import Against
    from modelyard.infra.plan import Layer
    from modelyard.infra.review import Review, Reviews

_Row = tuple[object, ...]
_NONE = "no price"


def text(found: "Reviews", against: "Against | None" = None) -> str:
    """Lay out what decides first, then one environment after the other: a summary on GitHub may be cut at its end."""
    first = [_overview(found), _stopping(found), _difference(against) if against else ""]
    return "\n\n".join(part for part in (*first, *(_environment(each) for each in found.environments)) if part)


def _overview(found: "Reviews") -> str:
    if len(found.environments) < 2:
        return ""
    header = ("environment", "resources", "USD a month", "would stop an `up`")
    rows = [
        (each.env, sum(len(la.resources) for la in each.layers), _known(each), each.refused)
        for each in found.environments
    ]
    return _output.table(header, rows)


def _stopping(found: "Reviews") -> str:
    """Return what is wrong in each environment, and which mandatory controls are broken; again below, with the rest."""
    rows: list[_Row] = []
    for each in found.environments:
        rows += [(each.env, _last(p.resource), p.property, f"{p.message}. {p.fix}") for p in each.problems]
        rows += [(each.env, v.name, v.control, v.fix) for v in each.violations if v.severity == "mandatory"]
    return _section("What would stop an `up`", ("environment", "resource", "property or control", "what to do"), rows)


def _difference(against: "Against") -> str:
    sums = (
        f"Against the other checkout: {against.monthly_usd:.2f} USD a month there, {against.difference_usd:+.2f} here."
    )
    if against.note:
        return f"{sums}\nnote: {against.note}"
    if against.unpriced:
        one_sided = ", ".join(against.unpriced[:3]) + " and more" * (len(against.unpriced) > 3)
        sums += f"\nnote: on one side only, there is a price for {one_sided}: the difference is not what that costs"
    rows = [(i.env, i.layer, i.what, f"{i.before_usd:.2f}", f"{i.difference_usd:+.2f}") for i in against.items]
    header = ("environment", "layer", "what", "before", "difference")
    return f"{sums}\n{_output.table(header, rows)}" if rows else sums


def _environment(review: "Review") -> str:
    layers = [_layer(layer, _known(review, layer.name)) for layer in review.layers]
    rows: list[_Row] = [(la.name, len(la.resources), _known(review, la.name)) for la in review.layers]
    if any(not each.layer for each in (*review.cost.items, *review.cost.unpriced)):
        # what several layers share, such as logs: without it the rows add up to less than what is together
        rows.append(("in common", "", _known(review, "")))
    rows.append(("together", sum(len(layer.resources) for layer in review.layers), _known(review)))
    sums = _output.table((review.env, "resources", "USD a month"), rows)
    head = f"{review.env}: account {review.account}, {review.region}"
    return "\n\n".join(part for part in (head, *layers, sums, *_notes(review)) if part)


def _known(review: "Review", layer: str | None = None) -> str:
    """Return what is charged, or that no price of it is known here: a sum of nothing would look like free."""
    items = [item for item in review.cost.items if layer in {None, item.layer}]
    missing = [each for each in review.cost.unpriced if layer in {None, each.layer}]
    return _NONE if missing and not items else f"{sum(item.usd for item in items):.2f}"


def _layer(layer: "Layer", usd: str) -> str:
    counts = Counter(resource.type for resource in layer.resources)
    rows = [(_short(type_), count) for type_, count in sorted(counts.items())]
    price = usd if usd == _NONE else f"{usd} USD a month"
    title = f"{layer.name}: {len(layer.resources)} resources, {price}"
    return f"{title}\n{_output.table(('  type', ''), [(f'  {name}', count) for name, count in rows])}"


def _notes(review: "Review") -> list[str]:
    cost = review.cost
    ceiling = f"With every node pool at its limit all month: {cost.high_usd:.2f} USD."
    problems: list[_Row] = [
        (p.layer, _last(p.resource), p.property, p.value, f"{p.message}. {p.fix}") for p in review.problems
    ]
    broken = _together((v.control, v.severity, v.fix, f"{v.layer}/{v.name}") for v in review.violations)
    unpriced = _together((u.layer, u.what, u.why, _last(u.resource)) for u in cost.unpriced)
    return [
        ceiling if cost.high_usd > cost.low_usd else "",
        f"Not in these sums: what has no price ({len(unpriced)}), named below." if unpriced else "",
        _section("Wrong", ("layer", "resource", "property", "value", "what to do"), problems),
        _section("Controls", ("control", "severity", "what to do", "resources"), broken),
        _section("Not priced", ("layer", "what", "why", "resources"), unpriced),
        "\n".join(f"note: {line}" for line in review.warnings),
    ]


def _together(rows: Iterable[tuple[str, str, str, str]]) -> list[_Row]:
    """Return one row for all that differ only in the resource."""
    groups: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for first, second, third, resource in rows:
        groups[first, second, third].append(resource)
    return [(*key, _some(list(dict.fromkeys(resources)))) for key, resources in groups.items()]


def _some(names: list[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more


def _section(title: str, header: tuple[str, ...], rows: list[_Row]) -> str:
    return f"{title}\n{_output.table(header, rows)}" if rows else ""


def _short(type_: str) -> str:
    package, _, rest = type_.partition(":")
    module, _, name = rest.rpartition(":")
    return f"{package} {module.partition('/')[0]} {name}"


def _last(urn: str) -> str:
    return urn.rpartition("::")[2]
