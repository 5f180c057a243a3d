"""Prices read from the AWS Price List: boto3 against a small server that answers as the Price List does."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from modelyard.errors import OutsideError, RequestError
from modelyard.infra.cost.book import book, shipped
from modelyard.infra.cost.refresh import look_up, refresh

pytestmark = pytest.mark.slow


class PriceList:
    """What the server answers: offers by service, or an error."""

    def __init__(self) -> None:
        self.offers: dict[str, list[dict[str, Any]]] = {}
        self.refuses = ""
        self.instead = b""  # what a proxy, or a line that was cut, makes of every answer
        self.asked: list[dict[str, Any]] = []

    def add(self, service: str, usage: str, *tiers: tuple[str, float], **attributes: str) -> None:
        dimensions = {
            str(n): {"beginRange": begin, "pricePerUnit": {"USD": f"{amount:.10f}"}}
            for n, (begin, amount) in enumerate(tiers)
        }
        self.offers.setdefault(service, []).append(
            {
                "product": {"sku": "SKU1", "attributes": {"usagetype": usage, **attributes}},
                "terms": {"OnDemand": {"T": {"priceDimensions": dimensions}}},
                "publicationDate": "2026-12-24T00:00:00Z",
            }
        )

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(request)
        wanted = {one["Field"]: one["Value"] for one in request["Filters"]}
        found = [
            offer
            for offer in self.offers.get(request["ServiceCode"], [])
            if all(offer["product"]["attributes"].get(key) == value for key, value in wanted.items())
        ]
        page = int(request.get("NextToken", "0"))
        more = {"NextToken": str(page + 1)} if page + 1 < len(found) else {}
        return {"FormatVersion": "aws_v1", "PriceList": [json.dumps(one) for one in found[page : page + 1]], **more}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[PriceList]:
    stub = PriceList()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            body = {"__type": stub.refuses, "message": "no"} if stub.refuses else stub.answer(request)
            self.send_response(400 if stub.refuses else 200)
            self.end_headers()
            self.wfile.write(stub.instead or json.dumps(body).encode())

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        monkeypatch.setenv("AWS_ENDPOINT_URL_PRICING", f"http://127.0.0.1:{running.server_port}")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "k")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s")
        yield stub
        running.shutdown()


NAT = {"productFamily": "NAT Gateway", "regionCode": "eu-central-1"}


def test_prices_are_read_written_and_used(server: PriceList, tmp_path: Path):
    server.add("AmazonEC2", "EUC1-NatGateway-Hours", ("0", 0.052), **NAT)
    target = tmp_path / "prices.yaml"

    found, missing = refresh(["eu-central-1"], target)

    own = book(target)
    got = own.price("nat.hour", "eu-central-1")
    assert got is not None
    assert (got.usd, got.date) == (0.052, "2026-12-24")
    assert "AWS Price List" in got.source
    assert found.date == own.date
    assert "nat.gb in eu-central-1" in missing
    assert found.rows == len(own.entries) - sum("eu-central-1" not in one.prices for one in own.entries.values())
    assert own.price("nat.hour", "us-east-1") == shipped().price("nat.hour", "us-east-1")


def test_a_price_per_request_becomes_one_per_thousand(server: PriceList):
    server.add("AmazonS3", "EUC1-Requests-Tier1", ("0", 0.0000054), group="S3-API-Tier1", regionCode="eu-central-1")

    assert look_up(["eu-central-1"]).prices["s3.put"]["eu-central-1"].usd == pytest.approx(0.0054)


def test_the_first_tier_that_is_not_free_counts(server: PriceList):
    tiers = (("0", 0.0), ("20000", 0.000003))
    server.add("awskms", "eu-central-1-KMS-Requests", *tiers, regionCode="eu-central-1")
    server.add("awskms", "EUC1-KMS-Requests", *tiers, regionCode="eu-central-1")

    assert look_up(["eu-central-1"]).prices["kms.requests"]["eu-central-1"].usd == pytest.approx(0.03)


def test_offers_are_read_to_the_last_page(server: PriceList):
    server.add("AmazonEC2", "EUC1-NatGateway-Bytes", ("0", 0.5), **NAT)
    server.add("AmazonEC2", "EUC1-NatGateway-Hours", ("0", 0.052), **NAT)

    prices = look_up(["eu-central-1"]).prices
    assert (prices["nat.gb"]["eu-central-1"].usd, prices["nat.hour"]["eu-central-1"].usd) == (0.5, 0.052)


def test_two_different_prices_for_one_row_are_not_guessed_between(server: PriceList):
    server.add("AmazonEC2", "EUC1-NatGateway-Hours", ("0", 0.052), **NAT)
    server.add("AmazonEC2", "NatGateway-Hours", ("0", 0.06), **NAT)

    assert "nat.hour in eu-central-1" in look_up(["eu-central-1"]).missing


def test_another_usage_type_with_the_same_end_is_not_taken(server: PriceList):
    server.add("AmazonEC2", "EUC1-Regional-NatGateway-Hours", ("0", 0.9), **NAT)

    assert "nat.hour in eu-central-1" in look_up(["eu-central-1"]).missing


def test_every_question_names_the_region(server: PriceList):
    look_up(["eu-central-1"])

    assert all(
        {"Field": "regionCode", "Value": "eu-central-1"}.items() <= one["Filters"][0].items() for one in server.asked
    )


def test_a_refusal_writes_nothing(server: PriceList, tmp_path: Path):
    server.refuses = "AccessDeniedException"

    with pytest.raises(OutsideError, match="AccessDenied") as caught:
        refresh(["eu-west-1"], tmp_path / "prices.yaml")
    assert "pricing:GetProducts" in caught.value.hint
    assert list(tmp_path.iterdir()) == []


BROKEN = {
    "a page of a proxy": b"<html>Sign in</html>",
    "no list": b"{}",
    "an offer that was cut off": json.dumps({"PriceList": ['{"product": {"sku": "SK']}).encode(),
    "an offer without a product": json.dumps({"PriceList": ["{}"]}).encode(),
    "an offer that is none": json.dumps({"PriceList": ["[]"]}).encode(),
}


@pytest.mark.parametrize("answer", BROKEN.values(), ids=BROKEN)
def test_an_answer_that_cannot_be_read_is_told_and_writes_nothing(server: PriceList, tmp_path: Path, answer: bytes):
    server.instead = answer
    with pytest.raises(OutsideError, match="cannot be read"):
        refresh(["eu-central-1"], tmp_path / "prices.yaml")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("regions", [["frankfurt"], ["eu-west-1", ""], []])
def test_what_is_no_region_is_refused(regions: list[str], tmp_path: Path):
    with pytest.raises(RequestError):
        refresh(regions, tmp_path / "prices.yaml")


@pytest.mark.parametrize("text", ["[1, 2", "prices: 3", "", "date: x\nprices: {a: {what: b}}"])
def test_a_file_that_is_no_price_table_is_named(text: str, tmp_path: Path):
    target = tmp_path / "prices.yaml"
    target.write_text(text)

    with pytest.raises(RequestError, match="no price table") as caught:
        book(target)
    assert "prices refresh" in caught.value.hint
