"""Looks closely at a body that the generated struct refused: accepts it after all, or says all that is wrong."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from modelyard.serving.fields import Field, RefusedError
from modelyard.serving.problems import BadRowsError, MalformedError, Problem, problem

_MOST_PROBLEMS = 100
_KEYS = ("rows", "id")


def look(data: bytes, fields: Sequence[Field]) -> tuple[list[list[Any]], str | None]:
    """Return the typed rows and the entity of a body.

    Raises:
        MalformedError: It is not JSON.
        BadRowsError: It is not what the contract says; up to 100 problems are named.
    """
    document = _parse(data)
    if not isinstance(document, dict):
        raise BadRowsError([problem('Send one row as an object, or {"rows": [...]}', value=document)])
    if isinstance(document.get("rows"), list):
        return _envelope(document, fields)
    names = {field.column.name for field in fields}
    if "rows" in document and "rows" not in names:
        raise BadRowsError([problem('"rows" must be a list of objects', column="rows", value=document["rows"])])
    return _read([document], fields), None


def _parse(data: bytes) -> Any:  # noqa: ANN401 - JSON
    """Parse leniently: NaN and infinity are named with their column later on."""
    try:
        return json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise MalformedError(f"byte {error.start} is not UTF-8") from None
    except RecursionError:
        raise MalformedError("it is nested too deeply") from None
    except json.JSONDecodeError as error:
        raise MalformedError(f"{error.msg} (line {error.lineno}, column {error.colno})") from None
    except ValueError:
        raise MalformedError("it holds a number of thousands of digits") from None


def _envelope(document: dict[str, Any], fields: Sequence[Field]) -> tuple[list[list[Any]], str | None]:
    problems = [
        problem(f"{key!r} is neither 'rows' nor 'id'", column=key, value=document[key])
        for key in document
        if key not in _KEYS
    ]
    entity = document.get("id")
    if entity is not None and not _is_text(entity):
        problems.append(problem('"id" must be a string', column="id", value=entity))
    if problems:
        raise BadRowsError(problems[:_MOST_PROBLEMS])
    return _read(document["rows"], fields), entity


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value.encode(errors="replace").decode() == value


def _read(rows: list[Any], fields: Sequence[Field]) -> list[list[Any]]:
    problems: list[Problem] = []
    typed: list[list[Any]] = []
    for number, row in enumerate(rows):
        if isinstance(row, dict):
            typed.append(_row(row, fields, number, problems))
        else:
            problems.append(problem("must be an object: column -> value", row=number, value=row))
        if len(problems) >= _MOST_PROBLEMS:
            break
    if problems:
        raise BadRowsError(problems[:_MOST_PROBLEMS])
    return typed


def _row(row: dict[str, Any], fields: Sequence[Field], number: int, problems: list[Problem]) -> list[Any]:
    values = []
    for field in fields:
        name = field.column.name
        if name not in row:
            values.append(None)
            if field.needed:
                problems.append(problem("is missing", row=number, column=name))
            continue
        try:
            values.append(field.read(row[name]))
        except RefusedError as refused:
            problems.append(problem(str(refused), row=number, column=name, value=row[name]))
    problems.extend(_unknown(row, fields, number))
    return values


def _unknown(row: dict[str, Any], fields: Sequence[Field], number: int) -> Iterator[Problem]:
    names = {field.column.name for field in fields}
    for name, value in row.items():
        if name not in names:
            yield problem("is not a column of the contract", row=number, column=name, value=value)
