"""Bad input through the command line: one clear error, the right exit code, one document, nothing left behind."""

import os
import random
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

GOOD = ["id,x,y", *(f"{i},{random.Random(i).random():.6f},{'ab'[i % 2]}" for i in range(100))]
TOO_LONG = 17_000_000  # characters of one cell


def lines(*rows: str) -> bytes:
    return "\n".join([*rows, ""]).encode()


def changed(y) -> bytes:
    return lines(GOOD[0], *(f"{row.rpartition(',')[0]},{y(i)}" for i, row in enumerate(GOOD[1:])))


FILES = {
    "garbage.csv": (random.Random(0).randbytes(50_000), "unreadable_data"),
    "garbage.parquet": (random.Random(0).randbytes(50_000), "unreadable_data"),
    "garbage.jsonl": (random.Random(0).randbytes(50_000), "unreadable_data"),
    "cut.parquet": (b"PAR1" + bytes(500), "unreadable_data"),
    "empty.csv": (b"", "empty_file"),
    "header.csv": (lines("id,x,y"), "no_rows"),
    "nul.csv": (lines(*GOOD).replace(b",a", b",a\0"), "unreadable_data"),
    "tail.parquet": (b"PAR1" + bytes(500) + b"PAR", "unreadable_data"),
    "ragged.csv": (lines("id,x,y", "1,2,a", "3,4", "5,6,7,b"), "ragged_rows"),
    "twice.csv": (lines("id,y,y", "1,2,a", "3,4,b"), "duplicate_column"),
    "broken.jsonl": (lines('{"id": 1, "y": 2}', '{"id": '), "bad_row"),
    "cell.csv": (lines(*GOOD, f"101,{'z' * TOO_LONG},a"), "cell_too_large"),
    "quoted cell.csv": (lines(*GOOD, f'101,"{"z" * TOO_LONG}",a'), "cell_too_large"),
}
TARGETS = {
    "missing.csv": (changed(lambda _: ""), "target_missing"),
    "constant.csv": (changed(lambda _: "k"), "target_constant"),
    "one row each.csv": (changed(lambda i: f"c{i}"), "one_row_per_class"),
    "few.csv": (lines(*GOOD[:8]), "too_few_rows"),
    "mixed.csv": (lines("x,y", *(f"{'w' * (i % 2)}{i},{'ab'[i % 2]}" for i in range(60))), "no_features"),
}


@pytest.fixture
def source(tmp_path):
    """Write a table to a path with spaces, accents and other scripts."""

    def write(name: str, content: bytes) -> Path:
        folder = tmp_path / "Tabellen für 表"
        folder.mkdir()
        (folder / name).write_bytes(content)
        return folder / name

    return write


@pytest.fixture
def place(tmp_path):
    """Give an empty folder, in which a failed command may leave nothing."""
    folder = tmp_path / "place"
    folder.mkdir()
    yield folder
    assert list(folder.iterdir()) == []


