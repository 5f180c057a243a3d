"""Checks what the user has decided against the table: every named column exists and fits its part."""

import difflib
from collections.abc import Sequence

from modelyard.errors import RequestError
from modelyard.scaffold.profile.model import Overrides
from modelyard.scaffold.profile.read import Facts, Reading

PRESETS = {"demo:flights": ("late", "time_hour")}
_SHOWN = 30


def complete(reading: Reading, overrides: Overrides) -> Overrides:
    """Return the overrides with what is known of the source filled in.

    Raises:
        RequestError: A column is unknown, has two parts, or cannot play its part.
    """
    target, time = PRESETS.get(reading.source, (None, None))
    if target is None and reading.source.startswith("sklearn:") and "target" in reading.by_name:
        target = "target"
    filled = {"target": overrides.target or target}
    if overrides.target is None and overrides.time is None:
        filled["time"] = time
    chosen = overrides.model_copy(update=filled)
    _known(reading, chosen)
    _apart(chosen)
    if chosen.time is not None:
        _orders(reading.by_name[chosen.time])
    return chosen


def require_target(reading: Reading, overrides: Overrides) -> Facts:
    """Return the target column.

    Raises:
        RequestError: None was named; the message lists the candidates.
    """
    if overrides.target is None:
        listed = _listed(candidates(reading.facts))
        raise RequestError(
            f"Which column of {reading.source} is to be predicted? Candidates: {listed}.",
            "Name it with --target COLUMN.",
            code="no_target",
        )
    return reading.by_name[overrides.target]


def candidates(columns: Sequence[Facts]) -> list[str]:
    """Return the columns that could be a target: few values before many, later before earlier."""
    usable = [
        (c, place)
        for place, c in enumerate(columns)
        if c.distinct > 1 and not c.temporal and not (c.type == "string" and c.distinct > 100) and not c.unique
    ]
    ordered = sorted(usable, key=lambda item: (min(item[0].distinct, 20), -item[1]))
    return [c.name for c, _ in ordered] or [c.name for c in columns]


def _known(reading: Reading, chosen: Overrides) -> None:
    named = [
        ("--target", chosen.target),
        ("--id", chosen.id),
        ("--time", chosen.time),
        ("--group", chosen.group),
    ]
    named += [("--keep-personal", name) for name in chosen.keep_personal]
    for option, name in named:
        if name is not None and name not in reading.by_name:
            raise _unknown(option, name, reading)


def _unknown(option: str, name: str, reading: Reading) -> RequestError:
    names = list(reading.by_name)
    folded = {each.lower(): each for each in names}
    close = difflib.get_close_matches(name.lower(), folded, n=1, cutoff=0.5)
    nearest = f" Did you mean {folded[close[0]]!r}?" if close else ""
    listed = candidates(reading.facts) if option == "--target" else names
    what = "Candidates" if option == "--target" else "Its columns"
    return RequestError(
        f"{reading.source} has no column {name!r} ({option}).{nearest} {what}: {_listed(listed)}.",
        f"Name one of them with {option}.",
        code="no_column",
    )


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(repr(name) for name in names[:_SHOWN]) + more


def _apart(chosen: Overrides) -> None:
    parts: dict[str, str] = {}
    for option in ("target", "id", "time", "group"):
        name = getattr(chosen, option)
        if name is not None and name in parts:
            raise RequestError(
                f"Column {name!r} is named by both --{parts[name]} and --{option}.",
                "Give each option its own column.",
                code="two_parts",
            )
        if name is not None:
            parts[name] = option


def _orders(facts: Facts) -> None:
    if not facts.temporal:
        raise RequestError(
            f"--time {facts.name!r} holds {facts.type} values, not dates or timestamps"
            + (f" ({facts.note})." if facts.note else "."),
            "Name a column of dates, or of seconds to nanoseconds since 1970, or leave --time out to split otherwise.",
            code="time_does_not_fit",
        )
    if facts.present == 0:
        raise RequestError(f"--time {facts.name!r}: every value is missing.", "Leave --time out.", code="time_missing")
