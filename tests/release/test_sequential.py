import math

import numpy as np
import pytest
import simulated

from modelyard.release.counts import Histogram
from modelyard.release.latency import slower
from modelyard.release.sequential import Sample, above, below, conclusive, likelihood, mixture, no_worse, worse

ALPHA = 0.05


def test_the_mixture_is_a_probability_of_all_outcomes():
    chances = [math.comb(30, k) * math.exp(mixture(Sample(30, k))) for k in range(31)]
    assert sum(chances) == pytest.approx(1.0)


def test_without_a_trial_nothing_is_evident():
    nothing = Sample(0, 0)
    found = [above(nothing, 0.1), below(nothing, 0.1), worse(nothing, nothing, 0.1), no_worse(nothing, nothing, 0.1)]
    assert found == pytest.approx([0.0] * 4, abs=1e-9)


def test_evidence_divides_by_the_best_mean_that_the_hypothesis_allows():
    one, other = Sample(400, 20), Sample(800, 4)
    means = np.linspace(0, 0.98, 20_001)
    best = max(likelihood(other, m) + likelihood(one, min(one.rate, m + 0.02)) for m in means)
    assert worse(one, other, 0.02) == pytest.approx(mixture(one) + mixture(other) - best, abs=1e-4)


def test_a_large_excess_is_evident_and_a_small_one_within_the_margin_is_not():
    assert conclusive(worse(Sample(500, 10), Sample(5000, 0), 0.002), 0.0025)
    assert not conclusive(worse(Sample(500, 1), Sample(5000, 5), 0.002), 0.0025)
    assert not conclusive(worse(Sample(5000, 0), Sample(500, 10), 0.002), 0.0025)


def test_that_it_is_no_worse_needs_trials():
    assert not conclusive(no_worse(Sample(100, 0), Sample(10_000, 0), 0.01), ALPHA)
    assert conclusive(no_worse(Sample(800, 0), Sample(10_000, 0), 0.01), ALPHA)
    assert not conclusive(no_worse(Sample(800, 16), Sample(10_000, 0), 0.01), ALPHA)


@pytest.mark.parametrize("rate", [0.002, 0.05, 0.5])
def test_looking_after_every_trial_keeps_the_level(rate):
    random, runs, alarms = np.random.default_rng(3), 200, 0
    for _ in range(runs):
        losses = np.cumsum(random.random(600) < rate)
        alarms += any(conclusive(above(Sample(n, int(k)), rate), ALPHA) for n, k in enumerate(losses, 1))
    assert alarms <= ALPHA * runs


def test_a_fixed_test_would_not_keep_the_level_under_the_same_looks():
    random, runs, alarms = np.random.default_rng(3), 200, 0
    for _ in range(runs):
        n = np.arange(1, 601)
        z = (np.cumsum(random.random(600) < 0.5) - n / 2) / np.sqrt(n / 4)
        alarms += bool((z[20:] > 1.645).any())
    assert alarms > 4 * ALPHA * runs


def test_losses_between_zero_and_one_keep_the_level():
    random, runs, alarms = np.random.default_rng(5), 200, 0
    for _ in range(runs):
        losses = np.cumsum(random.beta(0.5, 2.0, 600))
        alarms += any(conclusive(above(Sample(n, float(k)), 0.2), ALPHA) for n, k in enumerate(losses, 1))
    assert alarms <= ALPHA * runs


def _histogram(seconds, bounds=simulated.FINE):
    counts = np.bincount(np.searchsorted(bounds, seconds), minlength=len(bounds) + 1)
    return Histogram(bounds=bounds, counts=tuple(counts.tolist()))


def test_three_times_slower_is_evident_and_equal_is_not():
    random = np.random.default_rng(1)
    champion = _histogram(0.0004 * random.lognormal(0, 0.35, 10_000))
    assert conclusive(slower(_histogram(0.0012 * random.lognormal(0, 0.35, 300)), champion, 1.5), 0.0025)
    assert not conclusive(slower(_histogram(0.0004 * random.lognormal(0, 0.35, 5000)), champion, 1.5), 0.0025)


def test_the_quantile_test_keeps_its_level_where_the_limit_is_met_exactly():
    random, runs, alarms = np.random.default_rng(2), 60, 0
    for _ in range(runs):
        one, other = 0.0006 * random.lognormal(0, 0.5, 4000), 0.0004 * random.lognormal(0, 0.5, 4000)
        looks = range(100, 4001, 100)
        alarms += any(conclusive(slower(_histogram(one[:n]), _histogram(other[:n]), 1.5), ALPHA) for n in looks)
    assert alarms <= ALPHA * runs


def test_a_histogram_without_durations_says_nothing():
    assert slower(Histogram(), Histogram(), 1.5) <= 0
    assert slower(_histogram(np.full(1000, 0.1)), Histogram(), 1.5) <= 0
