"""Snapshots: the same rows are the same file, and what a manifest names is there and whole."""

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import polars as pl
import pytest

from modelyard.data import snapshot
from modelyard.data.snapshot import Snapshot
from modelyard.data.store import Store
from modelyard.errors import OutsideError, RequestError

COLUMNS = {"größe": "number", "": "string", "*": "timestamp", "ok": "boolean", "n": "integer", "d": "date"}


def frame(n: int = 5000) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "größe": [None if i % 7 == 0 else i / 3 for i in range(n)],
            "": [["a", "b", None, "a long text " * 5][i % 4] for i in range(n)],
            "*": [dt.datetime(2020, 1, 1) + dt.timedelta(minutes=i) for i in range(n)],
            "ok": [i % 2 == 0 for i in range(n)],
            "n": list(range(n)),
            "d": [dt.date(2020, 1, 1)] * n,
        }
    )


def store_in(folder: Path) -> Store:
    return Store.open("store", folder)


def take(store: Store, rows: pl.DataFrame | pl.LazyFrame, source: str = "t.csv") -> Snapshot:
    return snapshot.take(store, rows.lazy(), source=source, contract_version="1.0.0", columns=COLUMNS)


def test_what_was_taken_is_read_again(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    taken = take(store, frame())
    assert snapshot.read(store, taken).equals(frame())
    assert (taken.rows, taken.columns, taken.source) == (5000, COLUMNS, "t.csv")
    assert taken.bytes == (tmp_path / "store" / taken.data_key).stat().st_size
    assert snapshot.get(store, taken.id) == snapshot.get(store, taken.id[:6]) == taken
    assert snapshot.listing(store) == [taken]


def test_the_same_rows_are_the_same_snapshot_however_they_come(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    first = take(store, frame())
    rows = frame()
    in_chunks = pl.concat([rows.slice(i, 700) for i in range(0, 5000, 700)], rechunk=False)
    retyped = rows.with_columns(pl.col("n").cast(pl.Int16), pl.col("").cast(pl.Categorical))
    rows.write_parquet(tmp_path / "t.parquet", row_group_size=999)
    for same in (in_chunks, retyped, pl.scan_parquet(tmp_path / "t.parquet"), rows.with_columns(extra=1)):
        assert take(store, same, "another.parquet") == first
    assert take(store, rows.reverse()).id != first.id
    assert len(snapshot.listing(store)) == 2


def test_the_id_does_not_depend_on_the_number_of_threads(tmp_path: Path) -> None:
    code = f"""
import pathlib, sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from test_snapshot_store import frame, store_in, take
print(take(store_in(pathlib.Path(sys.argv[1])), frame(200_000)).id)
"""
    found = set()
    for threads in ("1", "4"):
        environment = {**os.environ, "POLARS_MAX_THREADS": threads}
        command = [sys.executable, "-c", code, str(tmp_path / threads)]
        found.add(subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout)
    assert len(found) == 1


def test_an_empty_frame_is_a_snapshot(tmp_path: Path) -> None:
    taken = take(store_in(tmp_path), frame().head(0))
    assert snapshot.read(store_in(tmp_path), taken).schema == frame().schema


def test_unknown_or_ambiguous_ids_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = store_in(tmp_path)
    for i in range(40):
        take(store, frame(i))
    monkeypatch.setattr(snapshot, "_SHORTEST_PREFIX", 1)
    shared = next(p for p in "0123456789abcdef" if sum(s.id.startswith(p) for s in snapshot.listing(store)) > 1)
    with pytest.raises(RequestError, match="begins"):
        snapshot.get(store, shared)
    for wrong in ("", "zzzzzz", "../x", "a/b", "f" * 64):
        with pytest.raises(RequestError):
            snapshot.get(store, wrong)


def test_a_changed_cut_off_or_lost_file_is_noticed_and_mended_by_taking_it_again(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    taken = take(store, frame())
    path = tmp_path / "store" / taken.data_key
    whole = path.read_bytes()
    for damaged in (whole[:-1], whole.replace(b"a", b"b", 1), b"", None):
        path.unlink(missing_ok=True)
        if damaged is not None:
            path.write_bytes(damaged)
        with pytest.raises(OutsideError, match="damaged"):
            snapshot.read(store, taken)
        assert take(store, frame()) == taken
        assert snapshot.read(store, taken).equals(frame())


def test_a_damaged_manifest_is_an_error_not_a_guess(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    taken = take(store, frame())
    path = tmp_path / "store" / taken.manifest_key
    document = json.loads(path.read_text())
    for text in ("{", json.dumps({**document, "id": "0" * 64}), json.dumps({**document, "more": 1})):
        path.write_text(text)
        with pytest.raises(OutsideError, match="damaged"):
            snapshot.get(store, taken.id)


def test_a_column_that_is_absent_is_named(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="größe"):
        take(store_in(tmp_path), frame().drop("größe"))


def test_a_table_that_breaks_while_read_leaves_nothing(tmp_path: Path) -> None:
    frame().write_parquet(tmp_path / "t.parquet")
    data = bytearray((tmp_path / "t.parquet").read_bytes())
    data[100:2000] = b"\0" * 1900
    (tmp_path / "t.parquet").write_bytes(data)
    with pytest.raises(RequestError):
        take(store_in(tmp_path), pl.scan_parquet(tmp_path / "t.parquet"))
    assert not (tmp_path / "store").exists()


def test_two_writers_at_once_agree(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    found: list[Snapshot] = []
    start = threading.Barrier(4)

    def write() -> None:
        start.wait()
        found.append(take(store, frame()))

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert set(map(repr, found)) == {repr(snapshot.listing(store)[0])}
    assert snapshot.read(store, found[0]).equals(frame())


def check(store: Store) -> None:
    """Whatever is listed is whole."""
    for each in snapshot.listing(store):
        assert snapshot.read(store, each).height == each.rows


KILLED = """
import os, pathlib, signal, sys
sys.path.insert(0, sys.argv[3])
from test_snapshot_store import frame, store_in, take
at, seen = int(sys.argv[2]), 0
def die(event, arguments):
    global seen
    watched = event in {"open", "os.rename", "os.link", "os.remove", "os.mkdir", "os.listdir", "os.scandir"}
    if watched and any("store" in str(a) or "modelyard-" in str(a) for a in arguments):
        seen += 1
        if seen == at:
            os.kill(os.getpid(), signal.SIGKILL)
store, rows = store_in(pathlib.Path(sys.argv[1])), frame()
sys.addaudithook(die)
take(store, rows)
"""


@pytest.mark.slow
def test_killed_at_any_step_nothing_lies_and_the_next_one_finishes(tmp_path: Path) -> None:
    expected = take(store_in(tmp_path / "undisturbed"), frame()).id
    store = store_in(tmp_path)
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    for at in range(1, 60):
        command = [sys.executable, "-c", KILLED, str(tmp_path), str(at), str(Path(__file__).parent)]
        code = subprocess.run(command, env=environment, check=False).returncode
        check(store)
        if code == 0:
            break
        assert code == -signal.SIGKILL
    assert at > 8
    assert [each.id for each in snapshot.listing(store)] == [expected]
    check(store)


FULL = """
import pathlib, resource, signal, sys
sys.path.insert(0, sys.argv[3])
from test_snapshot_store import frame, store_in, take
from modelyard.errors import OutsideError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
store, rows = store_in(pathlib.Path(sys.argv[1])), frame()
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
try:
    take(store, rows)
except OutsideError as error:
    print(error.message)
    sys.exit(3)
"""


@pytest.mark.parametrize("room", [0, 100, 10_000])
def test_a_full_disk_is_one_error_and_leaves_nothing(tmp_path: Path, room: int) -> None:
    (tmp_path / "tmp").mkdir()
    command = [sys.executable, "-c", FULL, str(tmp_path), str(room), str(Path(__file__).parent)]
    environment = {**os.environ, "TMPDIR": str(tmp_path / "tmp")}
    done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (3, "")
    assert done.stdout.count("\n") == 1
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
    assert snapshot.listing(store_in(tmp_path)) == []
