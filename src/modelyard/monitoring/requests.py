"""Errors and latency as the servers' `/metrics` tell them, since the last time that they were asked."""

import re
from collections.abc import Sequence
from math import isfinite

from pydantic import ValidationError

from modelyard.data.store import Store
from modelyard.errors import ModelyardError
from modelyard.record import Record
from modelyard.release.sources.http import get

KEY = "monitoring/state/requests.json"
_TIMEOUT_S = 5
_LINE = re.compile(r"^(modelyard_\w+)(?:\{(.*)\})?\s+(\S+)")
_LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
_SERVER_ERROR = 5


class Totals(Record):
    """Counters of one server since it began."""

    requests: float = 0
    errors: float = 0
    buckets: dict[str, float] = {}  # upper bound in seconds -> requests up to it

    def since(self, before: "Totals") -> "Totals":
        """Return what was added; all of it where the server began anew meanwhile."""
        if self.requests < before.requests or self.errors < before.errors:
            return self
        added = {bound: count - before.buckets.get(bound, 0) for bound, count in self.buckets.items()}
        return Totals(requests=self.requests - before.requests, errors=self.errors - before.errors, buckets=added)


class Servers(Record):
    """What all servers told."""

    totals: dict[str, Totals] = {}


class Told(Record):
    """Requests since the last look, and why some servers told nothing."""

    requests: float
    errors: float
    p99_s: float | None
    silent: list[str] = []


def ask(urls: Sequence[str], store: Store, token: str = "") -> Told | None:
    """Ask the servers, with the token that they may want, and remember their totals; None where none is configured."""
    if not urls:
        return None
    found = {url: _scrape(url, token) for url in urls}
    now = {url: totals for url, totals in found.items() if isinstance(totals, Totals)}
    before = _remembered(store)
    store.put(KEY, Servers(totals={**before.totals, **now}).model_dump_json().encode())
    added = [totals.since(before.totals.get(url, Totals())) for url, totals in now.items()]
    bounds = {bound for one in added for bound in one.buckets}
    buckets = {bound: sum(one.buckets.get(bound, 0.0) for one in added) for bound in bounds}
    return Told(
        requests=sum(one.requests for one in added),
        errors=sum(one.errors for one in added),
        p99_s=quantile(buckets, 0.99),
        silent=[reason for reason in found.values() if isinstance(reason, str)],
    )


def quantile(buckets: dict[str, float], share: float) -> float | None:
    """Return the smallest bound below which lies this share of a cumulative histogram; None without requests."""
    ordered = sorted((float(bound), count) for bound, count in buckets.items())
    if not ordered or ordered[-1][1] <= 0:
        return None
    return next(bound for bound, count in ordered if count >= share * ordered[-1][1])


def read(text: str) -> Totals:
    """Read the Prometheus text of one server; only `/predict` counts."""
    requests = errors = 0.0
    buckets: dict[str, float] = {}
    for line in text.splitlines():
        found = _LINE.match(line)
        if found is None:
            continue
        labels = dict(_LABEL.findall(found[2] or ""))
        value = _number(found[3])
        if found[1] == "modelyard_requests_total" and "predict" in labels.get("route", "predict"):
            requests += value
            errors += value * labels.get("status", "").startswith(str(_SERVER_ERROR))
        elif found[1] == "modelyard_request_seconds_bucket" and "le" in labels:
            bound = labels["le"].replace("+Inf", "inf")
            buckets[bound] = buckets.get(bound, 0.0) + value
    return Totals(requests=requests, errors=errors, buckets=buckets)


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        return 0.0
    return number if isfinite(number) else 0.0


def _scrape(url: str, token: str) -> Totals | str:
    """Return what a server tells, or why it does not."""
    address = url if url.rstrip("/").endswith("/metrics") else f"{url.rstrip('/')}/metrics"
    try:
        text = get(address, timeout_s=_TIMEOUT_S, token=token).decode("utf-8", "replace")
    except ModelyardError as error:
        return error.message
    # as zeros, the page of a balancer would make the next look count everything since the servers began
    return read(text) if "modelyard_" in text else f"{address} has no metric of a server of modelyard."


def _remembered(store: Store) -> Servers:
    data = store.get(KEY)
    try:
        return Servers() if data is None else Servers.model_validate_json(data)
    except ValidationError:
        return Servers()
