import datetime as dt
import io
import re
import sys
import threading

import polars as pl
import pytest
from captured import NOON, add, capture, rows, shape, store, written

from modelyard.capture import Compacted, compact, days, read
from modelyard.errors import OutsideError

pytestmark = pytest.mark.slow

DAY = dt.date(2025, 11, 21)


def many(place, tmp_path, files=5, rows=4, **more):
    """Write files of the same day."""
    made = shape({"a": "integer"}, **more)
    for i in range(files):
        into = capture(place, tmp_path)
        add(into, made, [[i * rows + k] for k in range(rows)], received=NOON + i)
        written(place, into)


def values(found):
    return sorted(found["inputs"].struct.field("a").to_list()) if found.height else []


def files(place):
    return [key for key in place.list("captures") if key.endswith(".parquet")]


def test_small_files_of_a_day_become_one_for_each_version(tmp_path):
    place = store(tmp_path)
    many(place, tmp_path)
    many(place, tmp_path, files=3, sha256="cd" * 32)
    before = rows(place).sort("boot", "sequence")
    assert compact(place, DAY) == Compacted(merged=2, removed=8, rows=32)
    assert rows(place).sort("boot", "sequence").equals(before)
    assert days(place) == {DAY: 2}
    assert compact(place, DAY) == Compacted()


def test_new_files_join_the_merged_one(tmp_path):
    place = store(tmp_path)
    many(place, tmp_path)
    compact(place, DAY)
    many(place, tmp_path)
    assert compact(place, DAY) == Compacted(merged=1, removed=6, rows=40)
    assert values(rows(place)) == sorted([*range(20), *range(20)])
    late = rows(place, since=dt.datetime(2025, 11, 21, 12, 0, 4), clock="received")
    assert late.height == 8


def test_other_days_and_other_schemas_stay_apart(tmp_path):
    place = store(tmp_path)
    into = capture(place, tmp_path)
    for when in (dt.datetime(2024, 1, 1), dt.datetime(2024, 1, 2)):
        add(into, shape({"when": "timestamp"}, time="when"), [[when]])
    written(place, into)
    for personal in ("drop", "hash"):
        into = capture(place, tmp_path, personal=personal)
        add(into, shape({"a": "integer", "b": "string"}, personal=("b",)), [[1, "x"]])
        written(place, into)
    for day in days(place):
        assert compact(place, day) == Compacted()
    assert rows(place).height == 4


def test_large_files_are_left_alone_and_groups_are_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(sys.modules["modelyard.capture.compact"], "_MOST_ROWS", 10)
    place = store(tmp_path)
    many(place, tmp_path, files=6)
    many(place, tmp_path, files=1, rows=9)
    assert compact(place, DAY) == Compacted(merged=3, removed=6, rows=24)
    assert rows(place).height == 33


class Killed(BaseException):
    """The process ends here."""


class Mortal:
    """A store that ends the process before, or just after, its n-th change."""

    def __init__(self, place, n, *, after):
        self._place, self._left, self._after = place, n, after

    def _change(self, work, *values):
        self._left -= 1
        if self._left == 0 and not self._after:
            raise Killed
        work(*values)
        if self._left == 0:
            raise Killed

    def put(self, *values):
        self._change(self._place.put, *values)

    def delete(self, *values):
        self._change(self._place.delete, *values)

    def __getattr__(self, name):
        return getattr(self._place, name)


@pytest.mark.parametrize("after", [False, True])
def test_killed_at_any_change_no_row_is_lost_or_doubled_and_the_next_merge_completes_it(tmp_path, after):
    n, ended = 0, False
    while not ended:
        n += 1
        place = store(tmp_path / str(n))
        many(place, tmp_path, files=3)
        compact(place, DAY)
        many(place, tmp_path, files=2)
        before = rows(place).sort("boot", "sequence")
        try:
            compact(Mortal(place, n, after=after), DAY)
            ended = True
        except Killed:
            assert rows(place).sort("boot", "sequence").equals(before), n
        compact(place, DAY)
        assert rows(place).sort("boot", "sequence").equals(before), n
        assert len(files(place)) == 1, n
    assert n == 5


def test_a_reader_sees_each_row_once_whenever_files_are_merged_meanwhile(tmp_path):
    for at in range(6):
        place = store(tmp_path / str(at))
        many(place, tmp_path)
        found = []
        for i, frame in enumerate(read(place)):
            found.append(frame)
            if i == at:
                many(place, tmp_path / "later", files=1)
                compact(place, DAY)
        expected = [*range(20), *range(4)] if at < 5 else [*range(20)]
        seen = values(pl.concat(found))
        assert seen in (sorted(expected), list(range(20))), at


def test_two_merges_at_once_lose_and_double_nothing(tmp_path):
    place = store(tmp_path)
    many(place, tmp_path, files=12)
    before = rows(place).sort("boot", "sequence")
    failures = []

    def work():
        try:
            for _ in range(3):
                compact(place, DAY)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        assert rows(place).sort("boot", "sequence").equals(before)
    assert failures == []
    assert rows(place).sort("boot", "sequence").equals(before)
    compact(place, DAY)
    assert len(files(place)) == 1


def test_merges_that_overlap_are_read_once_and_put_in_order(tmp_path):
    place = store(tmp_path)
    many(place, tmp_path, files=4)
    before = rows(place).sort("boot", "sequence")
    originals = {key: place.get(key) for key in files(place)}
    names = sorted(originals)
    for kept in (names[:3], names[1:]):
        other = store(tmp_path / kept[0][-20:])
        for key in kept:
            other.put(key, originals[key])
        compact(other, DAY)
        (made,) = files(other)
        place.put(made, other.get(made))
    assert len(files(place)) == 6
    assert rows(place).sort("boot", "sequence").equals(before)
    compact(place, DAY)
    assert len(files(place)) == 1
    assert rows(place).sort("boot", "sequence").equals(before)


def test_a_damaged_file_is_named(tmp_path):
    place = store(tmp_path)
    many(place, tmp_path, files=2)
    key = files(place)[0]
    place.put(key, place.get(key)[:100])
    with pytest.raises(OutsideError, match=r"date=2025-11-21/abababab"):
        list(read(place))
    with pytest.raises(OutsideError, match=r"not a captured file"):
        compact(place, DAY)


@pytest.mark.parametrize("kind", ["pages", "another table"])
@pytest.mark.parametrize("beside", [0, 2])
def test_a_file_whose_rows_cannot_be_read_is_named_though_others_are_read_with_it(tmp_path, kind, beside):
    place = store(tmp_path)
    many(place, tmp_path, files=1 + beside)
    key = files(place)[beside // 2]
    data = bytearray(place.get(key))
    end = len(data) - 8 - int.from_bytes(data[-8:-4], "little")  # what follows describes the columns
    data[4:end] = bytes(byte ^ 0x5A for byte in data[4:end])
    other = io.BytesIO()
    pl.DataFrame({"a": [1]}).write_parquet(other)
    place.put(key, bytes(data) if kind == "pages" else other.getvalue())
    with pytest.raises(OutsideError, match=rf"{re.escape(key)} .* not a captured file"):
        list(read(place, columns=["sequence"]))


def test_nothing_to_merge_is_no_failure(tmp_path):
    assert compact(store(tmp_path), DAY) == Compacted()
    assert compact(store(tmp_path), None) == Compacted()
