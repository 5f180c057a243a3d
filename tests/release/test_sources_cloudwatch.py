import builtins
import time
from datetime import UTC, datetime

import boto3
import pytest
from moto.cloudwatch.models import Statistics

from modelyard.errors import OutsideError
from modelyard.release.sources import CloudWatch
from modelyard.release.sources.reading import histogram

WHERE = {"project": "churn", "env": "prod"}


@pytest.fixture
def cloud(aws, monkeypatch):
    monkeypatch.setattr(Statistics, "get_statistics_for_type", _with_trimmed_counts(Statistics.get_statistics_for_type))
    return boto3.client("cloudwatch")


def _with_trimmed_counts(known):
    """The stand-in of AWS knows no trimmed counts: add them."""

    def statistic(self, name):
        if not name.startswith("TC(:"):
            return known(self, name)
        return float(sum(one.value <= float(name[4:-1]) for one in self.metric_data))

    return statistic


def put(client, role, version, requests, errors, latencies=(), project="churn", unanswered=0):
    named = {"project": project, "env": "prod", "version": version, "role": role}
    dimensions = [{"Name": name, "Value": value} for name, value in named.items()]
    at = datetime.now(UTC)
    values = [("requests", requests), ("errors", errors), *(("latency_ms", ms) for ms in latencies)]
    values += [("unanswered", unanswered)] if unanswered else []
    data = [{"MetricName": n, "Dimensions": dimensions, "Value": v, "Timestamp": at} for n, v in values]
    client.put_metric_data(Namespace="Modelyard", MetricData=data)


def test_requests_and_errors_are_summed_by_role_and_version(cloud):
    put(cloud, "challenger", "2", 10, 1, [1.0, 2.0])
    put(cloud, "challenger", "2", 5, 2)
    put(cloud, "champion", "1", 90, 0)
    put(cloud, "champion", "1", 999, 0, project="other")
    found = CloudWatch("Modelyard", dimensions=WHERE, since=time.time() - 120).read()
    one, other = found.of(["challenger"]), found.of(["champion"])
    assert (one.requests, one.failed, one.rows, one.request.total) == (15, 3, 15, 2)
    assert (one.request.above(0.001), one.request.above(0.002)) == (1, 0)
    assert (other.requests, other.failed, one.shared) == (90, 0, 0)
    assert found.problems == ()


def test_requests_that_nobody_answered_are_told_from_those_the_champion_rescued(cloud):
    put(cloud, "challenger", "2", 100, 9, unanswered=2)
    put(cloud, "challenger", "2", 100, 1)
    one = CloudWatch("Modelyard", dimensions=WHERE, since=time.time() - 120).read().of(["challenger"])
    assert (one.failed, one.shared) == (10, 2)


def test_counts_only_grow(cloud):
    put(cloud, "challenger", "2", 10, 0)
    source = CloudWatch("Modelyard", dimensions=WHERE, since=time.time() - 120)
    first = source.read()
    put(cloud, "challenger", "2", 4, 1)
    gained = source.read().of(["challenger"]).plus(first.of(["challenger"]), -1)
    assert (gained.requests, gained.failed) == (4, 1)


def test_the_traffic_is_that_of_the_last_minutes(cloud):
    put(cloud, "champion", "1", 600, 0)
    put(cloud, "challenger", "2", 600, 0)
    now = CloudWatch("Modelyard", dimensions=WHERE)
    assert 600 / 361 < now.traffic() <= 600 / 299


def test_an_empty_namespace_is_an_error(cloud):
    with pytest.raises(OutsideError, match="no metric of a server in 'Elsewhere'"):
        CloudWatch("Elsewhere").read()


def test_an_unreachable_endpoint_is_an_error(cloud, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(OutsideError, match="CloudWatch could not be read") as error:
        CloudWatch("Modelyard", timeout_s=0.2).read()
    assert error.value.exit_code == 3


def test_without_boto3_it_says_what_to_install(monkeypatch):
    real = builtins.__import__

    def missing(name, *args, **more):
        if name == "boto3":
            raise ImportError(name)
        return real(name, *args, **more)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(OutsideError, match="needs boto3") as error:
        CloudWatch("Modelyard")
    assert error.value.hint == "pip install boto3"


class Replies:
    """The pages of a client whose answers the stand-in of AWS cannot give."""

    def __init__(self, pages):
        self.pages = {"get_metric_data": pages, "list_metrics": [{"Metrics": [self._metric()]}]}

    @staticmethod
    def _metric():
        return {"Dimensions": [{"Name": "role", "Value": "challenger"}, {"Name": "version", "Value": "2"}]}

    def get_paginator(self, name, /):
        pages = self.pages[name]

        class Pages:
            def paginate(self, **request):
                yield from (page(request) if callable(page) else page for page in pages)

        return Pages()


def bounded(request):
    """Answer as CloudWatch does for ten requests of 2.5 ms each: TC(:b) counts those up to b."""
    results = []
    for query in request["MetricDataQueries"]:
        name, statistic = query["MetricStat"]["Metric"]["MetricName"], query["MetricStat"]["Stat"]
        bound = float(statistic[4:-1]) if statistic.startswith("TC") else 1e9
        value = (
            10.0 * (bound >= 2.5)
            if name == "latency_ms"
            else {"requests": 10.0, "errors": 1.0, "unanswered": 0.0}[name]
        )
        results.append({"Id": query["Id"], "Values": [value], "StatusCode": "Complete"})
    return {"MetricDataResults": results}


def test_trimmed_counts_become_a_histogram():
    one = CloudWatch("Modelyard", client=Replies([bounded])).read().of(["challenger"])
    assert (one.scorer.total, one.scorer.quantile(0.99), one.scorer.above(0.002), one.scorer.above(0.003)) == (
        10,
        0.003,
        10,
        0,
    )


def test_a_partial_result_holds_and_one_that_goes_on_does_not():
    partial = {"Id": "q0", "Values": [1.0], "StatusCode": "PartialData"}
    alone = CloudWatch("Modelyard", client=Replies([{"MetricDataResults": [partial]}])).read()
    assert alone.problems == ("CloudWatch has only a part of requests of challenger/2",)
    more = [
        {"MetricDataResults": [partial], "NextToken": "x"},
        {"MetricDataResults": [{**partial, "StatusCode": "Complete"}]},
    ]
    whole = CloudWatch("Modelyard", client=Replies(more)).read()
    assert (whole.problems, whole.of(["challenger"]).requests) == ((), 2)


@pytest.mark.parametrize("status", ["InternalError", "Forbidden"])
def test_a_refused_metric_is_an_error(status):
    refused = {"MetricDataResults": [{"Id": "q1", "Values": [], "StatusCode": status}]}
    with pytest.raises(OutsideError, match=f"refused errors of challenger/2: {status}"):
        CloudWatch("Modelyard", client=Replies([refused])).read()


def test_a_histogram_is_made_of_what_lies_up_to_each_bound():
    found = histogram({0.001: 3.0, 0.01: 5.0, float("inf"): 6.0})
    assert (found.bounds, found.counts) == ((0.001, 0.01), (3, 2, 1))
