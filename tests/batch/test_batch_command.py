"""`modelyard predict` as a person and a script see it."""

import json
import subprocess
import sys

import polars as pl
import pytest
from projects_to_score import frame, project

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    made = project(tmp_path_factory.mktemp("made") / "p")
    frame(50).write_parquet(made.root / "rows.parquet")
    return made


def run(found, *arguments, code="from modelyard.cli import main; main()"):
    command = [sys.executable, "-c", code, "predict", "--project", str(found.root), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=found.root)


def test_json_has_the_promised_keys_and_the_output_is_there(found):
    done = run(found, "--input", "rows.parquet", "--output", "out.parquet", "--json")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert (said["rows"], said["version"], said["rejected"]) == (50, 1, 0)
    assert pl.read_parquet(said["output"]).height == 50
    assert said["seconds"] >= 0


def test_text_names_the_output_and_quiet_leaves_stderr_empty(found):
    done = run(found, "--input", "rows.parquet", "--output", "out.parquet", "--quiet")
    assert "50 rows" in done.stdout
    assert "out.parquet" in done.stdout
    assert done.stderr == ""


def test_bad_rows_exit_1_bad_requests_2_and_say_so_as_json(found):
    frame(50).drop("a").write_parquet(found.root / "lacking.parquet")
    for arguments, code in [
        (["--input", "lacking.parquet", "--output", "o.parquet"], 1),
        (["--input", "nowhere.parquet", "--output", "o.parquet"], 2),
        (["--input", "rows.parquet", "--output", "rows.parquet"], 2),
        (["--input", "rows.parquet", "--output", "o.parquet", "--on-bad", "ignore"], 2),
        (["--input", "rows.parquet"], 2),
    ]:
        done = run(found, *arguments, "--json")
        assert done.returncode == code, arguments
        assert set(json.loads(done.stdout)["error"]) == {"code", "message", "hint"}


def test_neither_mlflow_nor_scikit_learn_is_imported(found):
    code = """
import atexit, sys
atexit.register(lambda: print({m for m in ("mlflow", "sklearn", "pandas") if m in sys.modules}, file=sys.stderr))
from modelyard.cli import main
main()
"""
    done = run(found, "--input", "rows.parquet", "--output", "out.parquet", "--json", code=code)
    assert done.returncode == 0
    assert done.stderr.strip() == "set()"
