"""How numbers and metric names are written for people: in the report, the model card and the pictures."""

import math

_METRICS = {
    "roc_auc": "ROC AUC",
    "average_precision": "average precision",
    "log_loss": "log loss",
    "brier": "Brier score",
    "f1": "F1",
    "macro_f1": "macro F1",
    "balanced_accuracy": "balanced accuracy",
    "rmse": "RMSE",
    "mae": "MAE",
    "r2": "R²",
    "median_ae": "median absolute error",
    "mape": "MAPE",
}
NONE = "\N{EN DASH}"
_MINUS = "\N{MINUS SIGN}"
_TIMES = "\N{MULTIPLICATION SIGN}"
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def metric(name: str) -> str:
    """Return the usual spelling of a metric."""
    return _METRICS.get(name, name.replace("_", " "))


def number(value: float | None, digits: int = 3) -> str:
    """Return `value` with `digits` significant digits, thousands set apart, and a true minus sign."""
    if value is None:
        return NONE
    if isinstance(value, int):
        return f"{value:,}".replace("-", _MINUS)
    if not math.isfinite(value):
        return "not a number" if math.isnan(value) else ("∞" if value > 0 else f"{_MINUS}∞")
    size = abs(value)
    if size and (size < 10.0**-4 or size >= 10.0**12):
        mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
        return f"{mantissa.replace('-', _MINUS)} {_TIMES} 10{str(int(exponent)).translate(_SUPERSCRIPT)}"
    places = max(0, digits - 1 - math.floor(math.log10(size))) if size else 0
    return fixed(value, places)


def fixed(value: float | None, places: int, *, sign: bool = False) -> str:
    """Return `value` with so many decimal places; a zero never carries a sign."""
    if value is None or not math.isfinite(value):
        return number(value)
    rounded = round(value, places) + 0.0
    return f"{rounded:{'+' if sign and rounded else ''},.{places}f}".replace("-", _MINUS)


def places(value: float, low: float | None, high: float | None) -> int:
    """Return the decimal places at which an interval shows two significant digits of its width."""
    width = abs((value if high is None else high) - (value if low is None else low))
    if not width or not math.isfinite(width):
        return 3 if abs(value) < 10 else 1
    usual = 3 if abs(value) < 10 else 0  # so that most metrics line up in a table
    return min(6, max(usual, 1 - math.floor(math.log10(width))))


def interval(value: float, low: float | None, high: float | None) -> str:
    """Return the two ends, with the decimals that fit their distance; empty where there is none."""
    if low is None and high is None:
        return ""
    digits = places(value, low, high)
    ends = [fixed(end, digits) if end is not None else "…" for end in (low, high)]
    return f"{ends[0]} to {ends[1]}"


def short(value: float | None) -> str:
    """Return `number` without zeros at the end: for thresholds, which people chose."""
    text = number(value)
    return text.rstrip("0").rstrip(".") if "." in text and _TIMES not in text else text


def percent(share: float | None, places: int = 1) -> str:
    """Return a share as a percentage; a small one that is not nothing says so."""
    if share is None:
        return NONE
    smallest = 10.0**-places
    if 0 < share * 100 < smallest:
        return f"< {smallest:g} %"
    return f"{fixed(share * 100, places).removesuffix('.' + '0' * places)} %"


def size(count: int) -> str:
    """Return bytes as kB, MB or GB (powers of 1000)."""
    for limit, unit in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if count >= limit:
            return f"{number(count / limit)} {unit}"
    return f"{count:,} bytes"


def plural(count: int, one: str, many: str | None = None) -> str:
    """Return the count with its noun: 1 row, 2,000 rows."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
