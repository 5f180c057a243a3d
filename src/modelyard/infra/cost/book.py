"""The price table: rows by key and region, from the package and, over it, from a file of one's own."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field, ValidationError

from modelyard.errors import RequestError
from modelyard.record import Record

SHIPPED = Path(__file__).parent / "prices.yaml"
# beside platform.yaml: what `modelyard infra prices refresh` writes
OWN = "prices.yaml"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the parser in C is several times faster


class Price(Record):
    """One published price."""

    usd: float = Field(ge=0)
    date: str
    source: str
    quality: str = "A"
    note: str = ""


class Query(Record):
    """How a row is found in the AWS Price List. `per` units of the list make one of ours."""

    service: str
    filters: dict[str, str] = {}
    usage: str = ""
    per: float = 1


class Entry(Record):
    """One row: what is charged, in which unit, and its price by region. `gpus` of a machine."""

    what: str
    unit: str
    gpus: int = 0
    query: Query | None = None
    prices: dict[str, Price] = Field({}, alias="in")


class Book(Record):
    """The whole table."""

    date: str
    entries: dict[str, Entry] = Field(alias="prices")

    def price(self, key: str, region: str) -> Price | None:
        """Return a price; None where there is none for this region, which is not the same as free."""
        entry = self.entries.get(key)
        return None if entry is None else entry.prices.get(region)

    def over(self, other: "Book") -> "Book":
        """Return this table with the rows of `other` where it has none of its own."""
        merged = dict(other.entries)
        for key, entry in self.entries.items():
            below = merged.get(key)
            known = {} if below is None else below.prices
            merged[key] = (below or entry).model_copy(update={"prices": {**known, **entry.prices}})
        return self.model_copy(update={"entries": merged})


def shipped() -> Book:
    """Return the table of the package."""
    return _read(SHIPPED)


def book(own: Path | None = None) -> Book:
    """Return the table of the package with the rows of a file over it, if there is one.

    Raises:
        RequestError: The file is none that `modelyard infra prices refresh` has written.
    """
    return shipped() if own is None or not own.is_file() else _read(own).over(shipped())


def _read(path: Path) -> Book:
    try:
        return Book.model_validate(_parsed(path))
    except (yaml.YAMLError, ValidationError) as error:
        raise RequestError(
            f"{path} is no price table: {_first_line(error)}",
            "Delete it, or write it again with `modelyard infra prices refresh`.",
            code="bad_prices",
        ) from error


def _parsed(path: Path) -> Mapping[str, Any]:
    document = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 - a safe loader
    return document | {"date": str(document.get("date", ""))} if isinstance(document, dict) else {}


def _first_line(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
    return str(error).splitlines()[0]
