"""A project appears whole or not at all."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from modelyard.errors import OutsideError, RequestError
from modelyard.scaffold import place


def entries(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def build(directory: Path) -> None:
    with place.building(directory) as workshop:
        (workshop / "src").mkdir()
        (workshop / "src" / "a.py").write_text("1")


def test_the_folder_appears_with_everything_in_it(tmp_path: Path) -> None:
    build(tmp_path / "churn")
    assert entries(tmp_path) == ["churn"]
    assert (tmp_path / "churn/src/a.py").read_text() == "1"


def test_others_may_read_the_folder_as_if_mkdir_had_made_it(tmp_path: Path) -> None:
    build(tmp_path / "churn")
    (tmp_path / "plain").mkdir()
    assert (tmp_path / "churn").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "churn").mkdir()
    build(tmp_path / "churn")
    assert entries(tmp_path / "churn") == ["src"]


def test_the_working_directory_stays_the_same_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = tmp_path / "churn"
    here.mkdir()
    monkeypatch.chdir(here)
    before = here.stat().st_ino
    build(Path.cwd())
    assert here.stat().st_ino == before
    assert entries(here) == ["src"]
    assert entries(tmp_path) == ["churn"]


def test_missing_parents_are_made(tmp_path: Path) -> None:
    build(tmp_path / "a/b/churn")
    assert (tmp_path / "a/b/churn/src/a.py").is_file()


def test_an_occupied_folder_is_refused_and_untouched(tmp_path: Path) -> None:
    (tmp_path / "churn").mkdir()
    (tmp_path / "churn/mine.txt").write_text("mine")
    with pytest.raises(RequestError, match="not empty"):
        place.refuse_occupied(tmp_path / "churn")
    assert entries(tmp_path / "churn") == ["mine.txt"]


@pytest.mark.parametrize("kind", ["file", "dangling link"])
def test_what_is_no_folder_is_refused(tmp_path: Path, kind: str) -> None:
    taken = tmp_path / "churn"
    if kind == "file":
        taken.write_text("mine")
    else:
        taken.symlink_to(tmp_path / "nowhere")
    with pytest.raises(RequestError, match="not a folder"):
        place.refuse_occupied(taken)


def test_a_folder_that_fills_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    def race() -> None:
        with place.building(tmp_path / "churn"):
            (tmp_path / "churn").mkdir()
            (tmp_path / "churn/theirs.txt").write_text("theirs")

    with pytest.raises(RequestError, match="not empty"):
        race()
    assert entries(tmp_path) == ["churn"]
    assert entries(tmp_path / "churn") == ["theirs.txt"]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), ValueError("bug"), RequestError("no"), SystemExit(1)])
def test_a_failure_leaves_nothing(tmp_path: Path, error: BaseException) -> None:
    def fail() -> None:
        with place.building(tmp_path / "a/churn") as workshop:
            (workshop / "half").write_text("done")
            raise error

    with pytest.raises(type(error)):
        fail()
    assert entries(tmp_path) == []


def test_a_full_disk_is_an_outside_failure_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(OutsideError, match="disk is full"), place.building(tmp_path / "churn"):
        raise OSError(28, os.strerror(28))
    assert entries(tmp_path) == []


def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RequestError, match="Cannot make"):
        build(tmp_path / "file/churn")
    with pytest.raises(RequestError, match="Cannot make"):
        build(tmp_path / ("x" * 300))
    assert entries(tmp_path) == ["file"]


def test_odd_names_are_fine(tmp_path: Path) -> None:
    build(tmp_path / 'Füße & "Köpfe" 顧客\n.')
    assert len(entries(tmp_path)) == 1


_KILLED = """
import sys, time
from pathlib import Path
from modelyard.scaffold import place
with place.building(Path(sys.argv[1])) as workshop:
    (workshop / "half").write_text("done")
    print("ready", flush=True)
    time.sleep(60)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_a_killed_run_leaves_no_project_and_harms_no_later_one(tmp_path: Path, number: signal.Signals) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", _KILLED, str(tmp_path / "churn")],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == b"ready\n"
    child.send_signal(number)
    child.communicate()
    assert not (tmp_path / "churn").exists()
    assert all(name.startswith(".modelyard-new-") for name in entries(tmp_path))
    build(tmp_path / "churn")
    assert (tmp_path / "churn/src/a.py").is_file()


def test_old_leftovers_are_swept_and_a_living_run_is_not(tmp_path: Path) -> None:
    long_ago = time.time() - 10_000
    dead = tmp_path / ".modelyard-new-dead"
    dead.mkdir()
    os.utime(dead, (long_ago, long_ago))
    with place.building(tmp_path / "one") as living:
        os.utime(living, (long_ago, long_ago))
        build(tmp_path / "two")
        assert living.is_dir()
        assert not dead.exists()
    assert entries(tmp_path) == ["one", "two"]
