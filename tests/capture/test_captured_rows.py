import datetime as dt
import hashlib
import hmac
import sys

import numpy as np
import pytest
from captured import NOON, SHA, add, capture, rows, shape, store, written

from modelyard.capture import days, read

EVERY = {
    "a": "number",
    "": "integer",
    "*": "string",
    "^a$": "boolean",
    "request_id": "date",
    "inputs": "timestamp",
    'é.ñ "q"\n': "string",
}


def test_every_type_and_name_comes_back_as_it_was(tmp_path):
    place = store(tmp_path)
    made = capture(place, tmp_path)
    given = [
        [
            1.5,
            2**63 - 1,
            'é\x00\n"\\ \u2028😀',
            True,
            dt.date(2024, 2, 29),
            dt.datetime(2024, 1, 1, 2, 3, 4, 567891),
            "x",
        ],
        [None] * 7,
        (-0.0, -(2**63), "", False, dt.date(1, 1, 1), dt.datetime(9999, 12, 31, 23, 59, 59), "null"),
        [5e-324, 2**53 + 1, "x" * 100_000, None, dt.date(9999, 12, 31), dt.datetime(1, 1, 1), None],
    ]
    add(made, shape(EVERY), given, request="q1", entity="e1")
    found = written(place, made)
    assert [tuple(r) for r in found["inputs"].struct.unnest().rows()] == [tuple(r) for r in given]
    assert found["inputs"].struct.fields == list(EVERY)
    assert found["row"].to_list() == [0, 1, 2, 3]
    assert found["sequence"].to_list() == [0, 1, 2, 3]
    assert set(found["request_id"]) == {"q1"}
    assert set(found["entity"]) == {"e1"}
    assert found["received_time"][0] == dt.datetime(2025, 11, 21, 12, 0)
    assert (found["version"][0], found["sha256"][0], found["role"][0], found["boot"][0]) == (
        1,
        SHA,
        "champion",
        made.boot,
    )


def test_numbers_keep_every_bit(tmp_path):
    place = store(tmp_path)
    made = capture(place, tmp_path)
    values = np.frombuffer(np.random.default_rng(1).bytes(8 * 5000), dtype=np.float64)
    values = values[np.isfinite(values)]
    for value in values.tolist():
        add(made, shape_once(), [[value]], [[1 - 0.1, 0.1]], received=NOON + 0.123456)
    found = written(place, made)
    assert found["inputs"].struct.field("a").to_list() == values.tolist()
    assert set(found["scores"].list.first()) == {1 - 0.1}
    assert found["received_time"][0].microsecond == 123456


_SHAPE = shape()


def shape_once():
    return _SHAPE


@pytest.mark.parametrize(
    ("made", "scores", "predictions", "values"),
    [
        (shape(threshold=0.3), [[0.75, 0.25], [0.7, 0.3]], ["no", "yes"], [0.25, 0.3]),
        (shape(), [[0.51, 0.49], [0.5, 0.5]], ["no", "yes"], [0.49, 0.5]),
        (shape(classes=("x", "y", "z")), [[0.2, 0.5, 0.3], [0.6, 0.2, 0.2]], ["y", "x"], [None, None]),
        (shape(classes=()), [7.5, -1.0], [None, None], [7.5, -1.0]),
    ],
)
def test_the_prediction_is_what_the_version_decides(tmp_path, made, scores, predictions, values):
    place = store(tmp_path)
    into = capture(place, tmp_path)
    add(into, made, [[1.0], [2.0]], scores)
    found = written(place, into)
    assert found["prediction"].to_list() == predictions
    assert found["score"].to_list() == values


@pytest.mark.parametrize("classes", [("no", "yes"), ("x", "y", "z"), ()])
def test_a_score_that_is_no_number_is_kept_as_such(tmp_path, classes):
    place = store(tmp_path)
    into = capture(place, tmp_path)
    width = max(len(classes), 1)
    scores = np.full((3, width), [[np.nan], [np.inf], [0.5]])
    add(into, shape(classes=classes), [[1.0]] * 3, scores if classes else scores[:, 0])
    found = written(place, into)
    assert np.isnan(found["scores"].list.first().to_list()).tolist() == [True, True, False]
    assert found["prediction"].to_list()[:2] == [None, None]


def test_rows_lie_by_the_date_of_their_event_else_of_their_receipt(tmp_path):
    place = store(tmp_path)
    into = capture(place, tmp_path)
    timed = shape({"when": "timestamp"}, time="when")
    late = dt.datetime(2013, 1, 31, 23, 59)
    add(into, timed, [[late], [None], [dt.datetime(2013, 2, 1)]])
    add(into, shape({"a": "number"}, time="gone"), [[1.0]])
    found = written(place, into)
    assert list(days(place)) == [dt.date(2013, 1, 31), dt.date(2013, 2, 1), dt.date(2025, 11, 21)]
    assert sorted(found["event_time"].to_list(), key=str) == [late, dt.datetime(2013, 2, 1), None, None]


def test_a_date_is_an_event_time_too(tmp_path):
    place = store(tmp_path)
    into = capture(place, tmp_path)
    add(into, shape({"day": "date"}, time="day"), [[dt.date(2013, 3, 1)]])
    assert written(place, into)["event_time"].to_list() == [dt.datetime(2013, 3, 1)]


def test_dates_that_a_client_makes_up_do_not_make_a_file_each(tmp_path):
    place = store(tmp_path)
    into = capture(place, tmp_path)
    first = dt.datetime(1990, 1, 1)
    moments = [first + dt.timedelta(days=i) for i in range(2000)]
    add(into, shape({"when": "timestamp"}, time="when"), [[when] for when in [*moments, *moments[:50]]])
    found = written(place, into)
    assert len(place.list("captures")) <= 102
    assert found.height == 2050
    some = rows(place, since=moments[1000], until=moments[1010])
    assert sorted(some["event_time"].to_list()) == moments[1000:1010]


