"""Walks releases of broken and good challengers over many seeds; counts false alarms, misses, rows until the end."""

import os
import statistics
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "release"))

import simulated

from modelyard.release.sequential import Sample, above, conclusive, no_worse, worse

pytestmark = pytest.mark.campaign

SEEDS = int(os.environ.get("CAMPAIGN_SEEDS", "300"))
ALPHA = 0.05
KINDS = (("misses", simulated.BROKEN), ("false_alarms", simulated.GOOD))


@pytest.fixture(scope="module", autouse=True)
def counted(results):
    """Adds up the false alarms and the misses."""
    results |= {"seeds": SEEDS, "challengers": {}, "peeking": {}}
    yield
    for kind, names in KINDS:
        results[kind] = sum(results["challengers"].get(name, {}).get("wrong", 0) for name in names)
    print(f"\n{SEEDS} seeds, {', '.join(f'{results[kind]} {kind}' for kind, _ in KINDS)}")  # noqa: T201 - as below


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
