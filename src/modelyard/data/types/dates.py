"""Date and time formats seen in values: ISO, day or month first, month names, clock times, offsets."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

_CLOCK = re.compile(
    r"(?P<gap>[T ]| +)(?P<hour>\d{1,2}):\d\d(?P<seconds>:\d\d)?(?P<fraction>\.\d+)?"
    r"(?P<noon> ?[AaPp][Mm])?(?P<zone> ?(?:Z|z|[+-]\d\d:?\d\d|[+-]\d\d| ?UTC| ?GMT))?"
)
_MONTH = r"[A-Za-z]{3,9}\.?"
_FAMILIES: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = (
    (re.compile(r"\d{4}-\d{1,2}-\d{1,2}"), ("%Y-%m-%d",)),
    (re.compile(r"\d{4}/\d{1,2}/\d{1,2}"), ("%Y/%m/%d",)),
    (re.compile(r"\d{4}\.\d{1,2}\.\d{1,2}"), ("%Y.%m.%d",)),
    (re.compile(r"\d{1,2}\.\d{1,2}\.\d{4}"), ("%d.%m.%Y", "%m.%d.%Y")),
    (re.compile(r"\d{1,2}/\d{1,2}/\d{4}"), ("%m/%d/%Y", "%d/%m/%Y")),
    (re.compile(r"\d{1,2}-\d{1,2}-\d{4}"), ("%d-%m-%Y", "%m-%d-%Y")),
    (re.compile(r"\d\d\.\d\d\.\d\d"), ("%d.%m.%y",)),
    (re.compile(r"\d{1,2}/\d{1,2}/\d\d"), ("%m/%d/%y", "%d/%m/%y")),
    (re.compile(rf"\d{{1,2}}-{_MONTH}-\d{{4}}"), ("%d-%B-%Y",)),
    (re.compile(rf"\d{{1,2}}-{_MONTH}-\d\d"), ("%d-%B-%y",)),
    (re.compile(rf"\d{{1,2}} {_MONTH} \d{{4}}"), ("%d %B %Y",)),
    (re.compile(rf"{_MONTH} \d{{1,2}}, \d{{4}}"), ("%B %d, %Y",)),
    (re.compile(rf"{_MONTH} \d{{1,2}} \d{{4}}"), ("%B %d %Y",)),
)
_COMPACT = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(T\d{6}Z?)?")


@dataclass(frozen=True)
class Moment:
    """A way to read a column as dates or timestamps."""

    kind: Literal["date", "timestamp"]
    format: str


def date_formats(values: Sequence[str]) -> list[Moment]:
    """Return the formats that fit most of `values` (distinct, stripped), the likelier first."""
    compact = [_COMPACT.fullmatch(v) for v in values]
    if len(values) >= 10 and all(compact):
        return _compact({m[1] is not None for m in compact if m}, zoned=values[0].endswith("Z"))
    for pattern, dates in _FAMILIES:
        rests = [v[m.end() :] for v in values if (m := pattern.match(v))]
        if len(rests) >= 0.95 * len(values) and (clock := _clock(rests)) is not None:
            kind: Literal["date", "timestamp"] = "timestamp" if clock else "date"
            return [Moment(kind, date + clock) for date in dates]
    return []


def _compact(has_clock: set[bool], *, zoned: bool) -> list[Moment]:
    if has_clock == {True}:
        return [Moment("timestamp", "%Y%m%dT%H%M%S" + "%#z" * zoned)]
    return [Moment("date", "%Y%m%d")] if has_clock == {False} else []


def _clock(rests: Sequence[str]) -> str | None:
    """Return the format of what follows the dates: empty when nothing does, None when it is no clock time."""
    if not any(rests):
        return ""
    found = [m for rest in rests if (m := _CLOCK.fullmatch(rest))]
    if len(found) < 0.95 * len(rests):
        return None
    first = found[0]
    hours = "%I" if first["noon"] else "%H"
    seconds = "%S" + "%.f" * any(m["fraction"] for m in found)
    noon = first["noon"].replace(first["noon"].strip(), "%p") if first["noon"] else ""
    return first["gap"] + f"{hours}:%M" + f":{seconds}" * bool(first["seconds"]) + noon + _zone(first["zone"])


def _zone(text: str | None) -> str:
    if not text:
        return ""
    name = text.strip()
    return text if name in {"UTC", "GMT"} else text.replace(name, "%#z")