@pytest.fixture(scope="module")
def project(call, tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    (folder / "good.csv").write_bytes(lines(*GOOD))
    code, said = call("new", folder / "p", "--data", folder / "good.csv", "--target", "y", "--no-lock", "--no-git")
    assert code == 0, said
    return folder / "p"


def refused(answer, code: str, status: int = 2) -> dict[str, str]:
    exit_code, document = answer
    error = document["error"]
    assert (exit_code, error["code"]) == (status, code), error
    assert error["message"]
    assert error["hint"]
    return error


@pytest.mark.parametrize("name", [*FILES, *TARGETS])
def test_new_refuses_the_table_and_leaves_nothing(call, source, place, name):
    content, code = (FILES | TARGETS)[name]
    path = source(name, content)
    refused(call("new", place / "p", "--data", path, "--target", "y", "--no-lock", "--no-git"), code)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("command", [("data", "check"), ("run", "data")])
def test_a_project_refuses_the_table_and_keeps_its_own(call, source, project, command, name):
    content, code = FILES[name]
    path = source(name, content)
    refused(call(*command, "--project", project, "--data", path), code)
    assert not (project / ".modelyard" / "snapshots").exists()
    assert not (project / "data" / "snapshot.json").exists()


@pytest.mark.parametrize("command", [("data", "check"), ("run", "data")])
def test_a_column_that_changed_its_type_breaks_the_contract(call, source, project, command):
    code, document = call(*command, "--project", project, "--data", source("mixed.csv", mixed()))
    broken = document.get("violations") or document["contract"]["violations"]
    assert code == 1
    assert [(v["rule"], v["column"], v["count"]) for v in broken if v["severity"] == "error"] == [("type", "x", 50)]


def mixed() -> bytes:
    return lines(GOOD[0], *(f"{i},{'word' if i % 2 else i},{'ab'[i % 2]}" for i in range(100)))


def test_a_target_without_a_value_is_told_by_run(call, source, project):
    missing, _ = TARGETS["missing.csv"]
    refused(call("run", "data", "--project", project, "--data", source("t.csv", missing)), "no_labels", 1)


def test_a_target_that_is_not_there_is_told_with_those_that_are(call, source, place):
    path = source("good.csv", lines(*GOOD))
    error = refused(call("new", place / "p", "--data", path, "--target", "z", "--no-lock"), "no_column")
    assert "'y'" in error["message"]


def test_links_that_lead_to_each_other_are_refused(call, tmp_path, place):
    (tmp_path / "a.csv").symlink_to(tmp_path / "b.csv")
    (tmp_path / "b.csv").symlink_to(tmp_path / "a.csv")
    refused(call("new", place / "p", "--data", tmp_path / "a.csv", "--target", "y", "--no-lock"), "bad_request")


def test_a_pipe_is_refused_rather_than_waited_for(call, tmp_path, place):
    os.mkfifo(tmp_path / "pipe.csv")
    refused(call("new", place / "p", "--data", tmp_path / "pipe.csv", "--target", "y", "--no-lock"), "no_file")


def test_a_file_that_cannot_be_read_is_refused(call, place):
    refused(call("new", place / "p", "--data", "/proc/self/mem", "--target", "y", "--no-lock"), "unreadable_data")


def test_a_place_that_cannot_be_written_is_refused(call, source, tmp_path, place):
    path = source("good.csv", lines(*GOOD))
    (tmp_path / "file").write_text("")
    answer = call("new", tmp_path / "file" / "p", "--data", path, "--target", "y", "--no-lock", "--no-git")
    refused(answer, "not_writable")


def test_a_folder_with_something_in_it_is_left_alone(call, source, tmp_path):
    path = source("good.csv", lines(*GOOD))
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "mine").write_text("kept")
    refused(call("new", tmp_path / "p", "--data", path, "--target", "y", "--no-lock"), "occupied")
    assert [each.name for each in (tmp_path / "p").iterdir()] == ["mine"]


def test_an_interrupt_leaves_nothing(call, source, place, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("modelyard.scaffold.vendor.attach", interrupted)
    path = source("good.csv", lines(*GOOD))
    refused(call("new", place / "p", "--data", path, "--target", "y", "--no-lock", "--no-git"), "interrupted", 130)


def test_a_disk_without_room_leaves_nothing(source, place):
    path = source("good.csv", lines(*GOOD))
    tool = Path(sys.executable).with_name("modelyard")
    done = subprocess.run(
        [tool, "new", place / "p", "--data", path, "--target", "y", "--no-lock", "--no-git"],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (8_192, 8_192)),
    )
    assert done.returncode == 3, done.stderr
    assert "disk is full" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_path_with_spaces_and_other_scripts_works(call, source, tmp_path):
    path = source("gute Daten é.csv", lines(*GOOD))
    project = tmp_path / "mein Projekt 表"
    code, said = call("new", project, "--data", path, "--target", "y", "--no-lock", "--no-git")
    assert code == 0, said
    assert call("data", "check", "--project", project, "--data", path)[0] == 0


