import numpy as np
import pytest

from modelyard.training import threshold
from modelyard.training.calibrate import calibrate
from modelyard.training.parity import differences

SCORES = np.array([0.1, 0.2, 0.3, 0.4, 0.6, 0.6, 0.8, 0.9])
TRUTH = np.array([0, 0, 0, 1, 0, 1, 1, 1])


def f1(cut):
    said = cut <= SCORES
    return 2 * (said & (TRUTH == 1)).sum() / (said.sum() + TRUTH.sum())


def test_the_f1_threshold_is_the_best_of_all_cuts_and_lies_between_scores():
    cut = threshold.choose("f1", SCORES, TRUTH)
    assert f1(cut) == max(f1(c) for c in np.linspace(0, 1, 201))
    assert cut not in SCORES


def test_the_rate_threshold_gives_as_many_positives_as_there_are():
    scores = np.linspace(0.1, 0.9, 9)
    truth = np.array([1, 0, 0, 0, 0, 0, 0, 1, 1])
    assert (scores >= threshold.choose("rate", scores, truth)).sum() == 3


def test_the_youden_threshold_parts_separable_scores():
    assert 0.4 < threshold.choose("youden", np.array([0.1, 0.4, 0.7]), np.array([0, 0, 1])) < 0.7


@pytest.mark.parametrize(("rule", "truth", "expected"), [(0.3, TRUTH, 0.3), ("f1", np.zeros(8, int), 0.5)])
def test_a_fixed_threshold_stays_and_one_class_gives_one_half(rule, truth, expected):
    assert threshold.choose(rule, SCORES, truth) == expected


@pytest.mark.parametrize("method", ["sigmoid", "isotonic"])
def test_calibration_brings_overconfident_scores_to_the_observed_rate(method):
    r = np.random.default_rng(0)
    true = r.uniform(0.05, 0.95, 20_000)
    hits = (r.random(20_000) < true).astype(int)
    odds = 2.5 * np.log(true / (1 - true)) + 1
    raw = 1 / (1 + np.exp(-odds))
    fitted = calibrate(method, np.column_stack([1 - raw, raw]), hits)
    better = fitted.apply(np.column_stack([1 - raw, raw]))[:, 1]
    assert np.abs(raw - true).mean() > 0.1
    assert np.abs(better - true).mean() < 0.02
    assert (np.diff(better[np.argsort(raw)]) >= -1e-12).all()


def test_calibration_needs_two_classes():
    assert calibrate("sigmoid", np.full((5, 2), 0.5), np.ones(5, int)) is None


def test_numbers_differ_relative_to_their_spread_and_probabilities_absolutely():
    usual = np.array([1e6, 3e6])
    assert differences(np.array([2e6]), np.array([2e6 + 1]), usual=usual)[0] == pytest.approx(1e-6)
    assert differences(np.array([1.7e9]), np.array([1.7e9 + 90]), usual=np.array([1.7e9, 1.7e9 + 60]))[0] > 1
    assert differences(np.array([[0.5, 0.5]]), np.array([[0.4, 0.6]]))[0] == pytest.approx(0.1)
    assert differences(np.array([1.0]), np.array([np.nan]))[0] == np.inf
