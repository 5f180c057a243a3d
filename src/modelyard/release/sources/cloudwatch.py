"""Reads what the servers emit to CloudWatch: requests, errors and latency by version and role.

It has no counter of rows, memory or loaded versions, and one latency, which stands for both the request's
and the model's own time; the checks of what it lacks say so.
"""

import os
import time
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from math import inf
from typing import Any, NamedTuple, Protocol

from modelyard.errors import OutsideError
from modelyard.release.counts import CHAMPION, Counts, Snapshot
from modelyard.release.sources.reading import histogram

_PERIOD_S = 60
_RECENT_S = 300  # what the servers emit arrives a minute or two late
_QUERIES = 500  # in one call of GetMetricData
_BOUNDS_MS = (0.5, 1.0, 1.5, 2.0, 3.0, 5.0, 7.5, 10.0, 15.0, 20.0, 30.0, 50.0, 75.0, 100.0, 200.0, 500.0, 1000.0)
_HINT = "See `release.cloudwatch` in modelyard.yaml, the region, and the right to call cloudwatch:GetMetricData."


class _Wanted(NamedTuple):
    """One statistic of one metric of one role and version; `bound` in ms where it counts durations up to it."""

    key: str
    metric: str
    statistic: str
    bound: float | None = None


class Pages(Protocol):
    """A paginator of boto3."""

    def paginate(self, **request: object) -> Iterable[dict[str, Any]]: ...  # noqa: D102


class Client(Protocol):
    """What is needed of a client of boto3."""

    def get_paginator(self, operation_name: str, /) -> Pages: ...  # noqa: D102


class CloudWatch:
    """A namespace of CloudWatch; counts begin with the minute in which this was made."""

    def __init__(
        self,
        namespace: str,
        *,
        dimensions: Mapping[str, str] | None = None,
        timeout_s: float = 10.0,
        client: Client | None = None,
        since: float | None = None,
    ) -> None:
        """Take the namespace, and the dimensions (`project`, `env`) that its metrics must have."""
        self._namespace = namespace
        self._dimensions = dict(dimensions or {})
        self._client = client or _client(timeout_s)
        self._since = (since or time.time()) // _PERIOD_S * _PERIOD_S

    def read(self) -> Snapshot:
        """Read all minutes since the beginning; the newest may still be incomplete, and counts next time.

        Raises:
            OutsideError: No answer, a refusal, or no metric in the namespace.
        """
        with _speaking():
            found = self._series()
        if not found:
            raise OutsideError(
                f"CloudWatch has no metric of a server in {self._namespace!r}.", _HINT, code="no_metrics"
            )
        wanted = [query for key in found for query in _wanted(key)]
        at = time.time()
        totals: dict[_Wanted, float] = {}
        problems: list[str] = []
        for first in range(0, len(wanted), _QUERIES):
            with _speaking():
                sums, partial = self._sums(wanted[first : first + _QUERIES], found, at)
            totals |= sums
            problems += partial
        return Snapshot(at=at, counts={key: _counts(key, totals) for key in found}, problems=tuple(problems))

    def traffic(self) -> float:
        """Return the requests a second of the last minutes.

        Raises:
            OutsideError: As `read`.
        """
        recent = CloudWatch(
            self._namespace, dimensions=self._dimensions, client=self._client, since=time.time() - _RECENT_S
        )
        found = recent.read()
        return found.of([CHAMPION]).rows / (found.at - recent._since)

    def _series(self) -> dict[str, list[dict[str, str]]]:
        """Return role/version -> dimensions of its metrics."""
        wanted = [{"Name": name, "Value": value} for name, value in self._dimensions.items()]
        pages = self._client.get_paginator("list_metrics").paginate(
            Namespace=self._namespace, MetricName="requests", Dimensions=wanted
        )
        found = {}
        for metric in (metric for page in pages for metric in page["Metrics"]):
            labels = {d["Name"]: d["Value"] for d in metric["Dimensions"]}
            if "role" in labels and "version" in labels:
                found[f"{labels['role']}/{labels['version']}"] = metric["Dimensions"]
        return found

    def _sums(
        self, wanted: list[_Wanted], series: Mapping[str, list[dict[str, str]]], at: float
    ) -> tuple[dict[_Wanted, float], list[str]]:
        queries = [self._query(i, one, series[one.key]) for i, one in enumerate(wanted)]
        totals, problems = dict.fromkeys(wanted, 0.0), []
        for result in self._results(queries, at):
            one = wanted[int(result["Id"][1:])]
            totals[one] += sum(value for value in result["Values"] if value is not None)
            problems += _partial(result, one)
        return totals, problems

    def _results(self, queries: list[dict[str, Any]], at: float) -> Iterator[dict[str, Any]]:
        begins, ends = datetime.fromtimestamp(self._since, UTC), datetime.fromtimestamp(at + _PERIOD_S, UTC)
        pages = self._client.get_paginator("get_metric_data").paginate(
            MetricDataQueries=queries, StartTime=begins, EndTime=ends, ScanBy="TimestampAscending"
        )
        page: dict[str, Any] = {}
        for page in pages:
            final = "NextToken" not in page  # until then an unfinished result goes on in the next page
            for result in page["MetricDataResults"]:
                partial = result.get("StatusCode") == "PartialData" and not final
                yield {**result, "StatusCode": "Complete"} if partial else result

    def _query(self, number: int, one: _Wanted, dimensions: list[dict[str, str]]) -> dict[str, Any]:
        metric = {"Namespace": self._namespace, "MetricName": one.metric, "Dimensions": dimensions}
        return {"Id": f"q{number}", "MetricStat": {"Metric": metric, "Period": _PERIOD_S, "Stat": one.statistic}}


