"""Reads prices from the AWS Price List and writes them beside platform.yaml, where they go before the shipped ones."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from modelyard.errors import OutsideError, RequestError
from modelyard.infra.aws import unreadable
from modelyard.infra.cost.book import Entry, Price, Query, shipped
from modelyard.record import Record

if TYPE_CHECKING:
    from botocore.client import BaseClient

HOME = "us-east-1"  # the Price List answers here, in eu-central-1 and in ap-south-1, for every region
_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")
# usage types begin with their region, short or long: EU-NatGateway-Hours, eu-west-1-KMS-Keys; in us-east-1 often not
_PLACE = r"(?:(?:[A-Z]{2,4}\d*|[a-z]{2}(?:-[a-z]+)+-\d)-)?"


class Refreshed(Record):
    """What was read: how many prices, and on which day."""

    rows: int
    date: str


@dataclass(frozen=True)
class Found:
    """The new prices by key and region, and what the list did not answer."""

    prices: Mapping[str, Mapping[str, Price]]
    missing: tuple[str, ...]


def refresh(regions: Sequence[str], target: Path) -> tuple[Refreshed, tuple[str, ...]]:
    """Read every price of the shipped table for some regions and write them to `target`.

    Returns:
        What was read, and the keys (with their region) for which the list had no single price.

    Raises:
        RequestError: A region's name is no name of a region.
        OutsideError: The Price List cannot be reached, or refuses; nothing is written.
    """
    wrong = [region for region in regions if not _REGION.fullmatch(region)]
    if wrong or not regions:
        raise RequestError(f"{', '.join(wrong) or 'Nothing'} is no AWS region.", "Name one such as eu-west-1.")
    found = look_up(regions)
    today = datetime.now(UTC).date().isoformat()
    rows = sum(len(prices) for prices in found.prices.values())
    if not rows:
        raise OutsideError(f"The AWS Price List has no prices for {', '.join(regions)}.", "Is the region's name right?")
    _write(target, found.prices, today)
    return Refreshed(rows=rows, date=today), found.missing


def look_up(regions: Sequence[str]) -> Found:
    """Ask the Price List for every row of the shipped table."""
    client = _client()
    prices: dict[str, dict[str, Price]] = {}
    missing: list[str] = []
    for key, entry in shipped().entries.items():
        for region in regions:
            price = _price(client, entry, region)
            if price is None:
                missing.append(f"{key} in {region}")
            else:
                prices.setdefault(key, {})[region] = price
    return Found(prices, tuple(missing))


def _price(client: "BaseClient", entry: Entry, region: str) -> Price | None:
    if entry.query is None:  # a rule, such as a share of another price: the same everywhere
        return entry.prices.get(region) or next(iter(entry.prices.values()), None)
    try:
        offers = list(_offers(_products(client, entry.query, region), entry.query))
    except (LookupError, ValueError, TypeError, AttributeError) as error:
        what = f"reading the prices of {entry.query.service}"
        raise unreadable(what, f"{type(error).__name__}: {error}") from error
    amounts = {offer.usd for offer in offers}
    return offers[0] if len(amounts) == 1 else None


def _offers(products: Iterator[Mapping[str, Any]], query: Query) -> Iterator[Price]:
    for product in products:
        usage = str(product["product"]["attributes"].get("usagetype", ""))
        amount = _first_paid(product)
        if amount is not None and _matches(usage, query.usage):
            source = f"AWS Price List, {query.service} {usage}, SKU {product['product'].get('sku', '')}"
            yield Price(usd=amount * query.per, date=str(product.get("publicationDate", ""))[:10], source=source)


def _matches(usage: str, pattern: str) -> bool:
    if not pattern:
        return True
    end = "" if pattern.endswith("$") else ".*"
    return re.fullmatch(f"{_PLACE}(?:{pattern.removesuffix('$')}){end}", usage) is not None


def _first_paid(product: Mapping[str, Any]) -> float | None:
    """Return the price of the first tier that is not free; an allowance belongs to the account, not to a plan."""
    tiers = [
        (float(tier.get("beginRange") or 0), float(tier["pricePerUnit"]["USD"]))
        for term in product.get("terms", {}).get("OnDemand", {}).values()
        for tier in term["priceDimensions"].values()
        if "USD" in tier["pricePerUnit"]
    ]
    paid = [amount for _, amount in sorted(tiers) if amount > 0]
    return paid[0] if paid else (0.0 if tiers else None)


def _products(client: "BaseClient", query: Query, region: str) -> Iterator[Mapping[str, Any]]:
    from botocore.exceptions import BotoCoreError, ClientError

    wanted = {"regionCode": region, **query.filters}
    filters = [{"Type": "TERM_MATCH", "Field": field, "Value": value} for field, value in wanted.items()]
    try:
        pages = client.get_paginator("get_products").paginate(ServiceCode=query.service, Filters=filters)
        for page in pages:
            yield from (json.loads(one) for one in page["PriceList"])
    except (BotoCoreError, ClientError) as error:
        raise OutsideError(
            f"The AWS Price List did not answer for {query.service}: {error}",
            "It needs credentials that may do pricing:GetProducts; see `modelyard doctor`.",
            code="price_list",
        ) from error


def _client() -> "BaseClient":
    import boto3
    from botocore.exceptions import BotoCoreError

    try:
        return boto3.client("pricing", region_name=HOME)
    except BotoCoreError as error:
        raise OutsideError(f"No client for the AWS Price List: {error}", "See `modelyard doctor`.") from error


def _write(target: Path, prices: Mapping[str, Mapping[str, Price]], today: str) -> None:
    known = shipped().entries
    document = {
        "date": today,
        "prices": {
            key: {
                "what": known[key].what,
                "unit": known[key].unit,
                "gpus": known[key].gpus,
                "in": {region: price.model_dump() for region, price in by_region.items()},
            }
            for key, by_region in prices.items()
        },
    }
    text = "# Written by `modelyard infra prices refresh` from the AWS Price List; goes before the shipped prices.\n"
    half = target.with_name(f".{target.name}.half")
    target.parent.mkdir(parents=True, exist_ok=True)
    half.write_text(text + yaml.safe_dump(document, sort_keys=True, allow_unicode=True), encoding="utf-8")
    half.replace(target)
