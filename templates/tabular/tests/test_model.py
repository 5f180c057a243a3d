"""What has to stay true of `build`, whatever the recipe: it learns what there is to learn, everywhere."""

import numpy as np
import pytest
from modelyard.testing import Case, Lesson, lesson, prepared, scores
from sklearn.base import BaseEstimator

from pipeline.model import build


@pytest.fixture(scope="module")
def taught(case: Case) -> tuple[BaseEstimator, Lesson]:
    """A model fitted to made-up rows in which each column, one at a time, decides the answer."""
    made_up = lesson(case.build_config)
    return build(case.build_config).fit(made_up.matrix, made_up.truth), made_up


def test_the_model_learns_from_every_column(taught: tuple[BaseEstimator, Lesson]):
    estimator, made_up = taught
    unlearned = [
        column.name
        for column in made_up.columns
        if scores(estimator, column.high) - scores(estimator, column.low) < 0.3 * made_up.span
    ]
    assert not unlearned, "the answer does not follow these columns, or follows them backwards"


def test_every_column_reaches_the_estimator(case: Case, taught: tuple[BaseEstimator, Lesson]):
    estimator, made_up = taught
    base, probes = prepared(estimator, made_up.probes)
    lost = [
        name
        for name, probe in zip(case.build_config.names, probes, strict=True)
        if np.array_equal(base, probe)
    ]
    assert not lost


def test_a_row_is_scored_the_same_alone_as_among_others(taught: tuple[BaseEstimator, Lesson]):
    estimator, made_up = taught
    rows = made_up.matrix[:: max(1, len(made_up.matrix) // 20)]
    together = estimator.predict(rows)
    alone = np.concatenate([estimator.predict(rows[i : i + 1]) for i in range(len(rows))])
    np.testing.assert_allclose(together.astype(float), alone.astype(float), rtol=1e-5)


def test_the_same_rows_give_the_same_model_again(case: Case, taught: tuple[BaseEstimator, Lesson]):
    estimator, made_up = taught
    again = build(case.build_config).fit(made_up.matrix, made_up.truth)
    np.testing.assert_array_equal(estimator.predict(made_up.matrix), again.predict(made_up.matrix))


def test_the_sample_can_be_learned_and_scored(case: Case):
    estimator = build(case.build_config).fit(case.matrix, case.truth)
    answer = estimator.predict(case.matrix)
    assert answer.shape == case.truth.shape
    assert np.isfinite(answer.astype(float)).all()


def test_missing_and_unknown_values_are_scored(case: Case):
    estimator = build(case.build_config).fit(case.matrix, case.truth)
    assert np.isfinite(estimator.predict(case.strangers).astype(float)).all()