CONFIGS = {
    "empty": ("", "bad_config"),
    "no YAML": ("a: [1", "bad_config"),
    "a list": ("- 1", "bad_config"),
    "binary": ("\0\1", "bad_config"),
    "a tag of Python's": ("a: !!python/object/apply:os.getcwd []", "bad_config"),
    "an unknown key": ("{good}\nfoo: 1\n", "bad_config"),
    "a key twice": ("{good}\ntask: regression\n", "bad_config"),
    "a column that is not there": ("{good}", "no_column"),
}


@pytest.fixture
def copied(project, tmp_path):
    """Give a project of one's own to break."""
    return Path(shutil.copytree(project, tmp_path / "copied"))


@pytest.mark.parametrize("name", CONFIGS)
@pytest.mark.parametrize("command", [("data", "check"), ("run", "data")])
def test_a_broken_configuration_is_one_error_with_the_next_step(call, copied, command, name):
    text, code = CONFIGS[name]
    file = copied / "modelyard.yaml"
    good = file.read_text().replace("target: y", "target: yy") if code == "no_column" else file.read_text()
    file.write_text(text.replace("{good}", good))
    refused(call(*command, "--project", copied), code)


@pytest.mark.parametrize("text", ["", "a: [1", "- 1", "a: 1\na: 2", "kind: DataContract"])
def test_a_broken_contract_is_one_error_with_the_next_step(call, copied, text):
    (copied / "contract.yaml").write_text(text)
    refused(call("data", "check", "--project", copied), "bad_contract")


CODE = {
    "raises": "raise ValueError('no')",
    "imports what is not there": "import no_such_module_at_all",
    "is no Python": "def build(:",
    "ends the process": "raise SystemExit(0)",
    "recurses": "def build(config):\n    return build(config)",
}


@pytest.mark.parametrize("name", CODE)
def test_user_code_that_fails_is_named_with_its_line(call, copied, name):
    (copied / "src" / "pipeline" / "model.py").write_text(CODE[name])
    error = refused(call("run", "train", "--project", copied), "users_code")
    assert "model.py:" in error["message"]
    assert "-v" in error["hint"]


def test_a_target_of_infinite_values_is_refused(call, source, place):
    path = source("t.csv", changed(lambda i: "inf" if i == 5 else f"{i}.5"))
    refused(call("new", place / "p", "--data", path, "--target", "y", "--no-lock", "--no-git"), "target_infinite")


def test_a_table_of_a_clock_and_a_target_says_that_the_clock_orders_the_rows(call, source, place):
    path = source("t.csv", lines("day,y", *(f"2024-{1 + i // 28:02d}-{1 + i % 28:02d},{i % 13}.5" for i in range(200))))
    error = refused(call("new", place / "p", "--data", path, "--target", "y", "--no-lock", "--no-git"), "no_features")
    assert "'day' orders the rows" in error["message"]


@pytest.mark.parametrize(
    ("uri", "code"), [("https://127.0.0.1:9/t.csv", "download_failed"), ("s3://bucket/t.csv", "no_credentials")]
)
def test_without_a_network_or_credentials_it_is_an_outside_failure(call, project, place, monkeypatch, uri, code):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    refused(call("new", place / "p", "--data", uri, "--target", "y"), code, 3)
    refused(call("data", "check", "--project", project, "--data", uri), code, 3)


def test_thousands_of_columns_are_a_table_like_any_other(call, source, tmp_path):
    rng = random.Random(0)
    header = ",".join([*(f"c{i}" for i in range(2_000)), "y"])
    path = source(
        "wide.csv", lines(header, *(",".join([f"{rng.random():.2f}"] * 2_000) + f",{'ab'[i % 2]}" for i in range(60)))
    )
    code, said = call("new", tmp_path / "p", "--data", path, "--target", "y", "--no-lock", "--no-git")
    assert code == 0, said
    assert said["data"]["columns"] == 2_001
