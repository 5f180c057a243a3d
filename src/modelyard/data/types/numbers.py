"""Number formats: which marks group digits and start decimals, seen in values and applied to text.

A format is written like `#,##0.0`: the mark after `#` groups thousands, the one after `0` starts decimals;
`¤` allows a currency sign in front or behind, `%` a per cent sign behind (the value keeps its units).
"""

import re
from collections.abc import Callable, Sequence

import polars as pl

GROUP_MARKS = ",.' \u00a0\u202f\u2019"
_CURRENCY = "$€£¥₹₽₩¤"
_FORMAT = re.compile(r"(?P<currency>¤)?(?:#(?P<group>.)##)?0(?:(?P<decimal>[.,])0)?(?P<percent>%)?")
_PLAIN = {
    mark: re.compile(rf"[+-]?(?:\d+(?:{re.escape(mark)}\d*)?|{re.escape(mark)}\d+)(?:[eE][+-]?\d+)?") for mark in ".,"
}
_WORDS = re.compile(r"[+-]?(?:inf|infinity)", re.IGNORECASE)


def number_text(text: pl.Expr, format: str | None, decimal: str) -> pl.Expr:  # noqa: A002
    """Rewrite text of the given format as plain digits with a decimal point."""
    if format is None and decimal == ".":
        return text
    shape = _FORMAT.fullmatch(format or "0")
    if shape is None:  # such as `f64`, which other tools write: says nothing about text
        return number_text(text, None, decimal)
    mark = shape["decimal"] or decimal
    if shape["currency"]:
        text = text.str.replace_all(rf"[{_CURRENCY}\s]", "")
    if shape["percent"]:
        text = text.str.replace(r"\s*%$", "")
    if shape["group"]:
        text = _ungroup(text, shape["group"], mark)
    return text if mark == "." else _pointed(text)


def _pointed(text: pl.Expr) -> pl.Expr:
    """Turn decimal commas into points; a text that has a point already is no such number."""
    return pl.when(~text.str.contains(".", literal=True)).then(text.str.replace(",", ".", literal=True))


def _ungroup(text: pl.Expr, group: str, decimal: str) -> pl.Expr:
    groups, mark = re.escape(group), re.escape(decimal)
    grouped = text.str.contains(rf"^[+-]?\d{{1,3}}(?:{groups}\d{{3}})*(?:{mark}\d*)?$")
    plain = text.str.contains(rf"^[+-]?\d+(?:{mark}\d*)?$")
    return pl.when(grouped | plain).then(text.str.replace_all(group, "", literal=True))


def number_formats(values: Sequence[str], decimal: str) -> list[str | None]:
    """Return the formats under which most of `values` are numbers, the plain one first; empty when none is.

    Args:
        values: Distinct, stripped, not missing.
        decimal: The table's decimal mark.
    """
    other = "," if decimal == "." else "."
    if _mostly(values, lambda v: v.startswith("+")):  # telephone numbers
        return []
    if _mostly(values, lambda v: _PLAIN[decimal].fullmatch(v) or _WORDS.fullmatch(v)):
        return [None]
    found = _decorated(values, decimal)
    if found is not None:
        return [found]
    if _mostly(values, _PLAIN[other].fullmatch) and _is_decimal(values, other):
        return [f"0{other}0"]
    return []


def _decorated(values: Sequence[str], decimal: str) -> str | None:
    percent = "%" if _mostly(values, lambda v: v.endswith("%")) else ""
    currency = "¤" if _mostly(values, lambda v: v.strip("+- ")[:1] in _CURRENCY or v[-1:] in _CURRENCY) else ""
    bare = [re.sub(rf"[{_CURRENCY}%]", "", v).strip() for v in values] if percent or currency else list(values)
    for mark in (decimal, "," if decimal == "." else "."):
        if (percent or currency) and _mostly(bare, _PLAIN[mark].fullmatch):
            return f"{currency}0{mark}0{percent}" if mark != decimal else f"{currency}0{percent}"
        for group in GROUP_MARKS.replace(mark, ""):
            grouped = any(group in v for v in bare) and _mostly(bare, _grouped(group, mark).fullmatch)
            if grouped and len({len(v) for v in bare}) > 1:  # of one length they are codes, not amounts
                return f"{currency}#{group}##0{mark}0{percent}"
    return None


def _grouped(group: str, decimal: str) -> re.Pattern[str]:
    groups, mark = re.escape(group), re.escape(decimal)
    return re.compile(rf"[+-]?(?:\d{{1,3}}|[1-9]\d{{0,2}}(?:{groups}\d{{3}})+)(?:{mark}\d+)?")


def _is_decimal(values: Sequence[str], mark: str) -> bool:
    """Say whether `mark` cannot be grouping thousands: some value has another count of digits behind it."""
    return any(mark in v and not re.fullmatch(rf"[+-]?[1-9]\d{{0,2}}{re.escape(mark)}\d{{3}}", v) for v in values)


def decimal_mark(columns: Sequence[Sequence[str]], *, comma_likely: bool = False) -> str:
    """Return the decimal mark that most columns of text use, `.` when neither is seen.

    Args:
        columns: Distinct, stripped values of each column.
        comma_likely: What could be decimals as well as thousands (`1,234`) is taken for decimals, as in
            files whose delimiter is a semicolon.
    """
    comma = sum(_uses(values, ",", sure=not comma_likely) for values in columns)
    point = sum(_uses(values, ".", sure=True) for values in columns)
    return "," if comma > point else "."


def _uses(values: Sequence[str], mark: str, *, sure: bool) -> bool:
    marked = [v for v in values if mark in v]
    if not marked or not _mostly(values, _PLAIN[mark].fullmatch):
        return False
    return not sure or _is_decimal(marked, mark)


def _mostly(values: Sequence[str], matches: Callable[[str], object]) -> bool:
    """Say whether at least 95 % of some values match: the sample may hold a few strays."""
    return bool(values) and sum(bool(matches(v)) for v in values) >= 0.95 * len(values)
