from datetime import date, datetime

import numpy as np
import polars as pl
import pytest

from modelyard.data.encode import Encoding, learn
from modelyard.errors import OutcomeError, RequestError


def learned(**columns):
    return learn(pl.DataFrame(columns), max_categories=3, min_count=1)


def encoded(encoding, **columns):
    return encoding.apply(pl.DataFrame(columns))


def test_categories_are_counted_down_with_codes_for_missing_and_unseen():
    encoding = learned(c=["b", "a", "b", None, "b", "a"])
    assert encoding.columns[0].vocabulary == ("b", "a")
    assert encoded(encoding, c=["b", "a", "new", None])[:, 0].tolist() == [2, 3, 1, 0]
    assert encoding.categorical == [0]


def test_rare_categories_share_the_code_of_the_unseen():
    encoding = learn(pl.DataFrame({"c": ["a"] * 5 + ["b"]}), max_categories=9, min_count=2)
    assert encoded(encoding, c=["b", "never"])[:, 0].tolist() == [1, 1]


def test_infinities_are_missing_and_huge_numbers_stay_finite():
    encoding = learned(x=[1.0, None, float("inf"), 3.0])
    found = encoded(encoding, x=[float("-inf"), float("nan"), None, 1e300, -1e300])
    assert np.isnan(found[:3, 0]).all()
    assert np.isfinite(found[3:, 0]).all()
    assert found[:, 1].tolist() == [1, 1, 1, 0, 0]


def test_large_numbers_close_together_stay_apart():
    found = encoded(learned(x=[1_700_000_000, 1_700_000_001, 1_700_000_002]), x=[1_700_000_000, 1_700_000_001])
    assert found[1, 0] - found[0, 0] == 1


def test_a_null_never_seen_in_training_is_the_median():
    assert encoded(learned(x=[1.0, 2.0, 30.0]), x=[None])[0, 0] == 2


def test_a_column_without_values_is_dropped_and_alone_is_refused():
    assert learned(x=[1, 2], e=pl.Series([None, None], dtype=pl.String)).dropped == ("e",)
    with pytest.raises(OutcomeError, match="No feature column"):
        learned(e=pl.Series([None], dtype=pl.Float64))


def test_dates_become_parts_with_an_hour_only_where_there_is_one():
    assert encoded(learned(d=[date(2024, 2, 29)]), d=[date(2024, 2, 29)]).tolist() == [[2024, 2, 29, 4]]
    moment = datetime(2024, 2, 29, 18, 30)
    assert encoded(learned(d=[moment]), d=[moment]).tolist() == [[2024, 2, 29, 4, 18.5]]


def test_sentences_become_measures_and_the_words_that_tell_most():
    texts = [f"the {w} thing number {i}" for i, w in enumerate(["good", "bad"] * 20)]
    encoding = learn(pl.DataFrame({"t": texts}), max_categories=9, min_count=2, target=np.array([0, 1] * 20))
    assert set(encoding.columns[0].vocabulary[:2]) == {"good", "bad"}
    row = encoded(encoding, t=["GOOD!"])[0]
    assert row[encoding.names.index("t word good")] == 1
    assert row[encoding.names.index("t word bad")] == 0


def test_odd_names_are_only_names():
    names = ["*", "^a.*$", "", "class", "é 'x' \"y\"", "a", "a missing"]
    frame = pl.DataFrame({name: [float(i), None if name == "a" else 1.0] for i, name in enumerate(names)})
    encoding = learn(frame, max_categories=3, min_count=1)
    assert encoding.inputs == names
    assert len(set(encoding.names)) == encoding.width == 8
    assert encoding.apply(frame).shape == (2, 8)


def test_types_that_changed_are_read_and_what_cannot_be_read_is_missing():
    encoding = learned(x=[1.0, None], d=[date(2024, 1, 1), None], b=[True, None])
    found = encoded(encoding, x=["2.5", "two"], d=["2024-05-06", ""], b=[1, 0])
    assert found[0, 0] == 2.5
    assert np.isnan(found[1, 0])
    assert found[0, 2] == 2024


def test_it_survives_json_and_gives_the_same_alone_and_together():
    frame = pl.DataFrame({"x": [1.5, None, 3], "c": ["u", None, "v"], "t": ["a b c d", "b c d e", None]})
    encoding = Encoding.model_validate_json(learn(frame, max_categories=3, min_count=1).model_dump_json())
    whole = encoding.apply(frame)
    assert np.array_equal(whole, np.vstack([encoding.apply(frame[i]) for i in range(3)]), equal_nan=True)
    assert encoding.apply(frame.clear()).shape == (0, encoding.width)
    assert whole.dtype == np.float32


def test_columns_that_cannot_be_features_and_absent_ones_are_named():
    with pytest.raises(RequestError, match="'l'"):
        learned(l=[[1], [2]])
    with pytest.raises(RequestError, match="'x'"):
        encoded(learned(x=[1, 2]), y=[1])
