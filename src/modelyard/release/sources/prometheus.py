"""Reads the servers' counters from Prometheus: their present values, and when each server was scraped."""

import json
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

from modelyard.errors import OutsideError
from modelyard.release.counts import CHAMPION, Snapshot
from modelyard.release.sources.http import get
from modelyard.release.sources.reading import Of, Reading, reading
from modelyard.release.sources.signed import Signer
from modelyard.release.sources.tally import Tally
from modelyard.release.sources.text import Sample

_NAMES = "modelyard_.+|process_resident_memory_bytes|process_start_time_seconds"
_RECENT = "5m"  # a rate needs two scrapes, which may be a minute apart, and one of them may have failed
_HINT = "See `release.prometheus` in modelyard.yaml, and whether Prometheus scrapes the servers."


_Series = tuple[str, Sample]
"""Where a value was scraped, as `job/instance`, and the value."""


class Prometheus:
    """The HTTP API of a Prometheus that scrapes the servers.

    Raw counters are read and added up here: `increase()` extrapolates, and a test counts whole events.
    """

    def __init__(  # noqa: PLR0913 - each is a part of the question
        self,
        url: str,
        *,
        selector: str = "",
        timeout_s: float = 10.0,
        token: str = "",
        of: Of | None = None,
        signer: Signer | None = None,
    ) -> None:
        """Take the address, and what else to ask for: `selector` is 'cluster="eu"', `of` a project's environment.

        `signer` signs the questions where AWS runs the Prometheus.
        """
        more = f",{selector}" if selector else ""
        self._values = f'{{__name__=~"{_NAMES}"{more}}}'
        self._times = f'timestamp({{__name__="modelyard_ready"{more}}})'
        self._rates = f'rate(modelyard_predictions_total{{role="{CHAMPION}"{more}}}[{_RECENT}])'
        self._url, self._shown = f"{url.rstrip('/')}/api/v1/query", url
        self._timeout_s, self._token, self._of = timeout_s, token, of
        self._signer = signer
        self._tally = Tally()
        self._names: dict[tuple[str, str], str] = {}  # instance and start of a process -> what it is called here

    def read(self) -> Snapshot:
        """Read the newest scrape of each server.

        Raises:
            OutsideError: No answer, an error, or no series of a server.
        """
        times, _ = self._asked(self._times)  # first: the values are as new as this says, or newer
        series, warnings = self._asked(self._values)
        scraped = _oldest(times)
        by_server = _by_server(series)
        # one Prometheus scrapes the servers of many projects and environments
        read = {name: replace(reading(each), scraped=scraped.get(name)) for name, each in by_server.items()}
        found = {name: one for name, one in read.items() if None in (self._of, one.of) or one.of == self._of}
        if not found:
            others = " of this project and environment" if by_server else ""
            raise OutsideError(
                f"Prometheus at {self._shown} has no series of a server{others}.", _HINT, code="no_metrics"
            )
        at = time.time()
        for name, one in self._once(found).items():
            self._tally.add(name, one, at)
        partial = tuple(f"Prometheus warns: {text}" for text in warnings)
        return self._tally.snapshot(at, partial)

    def traffic(self) -> float:
        """Return the rows a second of the last minutes: two readings of one scrape would say that there are none.

        Raises:
            OutsideError: As `read`.
        """
        ours = self.read().processes
        rates: dict[tuple[str, str], float] = {}
        for where, sample in self._asked(self._rates)[0]:
            key = where, sample.labels.get("version", "")
            rates[key] = max(sample.value, rates.get(key, 0.0))  # another Prometheus may have scraped it too
        return sum(rate for (where, _), rate in rates.items() if where in ours)

    def _once(self, found: dict[str, Reading]) -> dict[str, Reading]:
        """Count a process that several jobs scrape once, by the name under which it was met first."""
        kept: dict[str, Reading] = {}
        for where, one in sorted(found.items()):
            process = where.rpartition("/")[2], one.born
            kept.setdefault(self._names.setdefault(process, where) if one.born else where, one)
        return kept

    def _asked(self, query: str) -> tuple[list[_Series], list[str]]:
        """Return the series of an answer, each with where it was scraped, and the warnings."""
        # as a signature spells it: a space is no plus there
        url = f"{self._url}?{urlencode({'query': query}, quote_via=quote)}"
        signed = self._signer.headers(url) if self._signer else None
        body = get(url, timeout_s=self._timeout_s, token=self._token, headers=signed)
        try:
            answer = json.loads(body)
            if answer["status"] == "success" and answer["data"]["resultType"] == "vector":
                return [_series(each) for each in answer["data"]["result"]], list(answer.get("warnings") or [])
            said = str(answer.get("error", ""))[:200]
        except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError) as error:
            said = type(error).__name__
        raise OutsideError(
            f"{self._shown} did not answer as Prometheus does{said and f': {said}'}.", _HINT, code="no_metrics"
        )


def _series(found: dict[str, Any]) -> _Series:
    labels = dict(found["metric"])
    where = f"{labels.get('job', '')}/{labels.get('instance', '')}".strip("/")
    return where, Sample(labels.pop("__name__", ""), labels, float(found["value"][1]))


def _by_server(series: Iterable[_Series]) -> dict[str, list[Sample]]:
    """Group by job and instance; what has no series of modelyard is some other process."""
    found: dict[str, list[Sample]] = defaultdict(list)
    for where, sample in series:
        found[where].append(sample)
    ours = {where: kept for where, kept in found.items() if any(s.name.startswith("modelyard_") for s in kept)}
    return {where: _of_one_replica(kept) for where, kept in ours.items()}


def _oldest(times: Iterable[_Series]) -> dict[str, float]:
    found: dict[str, float] = {}
    for where, sample in times:
        found[where] = min(sample.value, found.get(where, sample.value))
    return found


def _of_one_replica(samples: list[Sample]) -> list[Sample]:
    """Leave out what a second Prometheus scraped from the same server, which only an external label tells apart.

    The start of a process has no label of its own: what it has, all series of its replica have.
    """
    starts = [sample.labels for sample in samples if sample.name == "process_start_time_seconds"]
    if len(starts) < 2:
        return samples
    first = min(starts, key=lambda labels: sorted(labels.items()))
    return [sample for sample in samples if first.items() <= sample.labels.items()]
