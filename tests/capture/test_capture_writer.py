import gc
import os
import threading

import pytest
from captured import SHA, Failing, add, capture, rows, shape, store, until, written

from modelyard.capture import buffer, days, loss, sender
from modelyard.capture import capture as writing
from modelyard.data.store import Store


def files(place):
    return [key for key in place.list("captures") if key.endswith(".parquet")]


def test_a_file_is_closed_when_it_has_enough_rows(tmp_path):
    place = store(tmp_path)
    into = capture(place, tmp_path, flush_rows=100)
    into.start()
    made = shape()
    add(into, made, [[1.0]] * 60)
    add(into, made, [[1.0]] * 40)
    until(lambda: files(place))
    assert rows(place).height == 100
    into.stop()


def test_a_file_is_closed_when_it_is_old_enough(tmp_path):
    place = store(tmp_path)
    into = capture(place, tmp_path, flush_s=0.2)
    into.start()
    add(into, shape(), [[1.0]])
    until(lambda: files(place))
    into.stop()


def test_files_are_closed_soon_while_a_release_runs(tmp_path, monkeypatch):
    monkeypatch.setattr(writing, "_HURRY_S", 0.1)
    place = store(tmp_path)
    into = capture(place, tmp_path, flush_s=3600)
    into.start()
    add(into, shape(), [[1.0]])
    into.hurry = True
    until(lambda: files(place))
    into.stop()


def test_an_orderly_end_writes_what_is_there_and_says_so(tmp_path):
    place = store(tmp_path)
    into = capture(place, tmp_path)
    made = shape()
    for i in range(500):
        add(into, made, [[float(i)]])
    found = written(place, into)
    assert found["sequence"].to_list() == list(range(500))
    assert found["inputs"].struct.field("a").to_list() == [float(i) for i in range(500)]
    (end,) = loss(place)
    assert (end.boot, end.state, end.captured, end.lost, end.waiting) == (into.boot, "stopped", 500, 0, 0)
    assert into.counters["capture_written_rows_total"] == 500
    assert not (tmp_path / "spool").exists()


def test_what_comes_after_the_end_is_counted_as_dropped(tmp_path):
    into = capture(store(tmp_path), tmp_path)
    into.start()
    into.stop()
    add(into, shape(), [[1.0]])
    add(into, shape(), [[1.0]] * 200)
    assert into.counters["capture_dropped_rows_total"] == 201


def test_without_rows_nothing_is_written(tmp_path):
    place = store(tmp_path)
    into = capture(place, tmp_path)
    add(into, shape(), [])
    written(place, into)
    assert place.list("") == []


def test_switched_off_it_does_nothing(tmp_path):
    place = store(tmp_path)
    into = capture(place, tmp_path, enabled=False)
    add(into, shape(), [[1.0]])
    written(place, into)
    assert place.list("") == []
    assert not (tmp_path / "spool").exists()
    assert into.counters["capture_rows_total"] == 0


def test_large_requests_keep_their_order_and_numbers(tmp_path):
    place = store(tmp_path)
    into = capture(place, tmp_path)
    made = shape()
    add(into, made, [[-1.0]], request="first")
    add(into, made, [[float(i)] for i in range(1000)], request="large")
    add(into, made, [[-2.0]], request="last")
    found = written(place, into)
    assert found["sequence"].to_list() == list(range(1002))
    large = found.filter(found["request_id"] == "large")
    assert large["row"].to_list() == list(range(1000))
    assert large["inputs"].struct.field("a").to_list() == [float(i) for i in range(1000)]


@pytest.mark.parametrize("n", [1, 500])
@pytest.mark.parametrize(
    "wrong",
    [["\ud800"], [object()], [], [1.0, 2.0], None, 7, [{1: 2, "a": float}]],
    ids=lambda wrong: type(wrong).__name__,
)
def test_rows_that_cannot_be_kept_are_counted_and_harm_no_others(tmp_path, n, wrong):
    place = store(tmp_path)
    into = capture(place, tmp_path)
    made = shape()
    add(into, made, [[1.0]])
    add(into, made, [wrong] * n)
    add(into, made, [[2.0]])
    into.start()
    into.stop()
    found = rows(place)
    assert found["inputs"].struct.field("a").to_list() == [1.0, 2.0]
    assert found["sequence"].to_list() == [0, n + 1]
    assert into.counters["capture_dropped_rows_total"] == n
    assert loss(place)[0].lost == n


@pytest.mark.parametrize("wrong", ["text", 2**63, {"a": 1}], ids=repr)
def test_a_value_of_another_type_costs_no_other_row(tmp_path, wrong):
    place = store(tmp_path)
    into = capture(place, tmp_path)
    made = shape({"a": "integer"})
    for i in range(100):
        add(into, made, [[wrong if i == 37 else i]])
    into.start()
    into.stop()
    kept = rows(place)["inputs"].struct.field("a").drop_nulls().to_list()
    assert kept == [i for i in range(100) if i != 37]
    assert rows(place).height + into.counters["capture_dropped_rows_total"] == 100


def test_a_full_or_absent_place_is_tried_again(tmp_path, monkeypatch):
    monkeypatch.setattr(sender, "_FIRST_PAUSE_S", 0.01)
    place, told = Failing(store(tmp_path)), []
    into = capture(place, tmp_path, flush_s=0.05, tell=lambda event, **more: told.append((event, more)))
    into.start()
    add(into, shape(), [[1.0]])
    until(lambda: place.tries >= 3)
    assert told == [("capture_failed", {"error": "The disk is full.", "store": place.uri})]
    assert into.counters["capture_dropped_rows_total"] == 0
    place.how = ""
    until(lambda: into.counters["capture_written_rows_total"] == 1)
    assert into.counters["capture_failures_total"] >= 3
    into.stop()
    assert rows(place).height == 1
    assert [event for event, _ in told] == ["capture_failed", "capture_written_again"]


