"""Rows that break the contract: what they are, that they stop the run, or that they go to the reject file."""

from pathlib import Path

import polars as pl
import pytest
from projects_to_score import contract, frame, project, scored, scorer

from modelyard.batch import PredictRequest, predict
from modelyard.data.contract import Rule
from modelyard.errors import OutcomeError, RequestError
from modelyard.routing import Ref
from modelyard.serving.problems import BadRowsError
from modelyard.serving.version import Version

LIMITS = (Rule(kind="minimum", value=-1), Rule(kind="maximum", value=1))
KNOWN = Rule(kind="allowed", value=("x", "y"))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    known = contract(frame(), a={"rules": LIMITS, "required": True}, b={"rules": (KNOWN,)})
    return project(tmp_path_factory.mktemp("made") / "p", known=known)


def spoiled(n=40):
    """Row 3 is too large, row 5 has no `a`, row 7 an unknown category, row 9 breaks two rules."""
    i = pl.int_range(pl.len())
    return frame(n).with_columns(
        a=pl.when(i == 3).then(2.0).when(i == 5).then(None).when(i == 9).then(-7.0).otherwise("a"),
        b=pl.when(i.is_in([7, 9])).then(pl.lit("z")).otherwise("b"),
    )


BAD = [(3, "a", "maximum"), (5, "a", "required"), (7, "b", "allowed"), (9, "a", "minimum"), (9, "b", "allowed")]


def test_fail_names_the_first_rows_and_writes_nothing(made):
    (made.root / "out.parquet").unlink(missing_ok=True)
    with pytest.raises(OutcomeError, match=r"row 3: 'a' is above the maximum 1 \(maximum\): '2.0'") as caught:
        scored(made, spoiled())
    assert "row 5: 'a' may not be missing (required)" in caught.value.message
    assert "--on-bad reject" in caught.value.hint
    assert not [p.name for p in made.root.iterdir() if "out" in p.name]


def test_reject_scores_the_others_and_lists_each_violation(made):
    rows = spoiled()
    out, result = scored(made, rows, on_bad="reject")
    good = rows.filter(~pl.int_range(pl.len()).is_in([3, 5, 7, 9]))
    assert out["n"].to_list() == good["n"].to_list()
    assert (out["probability_good"].to_numpy() == scorer(made.root).score(good)[:, 1]).all()
    assert (result.rows, result.rejected) == (36, 4)
    rejects = pl.read_parquet(result.rejects)
    assert result.rejects.endswith("out.parquet.rejects.parquet")
    assert rejects.select("row", "column", "rule").rows() == BAD
    assert rejects["value"].to_list() == ["2.0", None, "z", "-7.0", "z"]


@pytest.mark.parametrize("batch", [1, 7, 1000])
def test_row_numbers_are_those_of_the_input_whatever_the_batch(made, monkeypatch, batch):
    monkeypatch.setattr("modelyard.batch.job._BATCH", batch)
    _, result = scored(made, spoiled(), on_bad="reject")
    assert pl.read_parquet(result.rejects).select("row", "column", "rule").rows() == BAD


def test_rejects_can_be_json_lines_and_are_written_when_there_are_none(made):
    _, result = scored(made, spoiled(), on_bad="reject", rejects=made.root / "bad.jsonl")
    assert pl.read_ndjson(made.root / "bad.jsonl")["row"].to_list() == [3, 5, 7, 9, 9]
    _, result = scored(made, frame(10), on_bad="reject", rejects=made.root / "bad.jsonl")
    assert (result.rejected, (made.root / "bad.jsonl").read_text()) == (0, "")


def test_the_ending_of_the_reject_file_may_be_in_capitals(made):
    scored(made, spoiled(), on_bad="reject", rejects=made.root / "bad.JSONL")
    assert pl.read_ndjson((made.root / "bad.JSONL").read_bytes())["row"].to_list() == [3, 5, 7, 9, 9]


def test_the_reject_file_may_lie_on_another_disk_in_a_folder_that_is_not_there(made, tmp_path, monkeypatch):
    rejects, real = tmp_path / "new" / "bad.parquet", Path.replace

    def replace(self, target):
        if (tmp_path in self.parents) != (tmp_path in Path(target).parents):
            raise OSError(18, "Invalid cross-device link")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    scored(made, spoiled(), on_bad="reject", rejects=rejects)
    assert pl.read_parquet(rejects)["row"].to_list() == [3, 5, 7, 9, 9]
    assert [path.name for path in rejects.parent.iterdir()] == ["bad.parquet"]


def test_every_row_may_be_rejected(made):
    out, result = scored(made, frame(10).with_columns(a=pl.lit(9.0)), on_bad="reject")
    assert (out.height, result.rows, result.rejected) == (0, 0, 10)


