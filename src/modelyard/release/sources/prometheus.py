"""Reads the servers' counters from Prometheus, by one query for their present values."""

import json
import time
from collections import defaultdict
from typing import Any
from urllib.parse import urlencode

from modelyard.errors import OutsideError
from modelyard.release.counts import Snapshot
from modelyard.release.sources.http import get
from modelyard.release.sources.reading import reading
from modelyard.release.sources.tally import Tally
from modelyard.release.sources.text import Sample

_NAMES = "modelyard_.+|process_resident_memory_bytes|process_start_time_seconds"
_HINT = "See `release.prometheus` in modelyard.yaml, and whether Prometheus scrapes the servers."


class Prometheus:
    """The HTTP API of a Prometheus that scrapes the servers.

    Raw counters are read and added up here: `increase()` extrapolates, and a test counts whole events.
    """

    def __init__(self, url: str, *, selector: str = "", timeout_s: float = 10.0, token: str = "") -> None:
        """Take the address, and what else to ask for: `selector` is 'project="churn",env="prod"'."""
        more = f",{selector}" if selector else ""
        query = urlencode({"query": f'{{__name__=~"{_NAMES}"{more}}}'})
        self._url = f"{url.rstrip('/')}/api/v1/query?{query}"
        self._shown = url
        self._timeout_s, self._token = timeout_s, token
        self._tally = Tally()

    def read(self) -> Snapshot:
        """Read the newest scrape of each server.

        Raises:
            OutsideError: No answer, an error, or no series of a server.
        """
        by_server, warnings = self._answer(get(self._url, timeout_s=self._timeout_s, token=self._token))
        if not by_server:
            raise OutsideError(f"Prometheus at {self._shown} has no series of a server.", _HINT, code="no_metrics")
        at = time.time()
        for name, found in by_server.items():
            self._tally.add(name, reading(found), at)
        partial = tuple(f"Prometheus warns: {text}" for text in warnings)
        return self._tally.snapshot(at, partial)

    def _answer(self, body: bytes) -> tuple[dict[str, list[Sample]], list[str]]:
        try:
            answer = json.loads(body)
            if answer["status"] == "success" and answer["data"]["resultType"] == "vector":
                return _by_server(answer["data"]["result"]), list(answer.get("warnings") or [])
            said = str(answer.get("error", ""))[:200]
        except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
            said = type(error).__name__
        raise OutsideError(
            f"{self._shown} did not answer as Prometheus does{said and f': {said}'}.", _HINT, code="no_metrics"
        )


def _by_server(result: list[dict[str, Any]]) -> dict[str, list[Sample]]:
    """Group by job and instance; what has no series of modelyard is some other process."""
    found: dict[str, list[Sample]] = defaultdict(list)
    for series in result:
        labels = dict(series["metric"])
        name = labels.pop("__name__", "")
        where = f"{labels.get('job', '')}/{labels.get('instance', '')}".strip("/")
        found[where].append(Sample(name, labels, float(series["value"][1])))
    return {where: kept for where, kept in found.items() if any(s.name.startswith("modelyard_") for s in kept)}
