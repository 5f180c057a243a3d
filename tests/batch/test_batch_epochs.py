"""Batches of rows whose times are numbers since 1970: read from any file as the server reads them."""

import datetime as dt

import numpy as np
import polars as pl
import pytest
from projects_to_score import contract, project, scorer

from modelyard.batch import PredictRequest, predict
from modelyard.errors import OutcomeError
from modelyard.routing import Ref
from modelyard.serving.version import Version

WRITE = {"csv": "write_csv", "parquet": "write_parquet", "jsonl": "write_ndjson", "arrow": "write_ipc"}


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """A project whose `at` holds milliseconds, and its rows as they are typed."""
    n = 300
    at = [
        None if i % 13 == 0 else dt.datetime(2024, 2, 27) + dt.timedelta(milliseconds=9_876_543 * i) for i in range(n)
    ]
    rows = pl.DataFrame({"at": pl.Series(at, dtype=pl.Datetime("us")), "a": np.linspace(-1, 1, n), "n": range(n)})
    rows = rows.with_columns(
        y=pl.when(pl.col("at").dt.hour().fill_null(3) > 11).then(pl.lit("p")).otherwise(pl.lit("q"))
    )
    known = contract(rows, at={"format": "epoch_ms"})
    made = project(
        tmp_path_factory.mktemp("epochs") / "p", rows, known, estimator="boosting", data={"id": "n", "time": "at"}
    )
    return made, rows


def as_numbers(rows, dtype=pl.Int64):
    return rows.with_columns(pl.col("at").dt.epoch("ms").cast(dtype))


@pytest.mark.parametrize("dtype", [pl.Int64, pl.Float64, pl.String])
@pytest.mark.parametrize("ending", WRITE)
def test_every_file_is_scored_as_in_training_and_as_over_http(found, tmp_path, ending, dtype):
    made, rows = found
    numbers = as_numbers(rows, dtype).drop("y")
    source = tmp_path / f"rows.{ending}"
    getattr(numbers, WRITE[ending])(source)
    predict(made, PredictRequest(str(source), tmp_path / "out.parquet"))
    out = pl.read_parquet(tmp_path / "out.parquet")
    trained = scorer(made.root)
    expected = trained.score(rows)
    got = out.select(f"probability_{name}" for name in trained.served.classes)
    assert got.to_numpy().tolist() == expected.tolist()
    assert out["at"].to_list() == rows["at"].to_list()
    folder = next(p for p in (made.root / ".modelyard/models").iterdir() if p.is_dir())
    version = Version.load(Ref(version=1, sha256=folder.name), folder)
    body = b'{"rows":' + numbers.write_json().encode() + b"}"
    assert version.score(version.decoder.decode(body).rows).tolist() == expected.tolist()


def test_rows_that_hold_no_moment_are_rejected_with_their_values(found, tmp_path):
    made, rows = found
    numbers = as_numbers(rows).with_columns(
        at=pl.when(pl.col("n") == 4).then(7).when(pl.col("n") == 9).then(1_700_000_000).otherwise("at")
    )
    source, output, rejects = tmp_path / "rows.parquet", tmp_path / "out.parquet", tmp_path / "rejects.parquet"
    numbers.write_parquet(source)
    with pytest.raises(OutcomeError, match=r"row 4: 'at' is not of type timestamp \(epoch_ms\) \(type\): '7'"):
        predict(made, PredictRequest(str(source), output))
    result = predict(made, PredictRequest(str(source), output, on_bad="reject", rejects=rejects))
    assert result.rejected == 2
    assert pl.read_parquet(rejects).select("row", "column", "value").rows() == [
        (4, "at", "7"),
        (9, "at", "1700000000"),
    ]


def test_a_column_of_another_type_is_refused_as_a_whole(found, tmp_path):
    made, rows = found
    source = tmp_path / "rows.parquet"
    rows.with_columns(at=pl.lit(value=True)).write_parquet(source)
    with pytest.raises(OutcomeError, match="the contract says timestamp"):
        predict(made, PredictRequest(str(source), tmp_path / "out.parquet"))
