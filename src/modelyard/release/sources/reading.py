"""Turns the samples of one server into counts by role and version."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import inf, isfinite

from modelyard.release.counts import LOAD, Counts, Histogram
from modelyard.release.sources.text import Sample

WANTED = ("modelyard_", "process_resident_memory_bytes", "process_start_time_seconds")
_CLIENT_ERROR, _SERVER_ERROR = 400, 500
_TOTALS = {
    "modelyard_errors_total": "errors",
    "modelyard_predictions_total": "rows",
    "modelyard_scorer_failures_total": "failures",
    "modelyard_load_failures_total": "load_failures",
}
_BUCKETS = {
    "modelyard_scorer_seconds_bucket": "scorer",
    "modelyard_request_seconds_bucket": "request",
    "modelyard_batch_scorer_seconds_bucket": "batch_scorer",
    "modelyard_batch_request_seconds_bucket": "batch_request",
}

Of = tuple[str, str]
"""A project and its environment."""
Numbers = dict[str, dict[str, float]]
Cumulative = dict[str, dict[str, dict[float, float]]]


@dataclass(frozen=True)
class Reading:
    """One server at one moment, since its own start.

    Attributes:
        counts: By role and version.
        born: When it started; empty where it does not say.
        rss_bytes: Of all its workers.
        ready: Version -> whether it is loaded.
        of: Its project and environment; None where it does not say.
        scraped: When it said so (seconds since 1970); None where that is now.
    """

    counts: Mapping[str, Counts] = field(default_factory=dict)
    born: str = ""
    rss_bytes: int | None = None
    ready: Mapping[str, bool] | None = None
    of: Of | None = None
    scraped: float | None = None


def reading(samples: Iterable[Sample]) -> Reading:
    """Sum the samples over everything but role and version, so over workers too."""
    numbers: Numbers = defaultdict(lambda: defaultdict(float))
    buckets: Cumulative = defaultdict(lambda: defaultdict(lambda: defaultdict(float)))
    memory: list[float] = []
    born: list[float] = []
    ready: dict[str, bool] = {}
    of: Of | None = None
    for sample in samples:
        if not isfinite(sample.value):
            continue
        _count(sample, numbers, buckets)
        memory += [sample.value] * (sample.name == "process_resident_memory_bytes")
        born += [sample.value] * (sample.name == "process_start_time_seconds")
        if sample.name == "modelyard_info":
            of = sample.labels.get("project", ""), sample.labels.get("env", "")
        if sample.name == "modelyard_ready" and "version" in sample.labels:
            version = sample.labels["version"]
            ready[version] = ready.get(version, True) and sample.value > 0
    return Reading(
        counts=_counts(numbers, buckets),
        born=str(min(born)) if born else "",
        rss_bytes=int(sum(memory)) if memory else None,
        ready=ready or None,
        of=of,
    )


def _count(sample: Sample, numbers: Numbers, buckets: Cumulative) -> None:
    name, labels = sample.name, sample.labels
    role = LOAD if name == "modelyard_load_failures_total" else labels.get("role", "")
    if not role:
        return
    key = f"{role}/{labels.get('version', '')}"
    if name == "modelyard_requests_total":
        _request(sample, numbers[key])
    elif name in _TOTALS:
        numbers[key][_TOTALS[name]] += sample.value
    elif name in _BUCKETS:
        buckets[key][_BUCKETS[name]][float(labels.get("le", "nan"))] += sample.value


def _request(sample: Sample, numbers: dict[str, float]) -> None:
    """Leave out what the client did wrong: it says nothing about a version, and would hide what does."""
    status = sample.labels.get("status", "")
    code = int(status) if status.isdecimal() else 0
    if _CLIENT_ERROR <= code < _SERVER_ERROR:
        return
    numbers["requests"] += sample.value
    numbers["answered_5xx"] += sample.value * (code >= _SERVER_ERROR)


def _counts(numbers: Numbers, buckets: Cumulative) -> dict[str, Counts]:
    found = {}
    for key in {*numbers, *buckets}:
        whole = {name: round(value) for name, value in numbers.get(key, {}).items()}
        whole["errors"] = max(whole.get("errors", 0), whole.pop("answered_5xx", 0))
        durations = {name: histogram(bins) for name, bins in buckets.get(key, {}).items()}
        found[key] = Counts.model_validate({**whole, **durations})
    return found


def histogram(cumulative: Mapping[float, float]) -> Histogram:
    """Return the histogram whose counts up to and with each bound these are (`inf` is all)."""
    bounds = sorted(bound for bound in cumulative if isfinite(bound))
    upto = [cumulative[bound] for bound in bounds]
    upto.append(max([cumulative.get(inf, 0.0), *upto]))
    steps = [max(0, round(b - a)) for a, b in zip([0.0, *upto], upto, strict=False)]
    return Histogram(bounds=tuple(bounds), counts=tuple(steps))