def test_what_cannot_be_written_for_long_is_dropped_and_counted(tmp_path, monkeypatch):
    monkeypatch.setattr(sender, "_FIRST_PAUSE_S", 0.01)
    monkeypatch.setattr(sender, "_LONGEST_S", 0.1)
    place, told = Failing(store(tmp_path)), []
    into = capture(place, tmp_path, flush_s=0.05, tell=lambda event, **more: told.append((event, more.get("rows"))))
    into.start()
    add(into, shape(), [[1.0]] * 3)
    until(lambda: into.counters["capture_dropped_rows_total"] == 3)
    assert told == [("capture_failed", None), ("capture_lost", 3)]
    place.how = ""
    add(into, shape(), [[1.0]])
    into.stop()
    assert rows(place)["sequence"].to_list() == [3]
    assert (loss(place)[0].captured, loss(place)[0].lost) == (1, 3)


def test_memory_is_bounded_while_the_store_hangs(tmp_path, monkeypatch):
    monkeypatch.setattr(sender, "_MOST_BYTES", 20_000)
    place = Failing(store(tmp_path), "hang")
    into = capture(place, tmp_path, flush_rows=50)
    into.start()
    made = shape({"a": "string"})
    for i in range(40):
        add(into, made, [[os.urandom(50).hex()]] * 60)
        until(lambda i=i: into._buffer.waiting == 0 or into.counters["capture_dropped_rows_total"] > 0)
    until(lambda: into.counters["capture_dropped_rows_total"] > 0)
    assert sum(len(file.data) for file in into._sender._waiting) < 40_000
    place.how = ""
    place.release.set()
    into.stop()
    counted = into.counters
    assert counted["capture_written_rows_total"] + counted["capture_dropped_rows_total"] == 2400
    assert rows(place).height == counted["capture_written_rows_total"]


def test_rows_that_find_no_room_are_dropped_not_waited_for(tmp_path, monkeypatch):
    monkeypatch.setattr(buffer, "_MOST_BYTES", 10_000)
    monkeypatch.setattr(buffer, "_MOST_LARGE_ROWS", 150)
    place = store(tmp_path)
    into = capture(place, tmp_path)
    made = shape()
    for _ in range(2):
        add(into, made, [[1.0]] * 100)
    for _ in range(500):
        add(into, made, [[1.0]])
    assert into.counters["capture_dropped_rows_total"] > 300
    assert len(into._buffer._lines[made].chunk.text) < 11_000
    found = written(place, into)
    assert found.height + into.counters["capture_dropped_rows_total"] == 700
    assert loss(place)[0].lost == into.counters["capture_dropped_rows_total"]


def test_the_end_comes_in_time_although_the_store_hangs(tmp_path):
    place, told = Failing(store(tmp_path), "hang"), []
    into = capture(place, tmp_path, flush_s=0.05, tell=lambda event, **more: told.append((event, more["rows"])))
    into.start()
    add(into, shape(), [[1.0]])
    until(lambda: place.tries)
    ended = threading.Event()

    def end():
        into.stop(0.3)
        ended.set()

    threading.Thread(target=end, daemon=True).start()
    assert ended.wait(20)
    assert into.counters["capture_dropped_rows_total"] == 1
    assert told == [("capture_lost", 1)]
    place.release.set()


def test_waiting_rows_are_nothing_that_the_collector_walks(tmp_path):
    into = capture(store(tmp_path), tmp_path)
    made = shape({f"x{i}": "number" for i in range(16)})
    add(into, made, [[0.5] * 16])
    gc.collect()
    before = len(gc.get_objects())
    for i in range(2000):
        add(into, made, [[i + 0.5] * 16])
    gc.collect()
    assert len(gc.get_objects()) - before < 50


def test_many_threads_add_at_once(tmp_path):
    place = store(tmp_path)
    into = capture(place, tmp_path, flush_rows=700)
    into.start()
    made = shape({"a": "integer"})

    def work(start):
        for i in range(start, start + 500):
            add(into, made, [[i]])
        add(into, made, [[i] for i in range(start + 500, start + 600)])

    threads = [threading.Thread(target=work, args=(start,)) for start in range(0, 4000, 1000)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    into.stop()
    found = rows(place)
    assert sorted(found["sequence"].to_list()) == list(range(2400))
    assert found["inputs"].struct.field("a").n_unique() == 2400


def test_a_damaged_store_address_never_reaches_the_server(tmp_path):
    (tmp_path / "store").write_text("a file where the folder should be")
    into = capture(Store.open("store", tmp_path), tmp_path, flush_s=0.05, personal="hash")
    into.start()
    add(into, shape({"a": "string"}, personal=("a",)), [["x"]])
    until(lambda: into.counters["capture_failures_total"] > 0)
    into.stop(2)
    assert into.counters["capture_dropped_rows_total"] == 1


def test_without_a_place_for_its_count_it_works_all_the_same(tmp_path):
    (tmp_path / "spool").write_text("in the way")
    place = store(tmp_path)
    into = capture(place, tmp_path)
    add(into, shape(), [[1.0]])
    assert written(place, into).height == 1


def test_names_of_files_tell_version_process_and_first_row(tmp_path):
    place = store(tmp_path)
    into = capture(place, tmp_path, boot="boot-1")
    add(into, shape(), [[1.0]])
    written(place, into)
    (name,) = [key.rpartition("/")[2] for key in files(place)]
    assert name.startswith(f"{SHA[:8]}-boot-1-000000000000-")
    assert len(days(place)) == 1