def test_personal_columns_are_left_out(tmp_path):
    place = store(tmp_path)
    into = capture(place, tmp_path)
    made = shape({"email": "string", "a": "number", "born": "date"}, personal=("email", "born"), time="born")
    add(into, made, [["ann@example.org", 1.0, dt.date(1970, 5, 4)]])
    found = written(place, into)
    assert found["inputs"].struct.fields == ["a"]
    assert found["event_time"].to_list() == [None]
    assert not any(b"ann@" in (tmp_path / "store" / key).read_bytes() for key in place.list(""))


def test_rows_of_personal_columns_only_are_kept_without_inputs(tmp_path):
    place = store(tmp_path)
    into = capture(place, tmp_path)
    add(into, shape({"email": "string"}, personal=("email",)), [["ann@example.org"]])
    found = written(place, into)
    assert found["inputs"].to_list() == [None]
    assert found["score"].to_list() == [0.75]


def test_hashes_of_personal_columns_need_the_key(tmp_path, monkeypatch):
    monkeypatch.setenv("MODELYARD_HASH_KEY", "secret")
    place = store(tmp_path)
    into = capture(place, tmp_path, personal="hash")
    made = shape({"email": "string", "n": "integer"}, personal=("email", "n"))
    add(into, made, [["ann@example.org", 7], [None, None], ["bob@example.org", 7], ["ann@example.org", 8]])
    found = written(place, into)["inputs"].struct.unnest()
    expected = hmac.new(b"secret", b"ann@example.org", hashlib.sha256).hexdigest()[:32]
    assert found["email"].to_list()[:2] == [expected, None]
    assert found["email"][0] == found["email"][3] != found["email"][2]
    assert found["n"].n_unique() == 3
    assert not place.exists("captures/hash.key")


def test_without_a_key_of_its_own_a_store_makes_one_for_all_its_servers(tmp_path, monkeypatch):
    monkeypatch.delenv("MODELYARD_HASH_KEY", raising=False)
    place = store(tmp_path)
    made = shape({"email": "string"}, personal=("email",))
    for _ in range(2):
        into = capture(place, tmp_path, personal="hash")
        add(into, made, [["ann@example.org"]])
        found = written(place, into)
    assert found["inputs"].struct.field("email").n_unique() == 1
    assert len(place.get("captures/hash.key")) == 64


def test_versions_with_other_columns_lie_in_files_of_their_own(tmp_path):
    place = store(tmp_path)
    into = capture(place, tmp_path)
    add(into, shape({"a": "number"}), [[1.0]])
    add(into, shape({"b": "string"}, sha256="cd" * 32), [["x"]], role="challenger")
    add(into, shape({"a": "number"}), [[2.0]])  # the first one, loaded again
    written(place, into)
    assert [frame["inputs"].struct.fields for frame in read(place)] == [["a"], ["b"]]
    assert rows(place, versions=["cd" * 32])["role"].to_list() == ["challenger"]
    assert rows(place, versions=[]).is_empty()


def test_only_what_is_asked_for_is_read(tmp_path):
    place = store(tmp_path)
    into = capture(place, tmp_path)
    timed = shape({"when": "timestamp"}, time="when")
    days_of_may = [dt.datetime(2013, 5, day, 12) for day in range(1, 11)]
    for i, when in enumerate(days_of_may):
        add(into, timed, [[when]], request=str(i), received=NOON + i)
    written(place, into)
    some = rows(place, since=days_of_may[2], until=days_of_may[5], columns=["request_id", "score"])
    assert some.columns == ["request_id", "score"]
    assert some["request_id"].to_list() == ["2", "3", "4"]
    aware = days_of_may[8].replace(tzinfo=dt.timezone(dt.timedelta(hours=2)))
    assert rows(place, since=aware)["request_id"].to_list() == ["8", "9"]
    by_receipt = rows(place, since=dt.datetime(2025, 11, 21, 12, 0, 7), clock="received")
    assert by_receipt["request_id"].to_list() == ["7", "8", "9"]


def of_several_days(place, tmp_path, rows_a_day):
    into = capture(place, tmp_path)
    timed = shape({"when": "timestamp"}, time="when")
    for day, count in enumerate(rows_a_day, 1):
        add(into, timed, [[dt.datetime(2013, 5, day, 12)]] * count, request=str(day))
    return written(place, into)


def test_small_files_are_read_together_in_the_order_of_their_dates(tmp_path):
    place = store(tmp_path)
    of_several_days(place, tmp_path, [2, 3, 4])
    assert len(days(place)) == 3
    (frame,) = read(place, columns=["request_id"])
    assert frame["request_id"].to_list() == ["1"] * 2 + ["2"] * 3 + ["3"] * 4


def test_large_files_are_not_read_together(tmp_path, monkeypatch):
    monkeypatch.setattr(sys.modules["modelyard.capture.read"], "_MOST_BYTES", 100)
    place = store(tmp_path)
    of_several_days(place, tmp_path, [2, 3, 4])
    assert [frame.height for frame in read(place)] == [2, 3, 4]


def test_an_empty_store_has_no_rows(tmp_path):
    assert list(read(store(tmp_path))) == []


def test_other_files_in_the_folder_are_not_taken_for_captures(tmp_path):
    place = store(tmp_path)
    for key in ("captures/date=2024-01-01/notes.parquet", "captures/date=x/a-b-0-1.parquet", "captures/README.md"):
        place.put(key, b"hello")
    assert list(read(place)) == []
