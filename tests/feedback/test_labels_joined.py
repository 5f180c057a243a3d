import threading
from datetime import datetime, timedelta

import polars as pl
import pytest
import watched

from modelyard.data import contract as contracts
from modelyard.errors import RequestError
from modelyard.feedback import FeedbackRequest, add, joined

NOW = datetime(2026, 1, 2)


@pytest.fixture
def found(tmp_path):
    """A project with 100 captured rows, one request each (boot1-0 ...), four days from 2025-02-26 on."""
    made = watched.project(tmp_path / "p")
    watched.serve(made, watched.inputs(100, 4, begin=56), entities=[f"e{i % 10}" for i in range(100)])
    return made


def tell(found, as_of=NOW, **columns):
    path = found.root / "labels.parquet"
    pl.DataFrame(columns).write_parquet(path)
    return add(found, FeedbackRequest(labels=str(path), as_of=as_of))


def known(found, as_of=None):
    """Request -> outcome."""
    rows = pl.concat(list(joined(watched.store_of(found), as_of=as_of)))
    return {r: t for r, t in rows.select("request_id", "truth").rows() if t is not None}


def test_labels_find_their_requests_and_missing_is_never_negative(found):
    result = tell(found, request_id=["boot1-0", "boot1-1", "boot1-2", "nobody"], y=["yes", "no", None, "yes"])
    assert (result.matched, result.unmatched, result.missing, result.added) == (2, 1, 1, 3)
    assert result.window.since.startswith("2025-02-26")
    assert known(found) == {"boot1-0": "yes", "boot1-1": "no"}


def test_a_second_run_changes_nothing(found):
    labels = {"request_id": ["boot1-0"], "y": ["yes"]}
    first, second = tell(found, **labels), tell(found, NOW + timedelta(days=1), **labels)
    assert (first.added, second.added) == (1, 0)
    assert (first.matched, first.window) == (second.matched, second.window)
    assert len(watched.store_of(found).list("labels")) == 1


def test_a_correction_wins_and_the_earlier_word_stays_for_its_time(found):
    tell(found, NOW, request_id=["boot1-0"], y=["yes"])
    result = tell(found, NOW + timedelta(days=2), request_id=["boot1-0", "boot1-1"], y=["no", "no"])
    assert result.corrected == 1
    assert known(found) == {"boot1-0": "no", "boot1-1": "no"}
    assert known(found, NOW + timedelta(days=1)) == {"boot1-0": "yes"}
    assert known(found, NOW - timedelta(days=1)) == {}


def test_a_correction_that_is_taken_back_counts(found):
    for day, label in enumerate(["yes", "no", "yes"]):
        result = tell(found, NOW + timedelta(days=day), request_id=["boot1-0", "nobody"], y=[label, "no"])
        assert (result.added, result.corrected) == (2, int(day > 0))
        assert known(found) == {"boot1-0": label}
    assert tell(found, NOW + timedelta(days=3), request_id=["boot1-0", "nobody"], y=["yes", "no"]).added == 0


def test_labels_whose_time_is_given_change_nothing_when_they_are_added_again(found):
    times = [datetime(2025, 3, 1)], [datetime(2025, 4, 1)]
    for label, when in zip(["yes", "no"], times, strict=True):
        tell(found, request_id=["boot1-0"], y=[label], known=when)
    assert tell(found, NOW + timedelta(days=1), request_id=["boot1-0"], y=["yes"], known=times[0]).added == 0
    assert known(found) == {"boot1-0": "no"}


def test_of_a_repeated_label_the_later_row_counts(found):
    tell(found, request_id=["boot1-0", "boot1-0"], y=["yes", "no"])
    assert known(found) == {"boot1-0": "no"}


def test_a_column_says_when_each_outcome_became_known(found):
    when = [datetime(2025, 3, 1), datetime(2025, 4, 1)]
    tell(found, request_id=["boot1-0", "boot1-1"], y=["yes", "no"], known=when)
    assert known(found, datetime(2025, 3, 15)) == {"boot1-0": "yes"}


def test_rows_of_one_request_are_told_apart(tmp_path):
    found = watched.project(tmp_path / "p")
    watched.serve(found, watched.inputs(3, 1, begin=56), requests=["r"] * 3, numbers=[0, 1, 2])
    result = tell(found, request_id=["r", "r"], row=[2, 0], y=["yes", "no"])
    assert result.matched == 2
    rows = pl.concat(list(joined(watched.store_of(found)))).select("row", "truth").rows()
    assert sorted(rows) == [(0, "no"), (1, None), (2, "yes")]
    ambiguous = tell(found, request_id=["r"], y=["yes"])
    assert (ambiguous.matched, ambiguous.unmatched) == (0, 1)


