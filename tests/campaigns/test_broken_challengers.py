"""Walks releases of broken and good challengers over many seeds; counts false alarms, misses, rows until the end."""

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "release"))

import simulated

from modelyard.release.sequential import Sample, above, conclusive, no_worse, worse

pytestmark = pytest.mark.campaign

SEEDS = int(os.environ.get("CAMPAIGN_SEEDS", "300"))
RESULTS = Path(__file__).parent / "results" / "broken_challengers.json"
ALPHA = 0.05
KINDS = (("misses", simulated.BROKEN), ("false_alarms", simulated.GOOD))


@pytest.fixture(scope="module")
def results():
    """Collects what the tests of this file measure, and writes it at the end with the commit it ran on."""
    found = {"commit": _commit(), "seeds": SEEDS, "challengers": {}, "peeking": {}}
    begin = time.process_time()
    yield found
    wrong = {kind: sum(found["challengers"].get(name, {}).get("wrong", 0) for name in names) for kind, names in KINDS}
    found |= {"cpu_seconds": round(time.process_time() - begin), **wrong}
    print(f"\n{SEEDS} seeds, false alarms and misses: {wrong}")  # noqa: T201 - as below
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(found, indent=1) + "\n")


def _commit():
    """Return the commit, with `-dirty` where the judge or these tests are not as it has them."""
    here = Path(__file__).parents[2]
    watched = ["src/modelyard/release", "src/modelyard/serving/metrics.py", "tests/release", "tests/campaigns/*.py"]
    commit = _git(here, "rev-parse", "HEAD")
    return f"{commit}-dirty" if _git(here, "status", "--porcelain", "--", *watched) else commit


def _git(folder, *asked):
    found = subprocess.run(["git", "-C", str(folder), *asked], capture_output=True, text=True, check=False)
    return found.stdout.strip()


def _walked(kind):
    return [simulated.walk(kind, seed) for seed in range(SEEDS)]


def _told(name, walked, wanted):
    ends = {state: sum(w.state == state for w in walked) for state in ("promoted", "rolled back", "no verdict")}
    wrong = SEEDS - ends[wanted]
    rows = sorted(w.rows for w in walked)
    line = {**ends, "wrong": wrong, "median_rows": statistics.median(rows), "rows_95": rows[int(0.95 * (SEEDS - 1))]}
    print(f"{name}: {line}")  # noqa: T201 - false alarms and misses are what it is run for
    return line


@pytest.mark.parametrize("name", simulated.BROKEN)
def test_a_broken_challenger_is_rolled_back_by_itself(results, name):
    walked = _walked(simulated.BROKEN[name])
    line = results["challengers"][name] = _told(name, walked, "rolled back")
    assert line["promoted"] == 0
    assert line["wrong"] <= 0.01 * SEEDS


@pytest.mark.parametrize("name", simulated.GOOD)
def test_a_good_challenger_is_promoted(results, name):
    walked = _walked(simulated.GOOD[name])
    line = results["challengers"][name] = _told(name, walked, "promoted")
    assert line["rolled back"] <= ALPHA * SEEDS
    assert line["wrong"] <= ALPHA * SEEDS


@pytest.mark.parametrize("rate", [0.001, 0.01, 0.1, 0.5])
def test_looking_after_every_single_trial_keeps_the_level(results, rate):
    random, runs, trials = np.random.default_rng(7), 1000, 3000
    alarms = 0
    for _ in range(runs):
        losses = np.cumsum(random.random(trials) < rate)
        alarms += any(conclusive(above(Sample(n, int(k)), rate), ALPHA) for n, k in enumerate(losses, 1))
    results["peeking"][f"one rate, {rate}"] = alarms / runs
    assert alarms <= ALPHA * runs


@pytest.mark.parametrize(("rate", "margin", "share"), [(0.0, 0.002, 0.05), (0.005, 0.002, 0.5), (0.2, 0.02, 0.25)])
def test_comparing_with_the_champion_at_every_look_keeps_the_level(results, rate, margin, share):
    random, runs, looks, requests = np.random.default_rng(7), 500, 200, 100
    alarms = passes = 0
    for _ in range(runs):
        n = np.cumsum(random.binomial(requests, share, looks))
        m = np.arange(1, looks + 1) * requests - n
        one = np.cumsum(random.binomial(np.diff(n, prepend=0), rate + margin))
        other = np.cumsum(random.binomial(np.diff(m, prepend=0), rate))
        pairs = [
            (Sample(*a), Sample(*b)) for a, b in zip(zip(n, one, strict=True), zip(m, other, strict=True), strict=True)
        ]
        alarms += any(conclusive(worse(a, b, margin), ALPHA) for a, b in pairs)
        passes += any(conclusive(no_worse(a, b, margin), ALPHA) for a, b in pairs)
    results["peeking"][f"champion {rate} and {margin} more, share {share}"] = {
        "worse": alarms / runs,
        "no_worse": passes / runs,
    }
    assert max(alarms, passes) <= ALPHA * runs
