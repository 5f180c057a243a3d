"""Turns an ODCS quality rule into the contract's rules, and back."""

from decimal import Decimal
from typing import Any, cast

from modelyard.data.contract.model import Rule, RuleKind
from modelyard.data.contract.odcs.problems import Problems, unknown
from modelyard.data.contract.odcs.shape import QualityShape
from modelyard.data.contract.sql import from_query, to_query

ENGINE = "modelyard"
ARGUMENTS: dict[str, RuleKind] = {
    "minimum": "minimum",
    "maximum": "maximum",
    "minLength": "min_length",
    "maxLength": "max_length",
    "pattern": "pattern",
    "validValues": "allowed",
}
_SHARES: dict[str, RuleKind] = {
    "nullValues": "missing_share",
    "missingValues": "missing_share",
    "invalidValues": "unreadable_share",
}
_QUERY_FORM = "only `SELECT COUNT(*) FROM ${object} WHERE NOT (CONDITION)` with mustBe: 0 is understood"


def rules_of(entry: object, path: str, problems: Problems, *, column: str | None) -> list[Rule]:
    """Read one entry of `quality`, of a column or (column None) of the table; problems are noted.

    A rule on duplicates of one column comes back as the table's rule `unique_together`.
    """
    shape = problems.read(QualityShape, entry, path)
    if shape is None or shape.type == "text":
        return []
    if shape.type == "custom":
        return _custom(shape, path, problems, column)
    if shape.type == "sql":
        return _sql(shape, path, problems, column)
    if shape.metric is None:
        problems.add(path, "required, but absent: metric (or type: sql, custom or text)")
        return []
    return _table_metric(shape, path, problems) if column is None else _column_metric(shape, path, problems, column)


def _custom(shape: QualityShape, path: str, problems: Problems, column: str | None) -> list[Rule]:
    if shape.engine != ENGINE:
        if not shape.engine:
            problems.add(f"{path}.engine", "required, but absent")
        return []  # for another tool to run
    given = shape.implementation
    if column is not None and isinstance(given, dict) and list(given) == ["freshnessHours"]:
        return _made(problems, path, shape, {"freshness_hours": given["freshnessHours"]})
    where = "for a column" if column is not None else "for the table"
    problems.add(f"{path}.implementation", f"{given!r} is not known {where}; a date column can have freshnessHours: 24")
    return []


def _sql(shape: QualityShape, path: str, problems: Problems, column: str | None) -> list[Rule]:
    condition = from_query(shape.query or "")
    if column is not None:
        problems.add(path, "SQL rules belong to the table's own `quality`, beside `properties`")
        return []
    if condition is None or not _is_zero(shape):
        problems.add(f"{path}.query", _QUERY_FORM)
        return []
    return _made(problems, path, shape, {"sql": condition})


def _table_metric(shape: QualityShape, path: str, problems: Problems) -> list[Rule]:
    if shape.metric == "rowCount":
        return _row_count(shape, path, problems)
    columns = (shape.arguments or {}).get("properties")
    if shape.metric != "duplicateValues" or list(shape.arguments or {}) != ["properties"] or not _is_zero(shape):
        problems.add(path, "the table can have rowCount, or duplicateValues with arguments.properties and mustBe: 0")
        return []
    return _made(problems, path, shape, {"unique_together": columns})


def _row_count(shape: QualityShape, path: str, problems: Problems) -> list[Rule]:
    low, high = shape.mustBeBetween or (shape.mustBeGreaterOrEqualTo, shape.mustBeLessOrEqualTo)
    low, high = (shape.mustBe, shape.mustBe) if shape.mustBe is not None else (low, high)
    if low is None and high is None:
        problems.add(path, "rowCount needs mustBeGreaterOrEqualTo, mustBeLessOrEqualTo, mustBeBetween or mustBe")
    ends = {"row_count_min": low, "row_count_max": high}
    return _made(problems, path, shape, {kind: value for kind, value in ends.items() if value is not None})


