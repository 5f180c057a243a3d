"""What is scored, by which version, and what the output looks like."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from projects_to_score import contract, frame, newest, project, scored, scorer

from modelyard.batch import PredictRequest, predict
from modelyard.data.store import Store
from modelyard.errors import OutcomeError, RequestError
from modelyard.routing import document, swap


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return project(tmp_path_factory.mktemp("made") / "p")


def test_output_has_the_id_the_class_each_probability_and_the_version_in_order(made):
    rows = frame(50)[::-1]
    out, result = scored(made, rows)
    expected = scorer(made.root).score(rows)
    assert out.columns == ["n", "prediction", "probability_bad", "probability_good", "version"]
    assert out["n"].to_list() == rows["n"].to_list()
    assert (out.select("probability_bad", "probability_good").to_numpy() == expected).all()
    assert out["prediction"].to_list() == scorer(made.root).decide(expected)
    assert out["version"].unique().to_list() == [1]
    assert (result.rows, result.version, result.rejected, result.rejects) == (50, 1, 0, None)


@pytest.mark.parametrize("ending", ["csv", "jsonl", "arrow"])
def test_every_format_gives_what_parquet_gives(made, tmp_path, ending):
    rows = frame(40)
    expected, _ = scored(made, rows)
    path = tmp_path / f"rows.{ending}"
    {"csv": rows.write_csv, "jsonl": rows.write_ndjson, "arrow": rows.write_ipc}[ending](path)
    predict(made, PredictRequest(str(path), tmp_path / "out.parquet"))
    assert pl.read_parquet(tmp_path / "out.parquet").equals(expected)


def test_a_glob_is_one_table_in_the_order_of_its_files(made, tmp_path):
    rows = frame(40)
    rows[:30].write_parquet(tmp_path / "a.parquet")
    rows[30:].write_parquet(tmp_path / "b.parquet")
    predict(made, PredictRequest("*.parquet", tmp_path / "out.parquet", base=tmp_path))
    assert pl.read_parquet(tmp_path / "out.parquet")["n"].to_list() == list(range(40))
    with pytest.raises(RequestError, match="read by this run"):  # the pattern takes the output in
        predict(made, PredictRequest("*.parquet", tmp_path / "out.parquet", base=tmp_path))


def test_rows_over_many_blocks_keep_their_order_and_their_digits(made, monkeypatch):
    monkeypatch.setattr("modelyard.batch.scoring.BLOCK", 7)
    rows = pl.concat([frame(200)] * 5)[:987]  # 141 blocks of 7, none of a single row
    out, _ = scored(made, rows)
    assert (out["probability_good"].to_numpy() == scorer(made.root).score(rows)[:, 1]).all()


@pytest.mark.parametrize("rows", [1, 2, 8, 15])
def test_a_block_of_a_single_row_keeps_its_digits(made, monkeypatch, rows):
    monkeypatch.setattr("modelyard.batch.scoring.BLOCK", 7)
    out, _ = scored(made, frame(20)[:rows])
    assert (out["probability_good"].to_numpy() == scorer(made.root).score(frame(20)[:rows])[:, 1]).all()


def test_regression_gives_numbers_and_no_probabilities(tmp_path):
    found = project(tmp_path / "p", task="regression")
    out, _ = scored(found, frame(30, "regression"))
    assert out.schema == {"n": pl.Int64, "prediction": pl.Float64, "version": pl.Int64}
    assert (out["prediction"].to_numpy() == scorer(found.root).score(frame(30))).all()


def test_no_rows_give_an_empty_output_of_the_same_types(made, tmp_path):
    full, _ = scored(made, frame(10))
    empty, result = scored(made, frame(10).clear())
    assert empty.schema == full.schema
    assert (empty.height, result.rows) == (0, 0)
    (tmp_path / "rows.csv").write_text("a,b,n\n")
    predict(made, PredictRequest(str(tmp_path / "rows.csv"), tmp_path / "out.parquet"))
    assert pl.read_parquet(tmp_path / "out.parquet").schema == full.schema


def test_odd_column_names_and_classes_are_taken_literally(tmp_path):
    n = 120
    a = np.linspace(-1, 1, n)
    names = ["*", "^a$", "", "a.b", "ré sumé", 'qu"ote', "rows", "prediction", "version"]
    columns = {name: a * (i + 1) for i, name in enumerate(names)}
    rows = pl.DataFrame({**columns, "id": range(n), "y": np.where(a > 0, "^x$", "")})
    found = project(tmp_path / "p", rows, data={"id": "prediction", "time": "version"}, ignore=("id",))
    out, _ = scored(found, rows)
    own = ["prediction", "probability_", "probability_^x$", "version"]
    assert out.columns == ["input_prediction", "input_version", *own]
    assert out["input_prediction"].to_list() == rows["prediction"].to_list()
    assert set(out["prediction"].to_list()) == {"^x$", ""}


def test_columns_that_the_model_does_not_read_may_be_absent_or_more(made):
    out, _ = scored(made, frame(20).drop("y").with_columns(more=pl.lit("x")))
    assert out.height == 20


def test_an_id_that_the_table_lacks_is_left_out(tmp_path):
    found = project(tmp_path / "p", ignore=("n",))
    out, _ = scored(found, frame(20).drop("n"))
    assert "n" not in out.columns


def test_an_id_that_the_contract_does_not_name_is_repeated(tmp_path):
    found = project(tmp_path / "p", data={"id": "other"})
    out, _ = scored(found, frame(20).with_columns(other=pl.format("k{}", "n")))
    assert out["other"][:2].to_list() == ["k0", "k1"]


def test_missing_values_are_read_as_in_training(made):
    rows = frame(8).with_columns(
        a=pl.Series([None, float("nan"), float("inf"), -float("inf"), 1e300, -1e300, 0.0, 5e-324]),
        b=pl.Series(["x", None, "", "never seen", "y", "x", "é", "x"]),
    )
    out, _ = scored(made, rows)
    read = rows.with_columns(pl.col("a").fill_nan(None))
    assert (out["probability_good"].to_numpy() == scorer(made.root).score(read)[:, 1]).all()


def test_features_of_the_version_are_used(tmp_path):
    code = "import polars as pl\n\n\ndef features(rows):\n    return rows.with_columns(twice=pl.col('a') * 2)\n"
    found = project(tmp_path / "p", features=code)
    out, _ = scored(found, frame(30))
    assert (out["probability_good"].to_numpy() == scorer(found.root).score(frame(30))[:, 1]).all()


def test_features_that_fail_are_named_and_nothing_is_written(tmp_path):
    code = """
