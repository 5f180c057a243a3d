"""A short load: requests are due at a fixed rate, whatever became of those before (an open loop).

A closed loop asks less while a server is stuck and so leaves out what it should find (coordinated omission). Here the
time of an answer counts from when its request was due, also while it waits for a free connection.
"""

import json
import math
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from modelyard.smoke.client import Client, UnansweredError
from modelyard.smoke.results import Check

CONNECTIONS = 4


@dataclass(frozen=True)
class Load:
    """What came of it.

    Attributes:
        asked: How many requests were due.
        seconds: From the first one to the last answer, at least as long as asked for.
        waited_s: Of each request, ascending; for one without an answer the time it was waited for.
        problems: What went wrong, and how often.
    """

    asked: int
    seconds: float
    waited_s: tuple[float, ...]
    problems: Mapping[str, int]

    @classmethod
    def of(  # noqa: PLR0913 - all of it makes one load
        cls,
        url: str,
        token: str,
        rows: Sequence[Mapping[str, Any]],
        seconds: float,
        rate: float,
        connections: int,
        timeout_s: float,
    ) -> Self:
        """Ask for so many seconds; ends within twice the time limit of an answer after that."""
        bodies = [json.dumps({"rows": [row]}).encode() for row in rows]
        run = _Run(bodies, max(1, math.ceil(seconds * rate)), rate, timeout_s)
        clients = [Client(url, timeout_s, token) for _ in range(connections)]
        run.warm(clients)
        threads = [threading.Thread(target=run.work, args=(client,), daemon=True) for client in clients]
        run.start = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = max(seconds, time.perf_counter() - run.start)
        return cls(run.total, took, tuple(sorted(run.waited)), dict(run.problems))

    @property
    def failed(self) -> int:
        """Return how many requests got no right answer."""
        return sum(self.problems.values())

    @property
    def rps(self) -> float:
        """Return right answers per second."""
        return round((self.asked - self.failed) / self.seconds, 2)

    def percentile_ms(self, percent: float) -> float:
        """Return the nearest rank, in milliseconds."""
        place = max(0, math.ceil(len(self.waited_s) * percent / 100) - 1)
        return round(self.waited_s[place] * 1000, 3)


def judged(load: Load, tolerance: float, limit_ms: float | None) -> list[Check]:
    """Return the checks of a load: the share of errors, and the p99 where the configuration limits it."""
    told = ", ".join(f"{count} x {what}" for what, count in load.problems.items())
    found = f"{load.failed} of {load.asked}" + (f" ({told})" if told else "")
    share = Check(
        name="errors",
        passed=load.failed <= tolerance * load.asked,
        found=found,
        need=f"at most {100 * tolerance:g} % (release.error_tolerance)",
    )
    p99 = load.percentile_ms(99)
    need = "no limit (release.p99_ms, gate.latency_ms)" if limit_ms is None else f"at most {limit_ms:g} ms"
    return [
        share,
        Check(name="p99", passed=None if limit_ms is None else p99 <= limit_ms, found=f"{p99:g} ms", need=need),
    ]


@dataclass
class _Run:
    bodies: list[bytes]
    total: int
    rate: float
    timeout_s: float
    start: float = 0.0
    waited: list[float] = field(default_factory=list)
    problems: Counter[str] = field(default_factory=Counter)
    _next: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def warm(self, clients: Sequence[Client]) -> None:
        """Open the connections, so that no handshake is timed; what is wrong shows later."""
        for client in clients:
            _asked(client, self.bodies[0])

    def work(self, client: Client) -> None:
        """Send what is due next, until nothing is."""
        with client:
            while (number := self._taken()) is not None:
                due = self.start + number / self.rate
                time.sleep(max(0.0, due - time.perf_counter()))
                problem = self._sent(client, number)
                self._told(time.perf_counter() - due, problem)

    def _sent(self, client: Client, number: int) -> str:
        too_late = self.start + self.total / self.rate + self.timeout_s
        if time.perf_counter() > too_late:
            return "never sent, all connections waited"
        return _asked(client, self.bodies[number % len(self.bodies)])

    def _taken(self) -> int | None:
        with self._lock:
            number, self._next = self._next, self._next + 1
        return number if number < self.total else None

    def _told(self, waited: float, problem: str) -> None:
        with self._lock:
            self.waited.append(waited)
            if problem:
                self.problems[problem] += 1


def _asked(client: Client, body: bytes) -> str:
    """Return what is wrong with the answer."""
    try:
        answer = client.ask("POST", "/predict", body)
    except UnansweredError as error:
        return str(error)
    said = answer.json()
    if answer.status != 200:
        return answer.words()
    if not isinstance(said, dict) or not isinstance(said.get("predictions"), list) or len(said["predictions"]) != 1:
        return f"{answer.words()} without one prediction"
    return ""
