"""What has to stay true of `metrics`: finite numbers by name, whatever a model answers."""

import numpy as np
from modelyard.testing import Case

from pipeline.metrics import metrics


def test_metrics_are_finite_numbers(case: Case):
    for scores in case.possible_scores():
        found = metrics(case.truth, scores)
        assert all(isinstance(name, str) and np.isfinite(value) for name, value in found.items())


def test_metrics_change_neither_truth_nor_scores(case: Case):
    for scores in case.possible_scores():
        truth_before, scores_before = case.truth.copy(), scores.copy()
        metrics(case.truth, scores)
        np.testing.assert_array_equal(case.truth, truth_before)
        np.testing.assert_array_equal(scores, scores_before)