def _column_metric(shape: QualityShape, path: str, problems: Problems, column: str) -> list[Rule]:
    given = dict(shape.arguments or {})
    if shape.metric == "rowCount":
        problems.add(path, "rowCount belongs to the table's own `quality`, beside `properties`")
        return []
    if shape.metric == "duplicateValues":
        if given or not _is_zero(shape):
            problems.add(path, "duplicateValues of a column takes mustBe: 0 and no arguments")
            return []
        return _made(problems, path, shape, {"unique_together": (column,)})
    if shape.metric == "invalidValues" and given:
        return _invalid(shape, path, problems, given)
    return _share(shape, path, problems, given)


def _invalid(shape: QualityShape, path: str, problems: Problems, given: dict[str, Any]) -> list[Rule]:
    for key in given:
        if key not in ARGUMENTS:
            problems.add(f"{path}.arguments", unknown(key, list(ARGUMENTS)))
    if not _is_zero(shape):
        problems.add(path, "invalidValues with arguments takes mustBe: 0")
    return _made(problems, path, shape, {ARGUMENTS[key]: value for key, value in given.items() if key in ARGUMENTS})


def _share(shape: QualityShape, path: str, problems: Problems, given: dict[str, Any]) -> list[Rule]:
    kind = _SHARES[shape.metric or ""]
    if given:
        problems.add(f"{path}.arguments", f"{shape.metric} takes no arguments here")
        return []
    if _is_zero(shape):
        return _made(problems, path, shape, {kind: 0.0})
    if shape.unit != "percent" or shape.mustBeLessOrEqualTo is None:
        problems.add(path, f"{shape.metric} takes mustBe: 0, or unit: percent with mustBeLessOrEqualTo")
        return []
    return _made(problems, path, shape, {kind: round(float(Decimal(repr(shape.mustBeLessOrEqualTo)) / 100), 9)})


def _is_zero(shape: QualityShape) -> bool:
    """Say whether `mustBe: 0` is what is asked; False is equal to 0 in Python, but not here."""
    return shape.mustBe == 0 and not isinstance(shape.mustBe, bool)


def _made(problems: Problems, path: str, shape: QualityShape, values: dict[str, Any]) -> list[Rule]:
    made = []
    for kind, value in values.items():
        fields = {"kind": kind, "value": value, "severity": shape.severity, "name": shape.name}
        rule = problems.read(Rule, fields, path) if _plain(value) else None
        if rule is None and not _plain(value):
            problems.add(path, f"{kind}: needs a plain value (found {value!r})")
        made += [rule] if rule else []
    return made


def _plain(value: object) -> bool:
    return value is not None and not isinstance(value, dict)


def entry_of(rules: list[Rule]) -> dict[str, Any]:
    """Write rules of one name and severity, which one entry can hold together."""
    first = rules[0]
    head = {"name": first.name} if first.name else {}
    return {**head, **_body(rules), "severity": first.severity}


def _body(rules: list[Rule]) -> dict[str, Any]:
    first = rules[0]
    argument = {kind: key for key, kind in ARGUMENTS.items()}
    if first.kind in argument:
        given = {argument[rule.kind]: _listed(rule.value) for rule in rules}
        return {"metric": "invalidValues", "arguments": given, "mustBe": 0}
    if first.kind in {"missing_share", "unreadable_share"}:
        metric = "nullValues" if first.kind == "missing_share" else "invalidValues"
        percent = float(Decimal(repr(cast("float", first.value))) * 100)
        return {"metric": metric, "unit": "percent", "mustBeLessOrEqualTo": percent}
    if first.kind == "freshness_hours":
        return {"type": "custom", "engine": ENGINE, "implementation": {"freshnessHours": first.value}}
    if first.kind == "sql":
        return {"type": "sql", "query": to_query(str(first.value)), "mustBe": 0}
    if first.kind == "unique_together":
        return {"metric": "duplicateValues", "arguments": {"properties": _listed(first.value)}, "mustBe": 0}
    operator = "mustBeGreaterOrEqualTo" if first.kind == "row_count_min" else "mustBeLessOrEqualTo"
    return {"metric": "rowCount", operator: first.value}


def _listed(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value
