"""SQL conditions over the columns of one row: between the form ODCS stores and a polars expression."""

import re

import polars as pl

from modelyard.data.contract.model import Contract
from modelyard.data.types import polars_type

_QUERY = re.compile(
    r"\s*select\s+count\s*\(\s*\*\s*\)\s+from\s+(?:\$\{\w+\}|\"[^\"]+\"|\w+)\s+where\s+(.+?);?\s*$",
    re.IGNORECASE | re.DOTALL,
)
_NEGATED = re.compile(r"\s*not\s*\((.*)\)\s*$", re.IGNORECASE | re.DOTALL)


def to_query(condition: str) -> str:
    """Return the ODCS query for rows where `condition` is false; unknown passes, as in a SQL CHECK."""
    return f"SELECT COUNT(*) FROM ${{object}} WHERE NOT ({condition})"  # noqa: S608 - written to a file


def from_query(query: str) -> str | None:
    """Return the condition that every row must meet, or None where the query has another form."""
    match = _QUERY.match(query)
    if match is None:
        return None
    negated = _NEGATED.match(match[1])
    if negated and _closed(negated[1]):
        return negated[1]
    return f"NOT ({match[1]})"


def _closed(text: str) -> bool:
    """Say whether the brackets of `text` match each other, so that it stood alone inside an outer pair."""
    depth = 0
    for part in re.findall(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|[()]", text):
        depth += {"(": 1, ")": -1}.get(part, 0)
        if depth < 0:
            return False
    return depth == 0


def sql_problem(condition: object, contract: Contract) -> str | None:
    """Return why `condition` cannot be used on the contract's columns, or None when it can."""
    if not isinstance(condition, str):
        return f"must be a condition (found {condition!r})"
    try:
        expression = pl.sql_expr(condition)
        known = {column.name for column in contract.columns}
        unknown = sorted({name for name in expression.meta.root_names() if name not in known})
        if unknown:
            return f"{condition!r}: the contract has no column {', '.join(map(repr, unknown))}"
        schema = pl.Schema({column.name: polars_type(column.type) for column in contract.columns})
        found = schema.to_frame().lazy().select(expression.alias("condition")).collect().schema["condition"]
    except pl.exceptions.PolarsError as error:
        return f"{condition!r} is not usable SQL: {str(error).splitlines()[0]}"
    return None if found == pl.Boolean else f"{condition!r} gives {found}, not true or false"
