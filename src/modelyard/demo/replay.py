"""Plays the year back: the flights of an hour as one request, or one by one, in the order of time."""

import threading
from collections.abc import Callable, Iterator
from itertools import groupby
from operator import itemgetter

import polars as pl

from modelyard.demo.flights import TARGET, TIME
from modelyard.demo.server import Client
from modelyard.errors import OutcomeError

_THREADS = 2
_OK = 200


def by_hour(flights: pl.DataFrame, port: int, told: Callable[[int, int], None]) -> pl.DataFrame:
    """Ask about the flights, all of an hour at once; return their outcomes: request_id, row, time and target.

    Args:
        flights: In order of time.
        port: Of the server.
        told: How many hours are answered, and how many there are.

    Raises:
        OutcomeError: A request was refused.
    """
    asked = flights.select(
        pl.col(TIME).dt.strftime("%Y-%m-%dT%H").alias("request_id"), pl.int_range(pl.len()).over(TIME).alias("row"),
        TIME, TARGET,
    )  # fmt: skip
    requests = asked.get_column("request_id")
    client, of = Client(port), requests.n_unique()
    for number, (request, rows) in enumerate(groupby(zip(requests, _json(flights), strict=True), itemgetter(0)), 1):
        body = b",".join(row for _, row in rows)
        _check(client.predict(b'{"rows":[%s]}' % body, request), request)
        told(number, of)
    client.close()
    return asked.filter(pl.col(TARGET).is_not_null())


def _check(status: int, request: str) -> None:
    if status != _OK:
        raise OutcomeError(f"The server answered {status} to the flights of {request}.", code="replay_refused")


def _json(flights: pl.DataFrame) -> list[bytes]:
    """Write what is known before a flight leaves, an object for each; never the outcome."""
    known = flights.drop(TARGET).with_columns(pl.col(TIME).dt.strftime("%Y-%m-%dT%H:%M:%S"))
    return known.write_ndjson().encode().splitlines()


class Traffic:
    """Sends flights one by one for as long as the body of the `with` runs, over and over."""

    def __init__(self, flights: pl.DataFrame, port: int) -> None:
        self.sent = 0
        self.failed = 0
        self._port = port
        self._requests = self._endless(flights)
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._send, daemon=True) for _ in range(_THREADS)]

    def __enter__(self) -> "Traffic":
        """Begin to send."""
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End; what is under way is answered."""
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def _endless(self, flights: pl.DataFrame) -> Iterator[tuple[str, bytes]]:
        bodies = _json(flights)
        lap = 0
        while True:
            lap += 1
            for number, body in enumerate(bodies):
                yield f"{lap}-{number}", body

    def _send(self) -> None:
        client = Client(self._port)
        while not self._stopped.is_set():
            with self._lock:
                request, body = next(self._requests)
            status = client.predict(body, request)
            with self._lock:
                self.sent += 1
                self.failed += status != _OK
        client.close()
