"""Simulates the servers of a release, and walks it as the judge says: fast enough for hundreds of seeds."""

from dataclasses import dataclass

import numpy as np

from modelyard.config.release import Release as Config
from modelyard.release.counts import Counts, Histogram, Process, Snapshot
from modelyard.release.judge import Answers, Reference, judge
from modelyard.routing.document import Ref
from modelyard.routing.release import Release
from modelyard.serving.metrics import BOUNDS

FINE = tuple(round(0.00005 * 2 ** (i / 3), 7) for i in range(54))
STEPS = (5.0, 25.0, 50.0, 100.0)
LOOK_S = 2.0
_OUT = range(2, 7)  # looks at 100 % during which nothing answers


@dataclass(frozen=True)
class Kind:
    """What a challenger does, and what its champion does.

    Attributes:
        errors: Rate of failing requests, of the challenger and of the champion.
        slower: Factor on the time of the model.
        leak: Bytes that a request leaves behind.
        constant, nan, differing: Of the served answers; `nan` and `differing` are rates.
        golden: Rows of golden.parquet that differ.
        burst: Part of the requests that fail, of both, for two seconds of the first step.
        outage: Part of the requests that fail on both, the fallback too, for ten seconds of the step at 100 %.
    """

    errors: tuple[float, float] = (0.001, 0.001)
    slower: float = 1.0
    leak: float = 0.0
    constant: bool = False
    nan: float = 0.0
    differing: float = 0.0
    golden: int = 0
    burst: float = 0.0
    outage: float = 0.0
    median_s: float = 0.0004


BROKEN = {
    "raises on 2 % of rows": Kind(errors=(0.02, 0.0)),
    "raises on 2 % of rows, champion fails on 0.5 %": Kind(errors=(0.025, 0.005)),
    "3 x slower": Kind(slower=3.0),
    "2 x slower": Kind(slower=2.0),
    "constant output": Kind(constant=True),
    "NaN on 5 % of rows, answered": Kind(nan=0.05),
    "NaN on 5 % of rows, rescued by a fallback": Kind(errors=(0.05, 0.0)),
    "wrong class order in the bundle": Kind(golden=200),
    "wrong class order when served": Kind(differing=1.0),
    "grows by 50 KiB a request": Kind(leak=50 * 1024),
}
GOOD = {
    "equal": Kind(),
    "equal, without errors": Kind(errors=(0.0, 0.0)),
    "equal, both fail on 1 %": Kind(errors=(0.01, 0.01)),
    "1.15 x slower": Kind(slower=1.15),
    "equal, an outage hits both while both answer": Kind(burst=0.3),
    "equal, an outage hits both at 100 %": Kind(outage=0.5),
}


@dataclass(frozen=True)
class Walked:
    """How a release ended: state, rows of the challenger until then, why, and the last checks."""

    state: str
    rows: int
    reason: str
    step: int


class Servers:
    """Counters of simulated servers."""

    def __init__(self, kind, seed, bounds=BOUNDS):
        self.kind, self.random, self.bounds = kind, np.random.default_rng(seed), np.array(bounds)
        self.at, self.totals, self.answers = 1_000.0, {}, Answers(golden_differing=kind.golden)
        self.rss = 180e6
        self.outage = self.random.integers(3, 40) if kind.burst else -1
        self.looks = self.alone = 0

    def serve(self, requests, share):
        self.at += LOOK_S
        self.looks += 1
        burst = self.kind.burst if self.looks == self.outage else 0.0
        challenger = int(self.random.binomial(requests, share))
        self._count("challenger/2", challenger, max(self.kind.errors[0], burst), self.kind.slower)
        self._count("champion/1", requests - challenger, max(self.kind.errors[1], burst), 1.0)
        self.alone += share == 1.0
        if self.alone in _OUT:
            self._fail_on_both(int(self.random.binomial(challenger, self.kind.outage)))
        self.rss += self.kind.leak * challenger + self.random.normal(0, 2e5)
        self._answer(challenger)

    def _count(self, key, n, rate, slower):
        failed = int(self.random.binomial(n, rate))
        seconds = self.kind.median_s * slower * self.random.lognormal(0, 0.35, n)
        seconds[self.random.random(n) < 0.005] *= 6
        whole = seconds + self.random.gamma(4, 0.0001, n)
        new = Counts(
            requests=n, failures=failed, rows=n - failed, scorer=self._bins(seconds), request=self._bins(whole)
        )
        self.totals[key] = self.totals.get(key, Counts()).plus(new)

    def _fail_on_both(self, n):
        """Count requests on which the challenger failed, and then the champion: they were answered with 500."""
        for key, new in (("challenger/2", Counts(failures=n, errors=n)), ("champion/1", Counts(failures=n))):
            self.totals[key] = self.totals[key].plus(new)

    def _bins(self, seconds):
        places = np.searchsorted(self.bounds, seconds)
        counts = np.bincount(places, minlength=len(self.bounds) + 1)
        return Histogram(bounds=tuple(self.bounds), counts=tuple(counts.tolist()))

    def _answer(self, n):
        now, kind = self.answers, self.kind
        bad = int(self.random.binomial(n, kind.nan))
        self.answers = now.model_copy(
            update={
                "compared": now.compared + n - bad,
                "not_finite": now.not_finite + bad,
                "differing": now.differing + int(self.random.binomial(n - bad, kind.differing)),
                "distinct": 1 if kind.constant else 8,
                "varied": 8,
            }
        )

    def read(self):
        process = Process(since=0.0, rss_bytes=int(self.rss), ready_at={"2": self.at, "1": self.at})
        return Snapshot(at=self.at, counts=dict(self.totals), processes={"one": process})


def running(step=0, steps=STEPS, **more):
    return Release(
        id="tried",
        state="running",
        challenger=Ref(version=2, sha256="b" * 64),
        champion=Ref(version=1, sha256="a" * 64),
        steps=steps,
        step=step,
        lease_s=30,
        started="2026-01-01T00:00:00+00:00",
        step_since="2026-01-01T00:00:00+00:00",
        **{"hold_s": 10.0, **more},
    )


def walk(kind, seed, requests=500, bounds=BOUNDS, steps=STEPS, config=None):
    """Walk a release to its end."""
    config = config or Config(hold_s=10)
    servers = Servers(kind, seed, bounds)
    servers.serve(requests, 0.0)
    start = servers.read()
    for step, percent in enumerate(steps):
        release, before = running(step, steps), servers.read()
        while True:
            servers.serve(requests, percent / 100)
            verdict = judge(
                before,
                servers.read(),
                servers.answers,
                None,
                config,
                Reference(p99_ms=50.0),
                release=release,
                start=start,
            )
            rows = servers.totals["challenger/2"].requests
            if verdict.state == "roll_back" or verdict.ends:
                ended = "rolled back" if verdict.state == "roll_back" else "no verdict"
                return Walked(ended, rows, verdict.reason, step)
            if verdict.state == "advance":
                break
    return Walked("promoted", rows, "", len(steps))
