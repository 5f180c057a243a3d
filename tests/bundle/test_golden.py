import datetime as dt
import hashlib
import subprocess
import sys

import numpy as np
import polars as pl
import pytest

from modelyard.bundle import golden
from modelyard.bundle.golden import FILE_NAME, Golden
from modelyard.errors import OutcomeError

ODD = ["", "*", "^a$", "scores", "inputs", "a.b", "é ñ", '"']


def table(rows=1000):
    numbers = np.arange(rows, dtype=float)
    return pl.DataFrame({name: numbers + i for i, name in enumerate(ODD)} | {"email": ["x@y.z"] * rows})


def probabilities(rows):
    share = rows.get_column("*").to_numpy() / 2000
    return np.column_stack([1 - share, share])


def kept(tmp_path, made):
    (tmp_path / FILE_NAME).write_bytes(made.dump())
    return golden.load(tmp_path)


def test_rows_are_spread_over_the_held_out_ones_and_hold_the_model_s_columns_only(tmp_path):
    found = kept(tmp_path, Golden.of(table(), ODD, probabilities))
    assert found.rows.columns == ODD
    assert found.rows.height == 200
    first = found.rows.get_column("").to_list()
    assert (first[0], first[-1]) == (0.0, 999.0)
    assert max(np.diff(first)) <= 6
    np.testing.assert_array_equal(found.scores, probabilities(found.rows))
    assert b"x@y.z" not in (tmp_path / FILE_NAME).read_bytes()


def test_a_number_has_one_score_for_each_row(tmp_path):
    made = Golden.of(table(7), ODD, lambda rows: rows.get_column("").to_numpy() * 3)
    assert kept(tmp_path, made).scores.tolist() == [0.0, 3.0, 6.0, 9.0, 12.0, 15.0, 18.0]


def test_types_nulls_and_dates_survive(tmp_path):
    rows = pl.DataFrame(
        {
            "n": [None, 2**62],
            "s": ["é\x00\n", None],
            "b": [True, None],
            "d": [dt.date(1, 1, 1), None],
            "t": [None, dt.datetime(2024, 2, 29, 23, 59, 59, 999999)],
        }
    )
    made = Golden.of(rows, rows.columns, lambda found: np.zeros(found.height))
    assert kept(tmp_path, made).rows.equals(rows)


def test_without_held_out_rows_there_are_none(tmp_path):
    found = kept(tmp_path, Golden.of(table(0), ODD, lambda rows: pytest.fail("asked to score nothing")))
    assert found.rows.height == 0
    assert found.differing(lambda rows: np.empty(0)) == 0


def test_a_bundle_without_the_file_has_none_and_a_damaged_one_is_refused(tmp_path):
    assert golden.load(tmp_path) is None
    data = Golden.of(table(), ODD, probabilities).dump()
    (tmp_path / FILE_NAME).write_bytes(data[: len(data) // 2])
    with pytest.raises(OutcomeError, match=r"golden\.parquet"):
        golden.load(tmp_path)


def test_the_bytes_are_the_same_in_every_process():
    code = (
        "import sys; sys.path.insert(0, 'tests/bundle'); import hashlib, test_golden as t;"
        "print(hashlib.sha256(t.Golden.of(t.table(), t.ODD, t.probabilities).dump()).hexdigest())"
    )
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    here = hashlib.sha256(Golden.of(table(), ODD, probabilities).dump()).hexdigest()
    assert other.stdout.strip() == here


def test_rows_that_another_form_scores_otherwise_are_counted():
    made = Golden.of(table(), ODD, probabilities)

    def off(by, rows=3, at=1):
        scores = probabilities(made.rows)
        scores[:rows, at] += by
        return lambda _: scores

    assert made.differing(probabilities) == 0
    assert made.differing(off(0.9e-4)) == 0
    assert made.differing(off(2e-4)) == 3
    assert made.differing(off(float("nan"))) == 3
    assert made.differing(off(2e-4), tolerance=1e-3) == 0
    assert made.differing(lambda rows: probabilities(rows)[:, ::-1]) == 199  # one row is even
    assert made.differing(lambda rows: probabilities(rows)[:, 1]) == 200


def test_numbers_differ_relative_to_their_spread():
    made = Golden.of(table(), ODD, lambda rows: 1e9 + rows.get_column("").to_numpy())
    assert made.differing(lambda rows: made.scores + 0.01) == 0
    assert made.differing(lambda rows: made.scores + 1) == 200
    flat = Golden(made.rows, np.full(200, 5.0))
    assert flat.differing(lambda rows: flat.scores) == 0
    assert flat.differing(lambda rows: flat.scores + 1e-3) == 200
