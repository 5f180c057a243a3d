"""Writes a contract as `contract.yaml`: ODCS v3.1, short enough to read and edit by hand."""

from itertools import groupby
from typing import Any

from modelyard.data.contract.model import Column, Contract, Rule
from modelyard.data.contract.odcs.options import FORMAT_PROPERTY, write_options, written_format
from modelyard.data.contract.odcs.quality import ARGUMENTS, entry_of
from modelyard.data.contract.odcs.text import Inline, InlineList, write_yaml

API_VERSION = "v3.1.0"
_SCHEMA = (
    "https://raw.githubusercontent.com/bitol-io/open-data-contract-standard/main/schema/"
    f"odcs-json-schema-{API_VERSION}.json"
)
_HEAD = f"""\
# yaml-language-server: $schema={_SCHEMA}
# What the rows must look like. An error stops a run; a rule with `severity: warning` is only counted.
# Raise a severity to error where a rule must hold. Columns with `classification: personal` are never shown.
"""


def dump(contract: Contract) -> str:
    """Return the contract as YAML text, which `load` reads back to an equal contract."""
    table: dict[str, Any] = {
        "name": contract.name,
        "logicalType": "object",
        "properties": [_column(column, contract) for column in contract.columns],
        "quality": _quality(contract.rules),
    }
    document: dict[str, Any] = {
        "apiVersion": API_VERSION,
        "kind": "DataContract",
        "id": contract.name,
        "name": contract.name,
        "version": contract.version,
        "status": "active",
        "description": {"purpose": contract.description} if contract.description else None,
        "schema": [_filled(table)],
    }
    return _HEAD + write_yaml(_filled(document))


def _column(column: Column, contract: Contract) -> dict[str, Any]:
    options, rest = write_options(column)
    properties = {
        "name": column.name,
        "logicalType": column.type,
        "description": column.description,
        "required": column.required,
        "unique": column.unique,
        "primaryKey": column.primary_key,
        "primaryKeyPosition": contract.key.index(column.name) + 1 if column.primary_key else None,
        "classification": "personal" if column.personal else None,
        "logicalTypeOptions": Inline(options),
        "quality": _quality(tuple(rest)),
        "customProperties": _custom(column),
    }
    return _filled(properties)


def _custom(column: Column) -> list[Any]:
    if column.format is None or written_format(column) is not None:
        return []
    return [Inline(property=FORMAT_PROPERTY, value=column.format)]


def _quality(rules: tuple[Rule, ...]) -> list[Any]:
    """Put bounds of one name and severity into one entry, every other rule into one of its own."""
    entries = []
    for _, group in groupby(enumerate(rules), key=lambda pair: _together(*pair)):
        entries += [entry_of(part) for part in _distinct([rule for _, rule in group])]
    return [_inline(entry) for entry in entries]


def _together(place: int, rule: Rule) -> tuple[object, ...]:
    return (rule.severity, rule.name, "values" if rule.kind in set(ARGUMENTS.values()) else place)


def _distinct(rules: list[Rule]) -> list[list[Rule]]:
    """Split where a kind comes a second time: a mapping has room for one."""
    parts: list[list[Rule]] = [[]]
    for rule in rules:
        if any(rule.kind == other.kind for other in parts[-1]):
            parts.append([])
        parts[-1].append(rule)
    return parts


def _inline(entry: dict[str, Any]) -> dict[str, Any]:
    inner = {key: _inlined(value) for key, value in entry.items()}
    return inner if entry.get("type") == "sql" or "name" in entry else Inline(inner)


def _inlined(value: object) -> object:
    if isinstance(value, dict):
        return Inline({key: _inlined(item) for key, item in value.items()})
    return InlineList(value) if isinstance(value, list) else value


def _filled(mapping: dict[str, Any]) -> dict[str, Any]:
    """Leave out what says nothing."""
    return {key: value for key, value in mapping.items() if key == "name" or value not in (None, False, "", [], {})}