def test_an_entity_means_its_last_prediction_within_the_horizon(found):
    rows = pl.concat(list(joined(watched.store_of(found)))).filter(pl.col("entity") == "e3").sort("event_time")
    between = rows["event_time"][4] + timedelta(minutes=1)
    before, late = rows["event_time"][0] - timedelta(minutes=1), rows["event_time"][-1] + timedelta(days=31)
    result = tell(
        found, key=["e3", "e3", "e3", "e99"], when=[between, before, late, between], y=["yes", "no", "no", "no"]
    )
    assert (result.matched, result.unmatched, result.by) == (1, 3, "entity")
    assert known(found) == {rows["request_id"][4]: "yes"}


@pytest.mark.parametrize("beside", [None, "a customer"])
def test_an_entity_that_a_row_names_itself_is_found_as_one_beside_it(tmp_path, beside):
    asked = watched.inputs(4, 4, begin=56, key=pl.Series([7, 8, 7, 2**60]))
    found = watched.project(tmp_path / "p", watched.inputs(key=pl.lit(0, pl.Int64)))
    rows = watched.serve(found, asked, entities=[beside] * 4)
    result = tell(found, key=[7, 2**60, 9], when=[asked["when"][3]] * 3, y=["yes", "no", "no"])
    assert (result.matched, result.unmatched) == (2, 1)
    assert known(found) == {rows["request_id"][2]: "yes", rows["request_id"][3]: "no"}


@pytest.mark.parametrize("kind", [pl.Int64, pl.Float64])
@pytest.mark.parametrize("written", [[7.0, None, 8.0], ["7", "", "8"], ["7.0", None, "8.00"], [7, None, 8]])
def test_a_whole_number_names_the_same_entity_however_it_is_written(tmp_path, kind, written):
    asked = watched.inputs(2, 2, begin=56, key=pl.Series([7, 8], dtype=kind))
    found = watched.project(tmp_path / "p", watched.inputs(key=pl.lit(0, kind)))
    rows = watched.serve(found, asked)
    result = tell(found, key=written, when=[asked["when"][1]] * 3, y=["yes", None, "no"])
    assert (result.matched, result.unmatched) == (2, 0)
    assert known(found) == dict(zip(rows["request_id"], ["yes", "no"], strict=True))


@pytest.mark.parametrize("key", ["007", "7.0", " 7", "1e3"])
def test_an_id_that_is_text_is_itself_and_no_number(tmp_path, key):
    asked = watched.inputs(2, 2, begin=56, key=pl.Series([key, "7"]))
    found = watched.project(tmp_path / "p", watched.inputs(key=pl.lit("x")))
    rows = watched.serve(found, asked)
    assert tell(found, key=[key], when=[asked["when"][1]], y=["yes"]).matched == 1
    assert known(found) == {rows["request_id"][0]: "yes"}


def test_a_number_too_large_for_a_float_names_nobody(tmp_path):
    asked = watched.inputs(1, 1, begin=56, key=pl.Series([2**60]))
    found = watched.project(tmp_path / "p", watched.inputs(key=pl.lit(0, pl.Int64)))
    watched.serve(found, asked)
    result = tell(found, key=[float(2**60)], when=[asked["when"][0]], y=["yes"])
    assert (result.matched, result.unmatched) == (0, 1)


@pytest.mark.parametrize("number", [7.0, "7"])
def test_a_request_whose_id_is_a_number_is_found_among_floats(tmp_path, number):
    found = watched.project(tmp_path / "p")
    watched.serve(found, watched.inputs(1, 1, begin=56), requests=["7"])
    assert tell(found, request_id=[number, None], y=["yes", None]).matched == 1


def test_a_column_that_is_not_the_id_names_the_entity_beside_the_rows(tmp_path):
    asked = watched.inputs(2, 2, begin=56, key=pl.Series(["anna", "b"]))
    found = watched.project(tmp_path / "p", watched.inputs(key=pl.lit("x")))
    rows = watched.serve(found, asked, entities=["b", "anna"])
    path = tmp_path / "labels.parquet"
    pl.DataFrame({"who": ["anna"], "when": [asked["when"][1]], "y": ["yes"]}).write_parquet(path)
    assert add(found, FeedbackRequest(labels=str(path), entity="who", as_of=NOW)).matched == 1
    assert known(found) == {rows["request_id"][1]: "yes"}