def test_text_is_judged_by_the_type_that_the_contract_says(made, tmp_path):
    (tmp_path / "rows.csv").write_text("a,b,n\n0.5,x,1\nlots,x,2\n0.1,y,3\n,x,4\n0.2,x,five\n")
    asked = PredictRequest(str(tmp_path / "rows.csv"), tmp_path / "out.parquet", on_bad="reject")
    result = predict(made, asked)
    rejects = pl.read_parquet(result.rejects)
    assert rejects.select("row", "column", "rule", "value").rows() == [
        (1, "a", "type", "lots"),
        (3, "a", "required", None),
        (4, "n", "type", "five"),
    ]
    assert pl.read_parquet(tmp_path / "out.parquet")["n"].to_list() == [1, 3]


def test_values_of_personal_columns_are_told_to_nobody(tmp_path):
    known = contract(frame(), a={"rules": (Rule(kind="maximum", value=0.987654),), "personal": True})
    found = project(tmp_path / "p", known=known)
    rows = frame(10).with_columns(a=pl.lit(123.456))
    _, result = scored(found, rows, on_bad="reject")
    told = pl.read_parquet(result.rejects)
    assert told["value"].to_list() == [None] * 10
    assert "0.987654" not in str(told.rows())
    with pytest.raises(OutcomeError) as caught:
        scored(found, rows)
    assert "123.456" not in caught.value.message


def test_a_condition_on_several_columns_refuses_rows_and_one_over_rows_does_not(tmp_path):
    rules = (Rule(kind="sql", value="a < n"), Rule(kind="sql", value="a > AVG(a)", name="never"))
    found = project(tmp_path / "p", known=contract(frame()).model_copy(update={"rules": rules}))
    _, result = scored(found, frame(10).with_columns(a=pl.lit(3.5)), on_bad="reject")
    rejects = pl.read_parquet(result.rejects)
    assert rejects.select("row", "column", "rule").rows() == [(i, None, "sql") for i in range(4)]


def test_warnings_refuse_nothing(tmp_path):
    low = Rule(kind="maximum", value=-5, severity="warning")
    found = project(tmp_path / "p", known=contract(frame(), a={"rules": (low,)}))
    assert scored(found, frame(10))[1].rows == 10


def test_unreadable_values_up_to_the_tolerated_share_are_missing(tmp_path):
    tolerant = Rule(kind="unreadable_share", value=0.25)
    found = project(tmp_path / "p", known=contract(frame(), a={"rules": (tolerant,)}))
    text = "a,b,n\n0.5,x,1\nlots,x,2\n0.1,y,3\n0.3,x,4\n"
    (tmp_path / "in.csv").write_text(text)
    asked = PredictRequest(str(tmp_path / "in.csv"), tmp_path / "out.parquet")
    assert predict(found, asked).rows == 4
    (tmp_path / "in.csv").write_text(f"{text}more,x,5\n")
    with pytest.raises(OutcomeError, match="2 of 5 values of 'a'"):
        predict(found, asked)


@pytest.mark.parametrize("on_bad", ["fail", "reject"])
def test_a_column_that_is_absent_or_of_another_type_stops_the_run(made, on_bad):
    with pytest.raises(OutcomeError, match="lacks 'a'"):
        scored(made, frame(10).drop("a"), on_bad=on_bad)
    with pytest.raises(OutcomeError, match=r"'a' .* holds String, the contract says number"):
        scored(made, frame(10).with_columns(pl.col("a").cast(pl.String)), on_bad=on_bad)


def test_a_score_that_is_no_number_is_rejected(made, monkeypatch):
    real = type(scorer(made.root)).score

    def holed(self, rows):
        found = real(self, rows).copy()
        found[:2] = float("nan")
        return found

    monkeypatch.setattr("modelyard.serving.scorer.Scorer.score", holed)
    out, result = scored(made, frame(10), on_bad="reject")
    assert (out.height, result.rejected) == (8, 2)
    assert pl.read_parquet(result.rejects)["rule"].to_list() == ["score", "score"]
    with pytest.raises(OutcomeError, match="no number"):
        scored(made, frame(10))


def test_a_reject_file_without_reject_and_one_that_is_the_output_are_refused(made):
    with pytest.raises(RequestError, match="on-bad"):
        scored(made, frame(10), rejects=made.root / "r.parquet")
    with pytest.raises(RequestError, match="both"):
        scored(made, frame(10), on_bad="reject", rejects=made.root / "out.parquet")


def test_what_the_server_refuses_is_what_is_rejected(made):
    folder = next(p for p in (made.root / ".modelyard/models").iterdir() if p.is_dir())
    version = Version.load(Ref(version=1, sha256=folder.name), folder)
    rows = spoiled().with_columns(n=pl.int_range(pl.len()))
    refused = set()
    for i, row in enumerate(rows.iter_rows(named=True)):
        try:
            version.decoder.decode(pl.DataFrame([row]).write_json().strip("[]\n").encode())
        except BadRowsError:
            refused.add(i)
    _, result = scored(made, rows, on_bad="reject")
    assert set(pl.read_parquet(result.rejects)["row"]) == refused == {3, 5, 7, 9}
