"""Counts what is answered, by version and role, and prints it in the Prometheus text format."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import accumulate

_BOUNDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
_SERVER_ERROR = 500

Labels = tuple[str, str]
"""Version and role; both empty where no version answered."""

NOBODY: Labels = ("", "")


class Metrics:
    """The counters of one process; written on the event loop only, so nothing is locked."""

    def __init__(self) -> None:
        self._requests: dict[tuple[str, int, Labels], int] = defaultdict(int)
        self._predictions: dict[Labels, int] = defaultdict(int)
        self._latency: dict[Labels, list[int]] = defaultdict(lambda: [0] * (len(_BOUNDS) + 1))
        self._seconds: dict[Labels, float] = defaultdict(float)

    def request(self, route: str, status: int, labels: Labels = NOBODY) -> None:
        """Count an answered request."""
        self._requests[route, status, labels] += 1

    def prediction(self, labels: Labels, rows: int, seconds: float) -> None:
        """Count the rows of a prediction, and the time from the request's first byte to its answer."""
        self._predictions[labels] += rows
        self._latency[labels][bisect_left(_BOUNDS, seconds)] += 1
        self._seconds[labels] += seconds

    def text(self, follower: Mapping[str, int]) -> str:
        """Return all metrics; `follower` holds counters that another thread keeps."""
        lines = [*self._counters(), *self._histogram()]
        for name, value in follower.items():
            lines += [f"# TYPE modelyard_{name} counter", f"modelyard_{name} {value}"]
        return "\n".join(lines) + "\n"

    def _counters(self) -> Iterable[str]:
        requests = sorted(self._requests.items())
        errors: dict[tuple[str, Labels], int] = defaultdict(int)
        yield "# HELP modelyard_requests_total Answered requests."
        yield "# TYPE modelyard_requests_total counter"
        for (route, status, labels), count in requests:
            yield f"modelyard_requests_total{{{_labels(labels, route=route, status=str(status))}}} {count}"
            errors[route, labels] += count * (status >= _SERVER_ERROR)
        yield "# HELP modelyard_errors_total Requests answered with a status of 500 or above."
        yield "# TYPE modelyard_errors_total counter"
        for (route, labels), count in errors.items():
            yield f"modelyard_errors_total{{{_labels(labels, route=route)}}} {count}"
        yield "# HELP modelyard_predictions_total Predicted rows."
        yield "# TYPE modelyard_predictions_total counter"
        for labels, count in sorted(self._predictions.items()):
            yield f"modelyard_predictions_total{{{_labels(labels)}}} {count}"

    def _histogram(self) -> Iterable[str]:
        yield "# HELP modelyard_request_seconds Time to answer a prediction request."
        yield "# TYPE modelyard_request_seconds histogram"
        for labels, counts in sorted(self._latency.items()):
            bounds = [*map(str, _BOUNDS), "+Inf"]
            for bound, count in zip(bounds, accumulate(counts), strict=True):
                yield f"modelyard_request_seconds_bucket{{{_labels(labels, le=bound)}}} {count}"
            yield f"modelyard_request_seconds_sum{{{_labels(labels)}}} {self._seconds[labels]:.6f}"
            yield f"modelyard_request_seconds_count{{{_labels(labels)}}} {sum(counts)}"


def _labels(labels: Labels, **more: str) -> str:
    version, role = labels
    return ",".join(f'{name}="{value}"' for name, value in {**more, "version": version, "role": role}.items())