@pytest.mark.parametrize(("form", "written"), [("epoch_ms", int), ("epoch_ms", str), ("%d.%m.%Y %H:%M:%S%.f", None)])
def test_times_are_read_as_the_contract_writes_them_or_as_iso(found, form, written):
    path = found.root / "contract.yaml"
    contract = contracts.load(path)
    columns = [c.model_copy(update={"format": form}) if c.name == "when" else c for c in contract.columns]
    path.write_text(contracts.dump(contract.model_copy(update={"columns": tuple(columns)})), encoding="utf-8")
    rows = pl.concat(list(joined(watched.store_of(found)))).filter(pl.col("entity") == "e3").sort("event_time")
    when = rows["event_time"][4]
    milliseconds = (when - datetime(1970, 1, 1)) // timedelta(milliseconds=1) + 60_000
    told = written(milliseconds) if written else (when + timedelta(minutes=1)).strftime("%d.%m.%Y %H:%M:%S.%f")
    assert tell(found, key=["e3"], when=[told], y=["yes"]).matched == 1
    assert known(found) == {rows["request_id"][4]: "yes"}
    again = tell(found, key=["e3"], when=[(when + timedelta(minutes=1)).isoformat()], y=["no"])
    assert (again.matched, again.corrected) == (1, 1)
    with pytest.raises(RequestError, match="no time"):
        tell(found, key=["e3"], when=[7 if written is int else "7"], y=["yes"])


def test_a_label_by_request_may_come_before_its_capture(tmp_path):
    found = watched.project(tmp_path / "p")
    assert tell(found, request_id=["boot1-0"], y=["yes"]).unmatched == 1
    watched.serve(found, watched.inputs(2, 1, begin=56))
    assert known(found) == {"boot1-0": "yes"}


def test_of_a_request_that_was_sent_again_the_last_answer_counts(tmp_path):
    found = watched.project(tmp_path / "p")
    frame = pl.concat([watched.inputs(1, 1, begin=56)] * 2)
    received = [datetime(2026, 1, 1, 1), datetime(2026, 1, 1)]
    watched.serve(found, frame, [0.9, 0.2], requests=["r", "r"], received=received)
    rows = pl.concat(list(joined(watched.store_of(found))))
    assert rows.select("request_id", "score").rows() == [("r", 0.9)]


def test_outcomes_are_read_from_text_as_training_reads_them(tmp_path):
    found = watched.project(tmp_path / "p", task="regression")
    watched.serve(found, watched.inputs(3, 1, begin=56), [1.0, 2.0, 3.0], classes=())
    path = found.root / "labels.csv"
    path.write_text("request_id;y\nboot1-0;1.5\nboot1-1;NA\nboot1-2;\n", encoding="utf-8")
    result = add(found, FeedbackRequest(labels="labels.csv", as_of=NOW))
    assert (result.matched, result.missing) == (1, 2)
    assert known(found) == {"boot1-0": "1.5"}


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"request_id": ["boot1-0"], "y": ["maybe"]}, "'maybe'"),
        ({"request_id": ["boot1-0"]}, "outcome"),
        ({"y": ["yes"]}, "request_id"),
        ({"key": ["e1"], "y": ["yes"]}, "when"),
        ({"request_id": [None], "y": ["yes"]}, "lack"),
        ({"request_id": ["boot1-0"], "row": ["first"], "y": ["yes"]}, "'first'"),
        ({"request_id": ["boot1-0"], "row": [0.5], "y": ["yes"]}, "'0.5'"),
        ({"request_id": ["boot1-0"], "row": [-1], "y": ["yes"]}, "negative"),
        ({"request_id": ["boot1-0"], "row": [2**40], "y": ["yes"]}, "no request has"),
    ],
)
def test_labels_that_cannot_be_used_are_refused(found, columns, said):
    with pytest.raises(RequestError, match=said):
        tell(found, **columns)
    assert watched.store_of(found).list("labels") == []


@pytest.mark.parametrize("value", ["many", "inf", "-1e300"])
def test_a_number_that_is_none_is_refused(tmp_path, value):
    found = watched.project(tmp_path / "p", task="regression")
    watched.serve(found, watched.inputs(1, 1, begin=56), [1.0], classes=())
    (found.root / "labels.csv").write_text(f"request_id,y\nboot1-0,{value}\nboot1-0,1\n", encoding="utf-8")
    with pytest.raises(RequestError):
        add(found, FeedbackRequest(labels="labels.csv", as_of=NOW))


def test_an_absent_file_is_refused(found):
    with pytest.raises(RequestError):
        add(found, FeedbackRequest(labels="nowhere.csv"))


def test_two_writers_at_once_lose_nothing(found):
    frames = [pl.DataFrame({"request_id": [f"boot1-{i}"], "y": ["yes"]}) for i in range(8)]
    for i, frame in enumerate(frames):
        frame.write_parquet(found.root / f"{i}.parquet")
    work = [
        threading.Thread(target=add, args=(found, FeedbackRequest(labels=f"{i}.parquet", as_of=NOW))) for i in range(8)
    ]
    for thread in work:
        thread.start()
    for thread in work:
        thread.join()
    assert known(found) == {f"boot1-{i}": "yes" for i in range(8)}


def test_what_is_half_written_is_no_label(found):
    tell(found, request_id=["boot1-0"], y=["yes"])
    folder = found.root / ".modelyard" / "labels"
    (folder / ".tmp-1-dead").write_bytes(b"half")
    (folder / "notes.txt").write_text("mine")
    assert known(found) == {"boot1-0": "yes"}
