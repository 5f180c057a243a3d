import datetime as dt
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from captured import NOON, add, capture, rows, shape, store, until, written

from modelyard.capture import boots, loss, read, tally
from modelyard.capture.boots import Boot

pytestmark = pytest.mark.slow


@pytest.fixture
def process(tmp_path):
    """Start processes that capture so many rows; each is there with its boot once all rows are taken."""
    started = []

    def start(rows):
        code = [sys.executable, "capturing.py", str(tmp_path / "store"), str(tmp_path / "spool"), str(rows)]
        child = subprocess.Popen(code, cwd=Path(__file__).parent, stdout=subprocess.PIPE, text=True)
        started.append(child)
        return child

    yield start
    for child in started:
        child.kill()
        child.wait()
        child.stdout.close()


def test_what_a_killed_process_lost_is_counted(tmp_path, process):
    place = store(tmp_path)
    child = process(2500)
    boot = child.stdout.readline().strip()
    (living,) = loss(place)
    assert (living.boot, living.state, living.lost) == (boot, "running", 0)
    assert living.captured + living.waiting == 2500
    child.send_signal(signal.SIGKILL)
    child.wait()
    (found,) = loss(place)
    assert (found.boot, found.state) == (boot, "killed")
    assert found.captured == rows(place).height >= 500
    assert found.captured + found.lost == 2500
    assert found.lost > 0


def test_the_next_process_writes_down_what_was_lost(tmp_path, process):
    place = store(tmp_path)
    child = process(2500)
    child.stdout.readline()
    child.kill()
    child.wait()
    before = loss(place)
    into = capture(place, tmp_path)
    into.start()
    until(lambda: not [count for count in tally.counts(tmp_path / "spool") if not count.alive])
    into.stop()
    assert loss(place) == before


def test_two_processes_write_side_by_side_and_lose_nothing_at_an_orderly_end(tmp_path, process):
    place = store(tmp_path)
    children = [process(1500), process(1700)]
    names = [child.stdout.readline().strip() for child in children]
    for child in children:
        child.terminate()
    assert [child.wait(30) for child in children] == [0, 0]
    found = {each.boot: (each.state, each.captured, each.lost) for each in loss(place)}
    assert found == {names[0]: ("stopped", 1500, 0), names[1]: ("stopped", 1700, 0)}
    assert rows(place).select("boot", "sequence").is_unique().all()


def test_a_process_of_another_machine_is_known_by_what_it_said_last(tmp_path):
    place = store(tmp_path)
    said = dt.datetime.now(dt.UTC)
    old = said - dt.timedelta(minutes=11)
    boots.put(place, Boot(boot="away", seen=said.isoformat(), added=70, dropped=4))
    boots.put(place, Boot(boot="gone", seen=old.isoformat(), added=50))
    place.put("captures/boots/broken.json", b"{")
    away, gone = loss(place)
    assert (away.state, away.captured, away.lost, away.waiting) == ("running", 0, 4, 66)
    assert (gone.state, gone.lost, gone.waiting) == ("silent", 50, 0)
    assert [each.boot for each in loss(place, since=said - dt.timedelta(minutes=5))] == ["away"]


def test_a_gap_in_the_numbers_is_a_loss(tmp_path):
    place = store(tmp_path)
    made = shape()
    for received in (NOON, NOON + 100):
        into = capture(place, tmp_path, boot=f"b{received:.0f}")
        for i in range(10):
            add(into, made, [["\ud800"]] if i == 4 else [[1.0]], received=received + i)
        written(place, into)
    assert [(each.captured, each.lost) for each in loss(place)] == [(9, 1), (9, 1)]
    since = dt.datetime(2025, 11, 21, 12, 1, 45, tzinfo=dt.UTC)  # the sixth row of the second
    found = {each.boot: (each.captured, each.lost) for each in loss(place, since=since)}
    assert found[f"b{NOON + 100:.0f}"] == (5, 0)


def test_a_name_is_not_shared_by_a_forked_process(tmp_path, monkeypatch):
    into = capture(store(tmp_path), tmp_path)
    name = into.boot
    monkeypatch.setattr(into, "_process", -1)
    into.start()
    assert into.boot != name
    add(into, shape(), [[1.0]])
    into.stop()
    assert {frame["boot"][0] for frame in read(store(tmp_path))} == {into.boot}
