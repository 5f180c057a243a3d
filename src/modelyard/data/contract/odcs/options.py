"""Reads and writes `logicalTypeOptions`: a column's format, and the rules that are errors."""

from typing import Any

from modelyard.data.contract.formats import from_jdk, to_jdk
from modelyard.data.contract.model import Column, Rule, RuleKind
from modelyard.data.contract.odcs.problems import Problems, unknown
from modelyard.data.types import EPOCHS, epoch

_RULES: dict[str, RuleKind] = {
    "minimum": "minimum",
    "maximum": "maximum",
    "minLength": "min_length",
    "maxLength": "max_length",
    "pattern": "pattern",
}
_KEYS = {rule: key for key, rule in _RULES.items()}
_LEFT = {"timezone", "defaultTimezone"}
_NOT_HERE = {"exclusiveMinimum", "exclusiveMaximum", "multipleOf"}
_DATES = ("date", "timestamp")
FORMAT_PROPERTY = "format"
"""Name of the custom property that holds a format ODCS has no place or no words for."""


def read_options(options: dict[str, Any], kind: str, path: str, problems: Problems) -> tuple[str | None, list[Rule]]:
    """Return the format and the rules that `options` of a column of logical type `kind` say."""
    rules: list[Rule] = []
    for key, value in options.items():
        if key in _RULES:
            rule = problems.read(Rule, {"kind": _RULES[key], "value": value}, f"{path}.{key}")
            rules += [rule] if rule else []
        elif key in _NOT_HERE:
            problems.add(f"{path}.{key}", "not enforced here; write it as a SQL rule of the table")
        elif key not in _LEFT and key != "format":
            problems.add(path, unknown(key, [*_RULES, "format"]))
    return _read_format(options.get("format"), kind, path, problems), rules


def _read_format(value: object, kind: str, path: str, problems: Problems) -> str | None:
    if value is None:
        return None
    found = value if isinstance(value, str) else None
    if found is not None and kind in _DATES and epoch(found) is None:
        found = from_jdk(found)
    if found is None:
        problems.add(
            f"{path}.format",
            f"not a date pattern such as yyyy-MM-dd, nor a strptime format{_counted(kind)} (found {value!r})",
        )
    return found


def _counted(kind: str) -> str:
    return f", nor a unit since 1970 ({', '.join(each.format for each in EPOCHS)})" if kind == "timestamp" else ""


def write_options(column: Column) -> tuple[dict[str, Any], list[Rule]]:
    """Return `logicalTypeOptions` for a column, and the rules that have no place in it."""
    here = [rule for rule in column.rules if rule.severity == "error" and not rule.name and rule.kind in _KEYS]
    once = {rule.kind: rule for rule in here}  # a second bound of one kind goes to `quality`
    kept = list(once.values())
    options = {_KEYS[rule.kind]: rule.value for rule in kept}
    form = written_format(column)
    if form is not None:
        options["format"] = form
    rest = [rule for rule in column.rules if not any(rule is other for other in kept)]
    return options, rest


def written_format(column: Column) -> str | None:
    """Return the format as ODCS writes it; None when there is none, or it goes into a custom property."""
    if column.format is None:
        return None
    if column.type in _DATES:
        return column.format if epoch(column.format) else to_jdk(column.format)
    return column.format if column.type == "string" else None
