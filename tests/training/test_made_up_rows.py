"""The rows that a generated repository's own tests make up, for tables of any width."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
import tables

from modelyard.testing import Case, changed, lesson, scores
from modelyard.training.build import default

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("task", ["binary", "regression"])
def test_a_linear_model_learns_the_made_up_rows_of_a_table_with_a_thousand_columns(task):
    r = np.random.default_rng(0)
    columns = {f"c{i}": r.normal(size=60) for i in range(1000)}
    sample = pl.DataFrame({**columns, "y": r.normal(size=60) if task == "regression" else ["a", "b"] * 30})
    case = Case(Path(), tables.config(task, estimator="linear"), None, sample, lambda rows: rows)
    made_up = lesson(case.build_config)
    estimator = default(case.build_config).fit(made_up.matrix, made_up.truth)
    learned = [scores(estimator, column.high) - scores(estimator, column.low) for column in made_up.columns]
    assert min(learned) > 0.3 * made_up.span


def test_a_column_whose_name_polars_takes_for_a_pattern_is_changed_like_any_other():
    rows = pl.DataFrame({"^x$": [1.0, None, 3.0], "*": ["a", None, "b"]})
    for name in rows.columns:
        assert all(not other.equals(rows) and other.columns == rows.columns for other in changed(rows, name))
