"""What a change of the platform costs: the price of a plan beside that of another checkout."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from modelyard.errors import ModelyardError, RequestError
from modelyard.infra.cost import Item
from modelyard.infra.platform import FILE_NAME
from modelyard.infra.review import Review, Reviews, reviews
from modelyard.record import Record

_CENT = 0.005


class Change(Record):
    """Something whose price a month differs. `before_usd` of what is new is 0, and so is `after_usd` of what goes."""

    env: str
    layer: str
    what: str
    before_usd: float
    after_usd: float
    difference_usd: float


class Against(Record):
    """The other checkout's price a month, how much more this one costs, and where the difference comes from.

    Attributes:
        note: Why there is nothing to compare with, where that is so; the other price is then 0.
        unpriced: What has a price on one side only. It is in the difference, which says less for it.
    """

    monthly_usd: float
    difference_usd: float
    items: tuple[Change, ...]
    note: str = ""
    unpriced: tuple[str, ...] = ()


class Compared(Review):
    """One environment beside that of the other checkout."""

    against: Against


class AllCompared(Reviews):
    """Every environment, and the difference over all of them."""

    against: Against


def beside(
    found: Reviews, other: Path | None, env: str | None, layer: str | None = None
) -> tuple[Review | Reviews, Against | None]:
    """Return what a plan shows: one environment or all, and beside it the price of another checkout if one is named.

    Args:
        found: The reviews of this checkout.
        other: The folder of the other one; without a platform of its own it costs nothing.
        env: As the reviews were asked for: one environment, or None for all.
        layer: Likewise.

    Raises:
        RequestError: There is no such folder, or its platform cannot be planned.
    """
    if other is None:
        return (found if env is None else found.environments[0]), None
    before, note = _planned(other, env, layer)
    against = _against(before, found.environments, note)
    if env is None:
        return AllCompared(**_fields(found), against=against), against
    return Compared(**_fields(found.environments[0]), against=against), against


def _planned(other: Path, env: str | None, layer: str | None) -> tuple[tuple[Review, ...], str]:
    """Return the other checkout's reviews; none, and why, where it has no such platform."""
    folder = other.resolve()
    if not folder.is_dir():
        raise RequestError(
            f"--against {other}: there is no such folder.",
            "Check out what to compare with there, say `git worktree add ../main main`.",
            code="no_checkout",
        )
    places = (folder / "infra" / FILE_NAME, folder / FILE_NAME)
    if not any(place.is_file() for place in places):  # never that of a folder above: it would be compared with itself
        return (), f"{other} has no platform, so everything here is new"
    try:
        return reviews(folder, env, layer).environments, ""
    except RequestError as error:
        if error.code in {"no_environment", "no_layer"}:
            return (), f"{other} has no such environment or layer, so everything here is new"
        raise _of_the_other(other, error) from error


def _of_the_other(other: Path, error: ModelyardError) -> RequestError:
    return RequestError(f"--against {other} cannot be planned: {error.message}", error.hint, code="bad_checkout")


def _against(before: Iterable[Review], after: Iterable[Review], note: str) -> Against:
    was, now = _sums(before), _sums(after)
    rows = [_change(key, was, now) for key in sorted(was.keys() | now.keys())]
    items = sorted((row for row in rows if abs(row.difference_usd) >= _CENT), key=lambda r: -abs(r.difference_usd))
    total = sum(was.values())
    difference = round(sum(now.values()) - total, 2)
    missing = (_unpriced(before) & now.keys()) | (_unpriced(after) & was.keys())
    return Against(
        monthly_usd=round(total, 2),
        difference_usd=difference,
        items=tuple(items),
        note=note,
        unpriced=tuple(sorted({what for _, _, what in missing})),
    )


_Key = tuple[str, str, str]


def _sums(found: Iterable[Review]) -> dict[_Key, float]:
    sums: dict[_Key, float] = defaultdict(float)
    for review in found:
        for item in review.cost.items:
            sums[_key(review.env, item)] += item.usd
    return dict(sums)


def _unpriced(found: Iterable[Review]) -> set[_Key]:
    return {(review.env, each.layer, each.what) for review in found for each in review.cost.unpriced}


def _key(env: str, item: Item) -> _Key:
    return env, item.layer, item.what


def _change(key: _Key, was: Mapping[_Key, float], now: Mapping[_Key, float]) -> Change:
    before, after = was.get(key, 0.0), now.get(key, 0.0)
    return Change(
        env=key[0],
        layer=key[1],
        what=key[2],
        before_usd=round(before, 2),
        after_usd=round(after, 2),
        difference_usd=round(after - before, 2),
    )


def _fields(record: Record) -> dict[str, Any]:
    return {name: getattr(record, name) for name in type(record).model_fields}
