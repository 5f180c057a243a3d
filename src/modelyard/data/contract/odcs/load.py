"""Reads `contract.yaml`: strictly, and with every problem in one message."""

from pathlib import Path
from typing import Any

from modelyard.config.strict_yaml import parsed
from modelyard.data.contract.model import Column, Contract, Rule
from modelyard.data.contract.odcs.moments import in_moments
from modelyard.data.contract.odcs.options import FORMAT_PROPERTY, read_options
from modelyard.data.contract.odcs.problems import Problems
from modelyard.data.contract.odcs.quality import rules_of
from modelyard.data.contract.odcs.shape import ColumnShape, Document, TableShape
from modelyard.data.contract.rules import column_problems, table_problems
from modelyard.errors import RequestError

PERSONAL = "personal"


def load(path: Path) -> Contract:
    """Read the contract in `path`.

    Raises:
        RequestError: The file is absent or unreadable, or says something that is not understood; the message
            lists every problem with its path.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise RequestError(f"There is no contract {path}.", "`modelyard new` writes one.", code="no_contract") from None
    except (OSError, UnicodeDecodeError) as error:
        raise RequestError(f"Cannot read {path}: {error}", "Save it as UTF-8 text.", code="bad_contract") from error
    return parse(text, str(path))


def parse(text: str, name: str = "contract.yaml") -> Contract:
    """Read a contract from YAML text; `name` is what messages call it.

    Raises:
        RequestError: As `load`.
    """
    problems = Problems()
    contract = _contract(parsed(text, name, code="bad_contract"), problems)
    problems.stop(name)
    assert contract is not None  # noqa: S101 - without problems there is one
    return contract


def _contract(document: object, problems: Problems) -> Contract | None:
    shape = problems.read(Document, document, "")
    path = "schema.0"
    found = shape.schema_ if shape else document.get("schema") if isinstance(document, dict) else None
    if not isinstance(found, list) or not found:
        return None
    table = problems.read(TableShape, found[0], path)
    if table is None:
        return None
    columns, rules = _columns(table.properties, f"{path}.properties", problems)
    for place, entry in enumerate(table.quality or []):
        rules += rules_of(entry, f"{path}.quality.{place}", problems, column=None)
    if shape is None or len(columns) < len(table.properties):
        return None
    contract = Contract(
        name=shape.name or table.name,
        version=shape.version,
        description=_description(shape.description) or table.description or "",
        columns=tuple(columns),
        rules=tuple(rules),
    )
    for sentence in table_problems(contract):
        problems.add(f"{path}.quality", sentence)
    return contract


def _columns(properties: list[Any], path: str, problems: Problems) -> tuple[list[Column], list[Rule]]:
    columns: list[Column] = []
    rules: list[Rule] = []
    places: dict[str, int] = {}
    for place, entry in enumerate(properties):
        here = f"{path}.{place}" + (f"({entry['name']!r})" if isinstance(entry, dict) and "name" in entry else "")
        column, of_table = _column(entry, here, problems)
        rules += of_table
        if column is None:
            continue
        if column.name in places:
            problems.add(here, f"duplicate column, also at {path}.{places[column.name]}")
            continue
        places[column.name] = place
        columns.append(column)
    return columns, rules


def _column(entry: object, path: str, problems: Problems) -> tuple[Column | None, list[Rule]]:
    shape = problems.read(ColumnShape, entry, path)
    if shape is None:
        return None, []
    form, rules = read_options(
        shape.logicalTypeOptions or {}, shape.logicalType, f"{path}.logicalTypeOptions", problems
    )
    for place, quality in enumerate(shape.quality or []):
        rules += rules_of(quality, f"{path}.quality.{place}", problems, column=shape.name)
    of_table = [rule for rule in rules if rule.kind == "unique_together"]
    form = form or _custom_format(shape.customProperties)
    column = Column(
        name=shape.name,
        type=shape.logicalType,
        format=form,
        required=shape.required,
        unique=shape.unique,
        primary_key=shape.primaryKey,
        personal=(shape.classification or "").lower() in {PERSONAL, "pii"},
        description=shape.description or "",
        rules=tuple(in_moments(rule, form) for rule in rules if rule.kind != "unique_together"),
    )
    for sentence in column_problems(column):
        problems.add(path, sentence)
    return column, of_table


def _custom_format(properties: list[Any] | None) -> str | None:
    given = [p for p in properties or [] if isinstance(p, dict) and p.get("property") == FORMAT_PROPERTY]
    return str(given[0]["value"]) if given and "value" in given[0] else None


def _description(value: str | dict[str, Any] | None) -> str:
    if isinstance(value, dict):
        return str(value.get("purpose") or "")
    return value or ""
