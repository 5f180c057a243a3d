"""An interrupted run leaves no half output and goes on where it stopped; two runs do not meet."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest
from projects_to_score import contract, frame, newest, project, scorer

from modelyard import config
from modelyard.batch import PredictRequest, lock, predict
from modelyard.batch import parts as kept
from modelyard.data.contract import Rule
from modelyard.errors import OutcomeError, OutsideError

pytestmark = pytest.mark.slow

SCRIPT = """
import sys, time
from pathlib import Path
from modelyard import config
from modelyard.batch import PredictRequest, job, predict
from modelyard.serving.scorer import Scorer
job._BATCH, job._PART_ROWS = 20, 40
real = Scorer.score
def slow(self, rows):
    time.sleep(0.03)
    return real(self, rows)
Scorer.score = slow
root = Path(sys.argv[1])
predict(config.load(root), PredictRequest(str(root / "rows.parquet"), root / "out.parquet", on_bad=sys.argv[2]))
"""


@pytest.fixture
def small_parts(monkeypatch):
    monkeypatch.setattr("modelyard.batch.job._BATCH", 20)
    monkeypatch.setattr("modelyard.batch.job._PART_ROWS", 40)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    found = project(tmp_path_factory.mktemp("made") / "p")
    spoiled(600).write_parquet(found.root / "rows.parquet")
    return found


@pytest.fixture
def found(made, tmp_path):
    shutil.copytree(made.root, tmp_path / "p")
    return config.load(tmp_path / "p")


def spoiled(n):
    return frame(n).with_columns(n=pl.when(pl.int_range(pl.len()) % 100 == 5).then(None).otherwise("n"))


def parts(found):
    folder = lock.folder_of(found.root / "out.parquet")
    return sorted(p.name for p in folder.glob("*.json")) if folder.is_dir() else []


def begin(found, on_bad="fail"):
    return subprocess.Popen([sys.executable, "-c", SCRIPT, str(found.root), on_bad])


def wait_for_parts(found, process, n=2):
    while len(parts(found)) < n:
        assert process.poll() is None
        time.sleep(0.01)


def _predict(found):
    output = found.root / "out.parquet"
    result = predict(found, PredictRequest(str(found.root / "rows.parquet"), output))
    return pl.read_parquet(output), result


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_stopped_run_leaves_no_output_and_the_next_goes_on_from_what_is_finished(found, how):
    process = begin(found)
    wait_for_parts(found, process)
    process.send_signal(how)
    process.wait()
    assert not (found.root / "out.parquet").exists()
    out, result = _predict(found)
    assert result.resumed >= 80
    assert result.rows == 600
    assert out["n"].equals(spoiled(600)["n"])
    expected = scorer(found.root).score(spoiled(600))
    assert (out["probability_good"].to_numpy() == expected[:, 1]).all()
    assert not lock.folder_of(found.root / "out.parquet").exists()


def test_a_run_killed_again_and_again_ends_with_the_same_rows(found, small_parts):
    for _ in range(2):
        process = begin(found)
        wait_for_parts(found, process, len(parts(found)) + 1)
        process.kill()
        process.wait()
    out, _ = _predict(found)
    assert out["n"].equals(spoiled(600)["n"])


def test_parts_of_other_rows_or_of_another_version_are_not_used(found):
    process = begin(found)
    wait_for_parts(found, process)
    process.kill()
    process.wait()
    newest(found.root, 2, frame(300))
    out, result = _predict(found)
    assert (result.resumed, out["version"].unique().to_list()) == (0, [2])
    process = begin(found)
    wait_for_parts(found, process)
    process.kill()
    process.wait()
    frame(100).write_parquet(found.root / "rows.parquet")
    out, result = _predict(found)
    assert (result.resumed, out.height) == (0, 100)


def test_a_part_that_is_damaged_is_made_again(found, small_parts):
    process = begin(found)
    wait_for_parts(found, process, 3)
    process.kill()
    process.wait()
    second = sorted(lock.folder_of(found.root / "out.parquet").glob("*.scored"))[1]
    second.write_bytes(b"short")
    out, result = _predict(found)
    assert result.resumed == int(second.stem)
    assert out["n"].equals(spoiled(600)["n"])


def test_a_second_run_for_the_same_output_is_refused_and_the_first_ends_well(found):
    process = begin(found)
    wait_for_parts(found, process)
    with pytest.raises(OutcomeError, match=f"process {process.pid}"):
        _predict(found)
    assert process.wait() == 0
    assert pl.read_parquet(found.root / "out.parquet").height == 600


def test_rows_that_break_the_contract_late_leave_nothing(found, small_parts):
    rows = frame(600).with_columns(b=pl.when(pl.int_range(pl.len()) == 555).then(pl.lit("w")).otherwise("b"))
    known = contract(frame(), b={"rules": (Rule(kind="allowed", value=("x", "y")),)})
    newest(found.root, 2, frame(), known)
    rows.write_parquet(found.root / "rows.parquet")
    with pytest.raises(OutcomeError, match="row 555"):
        _predict(found)
    assert not [p.name for p in found.root.iterdir() if "out" in p.name]


def test_an_input_that_changes_while_it_is_read_is_refused(found, small_parts):
    def meddle(what, done, total):
        if done == 40:
            os.utime(found.root / "rows.parquet", ns=(1, 1))

    with pytest.raises(OutcomeError, match="changed while it was read"):
        predict(found, PredictRequest(str(found.root / "rows.parquet"), found.root / "out.parquet"), meddle)
    assert not (found.root / "out.parquet").exists()


def test_a_full_disk_is_said_and_the_finished_parts_stay(found, small_parts, monkeypatch):
    real, written = kept._write, []

    def full(frame_, path):
        if len(written) == 4:
            raise OSError(28, "No space left on device")
        written.append(path)
        return real(frame_, path)

    monkeypatch.setattr(kept, "_write", full)
    with pytest.raises(OutsideError, match="No space left"):
        _predict(found)
    assert not (found.root / "out.parquet").exists()
    monkeypatch.setattr(kept, "_write", real)
    out, result = _predict(found)
    assert (result.resumed, out.height) == (80, 600)


def test_a_folder_that_takes_no_files_is_said(found):
    with pytest.raises(OutsideError, match="cannot be written"):
        predict(found, PredictRequest(str(found.root / "rows.parquet"), Path("/proc/out.parquet")))


def test_progress_tells_the_rows_that_are_done(found, small_parts):
    told = []
    predict(
        found,
        PredictRequest(str(found.root / "rows.parquet"), found.root / "out.parquet"),
        lambda *each: told.append(each),
    )
    assert told[0] == ("rows", 0, 600)
    assert told[-1] == ("rows", 600, 600)
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)