def features(rows):
    if rows["a"].max() > 5:
        raise ValueError("too large")
    return rows.drop([])
"""
    found = project(tmp_path / "p", features=code)
    with pytest.raises(RequestError, match="too large"):
        scored(found, frame(30).with_columns(a=pl.lit(9.0)))
    assert not list(found.root.glob("*out.parquet*"))


def test_a_version_is_found_by_its_number(tmp_path):
    found = project(tmp_path / "p")
    first = document.read(Store.open(".modelyard", found.root)).champion
    newest(found.root, 2, frame(300))
    with pytest.raises(RequestError, match="no version 1"):
        scored(found, frame(10), version=1)
    store = Store.open(".modelyard", found.root)
    swap(store, lambda r: r.model_copy(update={"previous": first}), why="test", action="tried")
    assert scored(found, frame(10))[1].version == 2
    out, result = scored(found, frame(10), version=1)
    assert (result.version, out["version"][0]) == (1, 1)
    assert (out["probability_good"].to_numpy() == scorer(found.root, 1).score(frame(10))[:, 1]).all()


def test_without_a_version_the_next_step_is_said(tmp_path):
    found = project(tmp_path / "p")
    (found.root / ".modelyard/routing.json").unlink()
    with pytest.raises(RequestError, match="released yet") as caught:
        scored(found, frame(10))
    assert "modelyard run" in caught.value.hint


def test_a_damaged_bundle_is_refused(tmp_path):
    found = project(tmp_path / "p")
    next((found.root / ".modelyard/models").iterdir()).joinpath("model.onnx").write_bytes(b"no")
    with pytest.raises(OutcomeError):
        scored(found, frame(10))


def test_an_older_output_is_replaced_only_by_a_whole_one(made):
    scored(made, frame(10))
    output = made.root / "out.parquet"
    before = output.read_bytes()
    with pytest.raises(OutcomeError, match="'a'"):
        scored(made, frame(10).drop("a"))
    assert output.read_bytes() == before
    scored(made, frame(20))
    assert pl.read_parquet(output).height == 20
    assert [p.name for p in made.root.iterdir() if p.name.startswith(".out")] == []


@pytest.mark.parametrize(
    ("output", "message"),
    [
        ("out.csv", "named .csv"),
        (".", "folder"),
        ("s3://b/out.parquet", "no local path"),
        ("-", "standard output"),
    ],
)
def test_an_output_that_cannot_be_is_refused(made, tmp_path, output, message):
    frame(10).write_parquet(tmp_path / "in.parquet")
    with pytest.raises(RequestError, match=message):
        predict(made, PredictRequest("in.parquet", Path(output), base=tmp_path))


def test_the_input_is_never_written(made, tmp_path):
    frame(10).write_parquet(tmp_path / "in.parquet")
    (tmp_path / "link.parquet").symlink_to(tmp_path / "in.parquet")
    for name in ("in.parquet", "link.parquet"):
        with pytest.raises(RequestError, match="read by this run"):
            predict(made, PredictRequest("in.parquet", tmp_path / name, base=tmp_path))
    assert pl.read_parquet(tmp_path / "in.parquet").equals(frame(10))


def test_a_folder_that_is_not_there_is_made(made, tmp_path):
    frame(10).write_parquet(tmp_path / "in.parquet")
    predict(made, PredictRequest(str(tmp_path / "in.parquet"), tmp_path / "new/deep/out.parquet"))
    assert [p.name for p in (tmp_path / "new/deep").iterdir()] == ["out.parquet"]


def test_result_is_json_of_the_promised_keys(made):
    _, result = scored(made, frame(10))
    assert {"rows", "version", "output", "seconds", "rejected"} <= set(json.loads(result.model_dump_json()))


def test_the_contract_of_the_version_judges_not_the_newest_one(tmp_path):
    found = project(tmp_path / "p")
    (found.root / "contract.yaml").write_text("broken: [")
    assert contract(frame()).columns
    assert scored(found, frame(10))[1].rows == 10


def test_a_version_that_routing_does_not_name_is_looked_up_in_the_registry(tmp_path):
    found = project(tmp_path / "p")
    ref = document.read(Store.open(".modelyard", found.root)).champion
    frame(10).write_parquet(tmp_path / "rows.parquet")
    asked = PredictRequest(str(tmp_path / "rows.parquet"), tmp_path / "out.parquet", version=9)
    result = predict(found, asked, registered=lambda number: ref.model_copy(update={"version": number}))
    assert (result.version, pl.read_parquet(tmp_path / "out.parquet")["version"][0]) == (9, 9)