@contextmanager
def _speaking() -> Generator[None]:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise OutsideError(f"CloudWatch could not be read: {error}", _HINT, code="no_metrics") from error


def _client(timeout_s: float) -> Client:
    try:
        import boto3
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError
    except ImportError as error:
        raise OutsideError("Reading CloudWatch needs boto3.", "pip install boto3", code="missing_library") from error
    limits = Config(connect_timeout=timeout_s, read_timeout=timeout_s, retries={"mode": "standard", "max_attempts": 3})
    try:
        return boto3.client("cloudwatch", config=limits, region_name=os.environ.get("AWS_REGION") or None)
    except BotoCoreError as error:
        raise OutsideError(f"CloudWatch could not be reached: {error}", _HINT, code="no_metrics") from error


def _wanted(key: str) -> list[_Wanted]:
    durations = [_Wanted(key, "latency_ms", f"TC(:{bound:g})", bound) for bound in _BOUNDS_MS]
    counters = [_Wanted(key, name, "Sum") for name in ("requests", "errors", "unanswered")]
    return [*counters, _Wanted(key, "latency_ms", "SampleCount", inf), *durations]


def _counts(key: str, totals: Mapping[_Wanted, float]) -> Counts:
    mine = {one: total for one, total in totals.items() if one.key == key}
    number = {one.metric: round(total) for one, total in mine.items() if one.bound is None}
    durations = histogram({one.bound / 1000: total for one, total in mine.items() if one.bound is not None})
    return Counts(
        requests=number["requests"],
        errors=number["unanswered"],
        failures=number["errors"],  # whoever answered in the end
        rows=number["requests"],
        scorer=durations,
        request=durations,
    )


def _partial(result: Mapping[str, Any], one: _Wanted) -> list[str]:
    status = result.get("StatusCode", "Complete")
    if status == "Complete":
        return []
    if status == "PartialData":
        return [f"CloudWatch has only a part of {one.metric} of {one.key}"]
    raise OutsideError(f"CloudWatch refused {one.metric} of {one.key}: {status}.", _HINT, code="no_metrics")
