"""What has to stay true of `features`, whatever it computes."""

import polars as pl
import pytest
from modelyard.testing import Case, changed, direction
from polars.testing import assert_frame_equal

from pipeline.features import features


def test_a_row_gives_the_same_features_alone_as_among_others(case: Case):
    alone = pl.concat([features(case.rows[i : i + 1]) for i in range(case.rows.height)])
    assert_frame_equal(alone, features(case.rows))


def test_rows_keep_their_number_and_order(case: Case):
    backwards = features(case.rows.reverse())
    assert_frame_equal(backwards.reverse(), features(case.rows))


def test_the_same_rows_give_the_same_features_again(case: Case):
    assert_frame_equal(features(case.rows), features(case.rows))


def test_features_do_not_change_when_the_answer_is_there(case: Case):
    """A server never has the target; features that use it, where there is one, are a leak."""
    blind = features(case.rows)
    seeing = features(case.rows_with_answers)
    assert set(seeing.columns) - set(blind.columns) <= set(case.hidden), (
        "a column appears only beside the target"
    )
    assert_frame_equal(seeing[blind.columns], blind)


def test_no_feature_is_the_answer(case: Case):
    assert not set(features(case.rows).columns) & set(case.hidden)


def test_every_column_has_a_part(case: Case):
    """A column without one belongs under `data.ignore` in modelyard.yaml, with its reason."""
    before = features(case.rows)
    without_effect = [
        name
        for name in case.features
        if all(features(rows).equals(before) for rows in changed(case.rows, name))
    ]
    assert not without_effect


def test_a_column_that_keeps_its_name_keeps_its_direction(case: Case):
    """More in is more out. A column whose meaning is turned round needs a name that says so."""
    out = features(case.rows)
    turned = [
        name for name in case.ordered if name in out.columns and direction(case.rows[name], out[name]) < 0
    ]
    assert not turned


def test_missing_values_are_answered_with_the_same_schema(case: Case):
    empty_handed = pl.DataFrame({name: [None] for name in case.rows.columns}, schema=case.rows.schema)
    assert features(empty_handed).schema == features(case.rows).schema


def test_no_rows_are_answered_with_the_same_schema(case: Case):
    assert features(case.rows.clear()).schema == features(case.rows).schema


@pytest.mark.parametrize("count", [1, 7])
def test_each_row_gives_one_row(case: Case, count: int):
    assert features(case.rows.head(count)).height == min(count, case.rows.height)
