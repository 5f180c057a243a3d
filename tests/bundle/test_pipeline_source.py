import sys

import polars as pl
import pytest

from modelyard.bundle import load_pipeline
from modelyard.errors import RequestError

ROWS = pl.DataFrame({"a": [1, 2, 3]})


def write(folder, **files):
    folder.mkdir(parents=True, exist_ok=True)
    for name, source in files.items():
        (folder / f"{name}.py").write_text(source)
    return folder


def test_two_versions_live_side_by_side(tmp_path):
    source = "import polars as pl\nfrom pipeline.by import N\ndef features(rows):\n    return rows * N\n"
    one = load_pipeline(write(tmp_path / "1", features=source, by="N = 10"))
    two = load_pipeline(write(tmp_path / "2", features=source, by="N = 100"))
    assert one.make(ROWS)["a"].to_list() == [10, 20, 30]
    assert two.make(ROWS)["a"].to_list() == [100, 200, 300]
    assert "pipeline" not in sys.modules


def test_a_relative_import_works_and_no_byte_code_is_written(tmp_path):
    folder = write(tmp_path / "p", features="from .by import N\ndef features(rows):\n    return rows * N\n", by="N = 3")
    assert load_pipeline(folder).make(ROWS)["a"].to_list() == [3, 6, 9]
    assert not list(folder.rglob("__pycache__"))


@pytest.mark.parametrize(
    ("source", "identity"),
    [
        ('def features(rows):\n    """Unchanged."""\n    return rows\n', True),
        ("def features(rows):\n    rows = rows.head(1)\n    return rows\n", False),
        ("def features(rows):\n    return other\n", False),
        ("def f(g):\n    return g\n@f\ndef features(rows):\n    return rows\n", False),
    ],
)
def test_only_a_function_that_returns_its_argument_is_the_identity(source, identity, tmp_path):
    assert load_pipeline(write(tmp_path / "p", features=source)).identity is identity


def test_an_empty_package_is_the_identity_without_build_and_metrics(tmp_path):
    pipeline = load_pipeline(write(tmp_path / "p"))
    assert (pipeline.identity, pipeline.build, pipeline.metrics) == (True, None, None)


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"features": "x = 1\nimport no_such_module\n"}, r"features\.py:2.*no_such_module"),
        ({"features": "def features(rows)\n    return rows\n"}, r"features\.py:1"),
        ({"model": "x = 1\n\nraise ValueError('not today')\n"}, r"model\.py:3.*not today"),
        ({"features": "y = 1\n"}, r"no function features\(\)"),
    ],
)
def test_what_cannot_be_imported_is_told_with_file_and_line(files, told, tmp_path):
    with pytest.raises(RequestError, match=told):
        load_pipeline(write(tmp_path / "p", **files))


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("return rows.select(pl.col('absent'))", r"features\.py:3.*absent"),
        ("return rows.head(1)", "1 rows for 3"),
        ("return None", "NoneType"),
    ],
)
def test_features_that_fail_or_return_something_else_are_refused(body, told, tmp_path):
    source = f"import polars as pl\ndef features(rows):\n    {body}\n"
    with pytest.raises(RequestError, match=f"(?s){told}"):
        load_pipeline(write(tmp_path / "p", features=source)).make(ROWS)


def test_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(RequestError, match="no folder"):
        load_pipeline(tmp_path / "absent")


def test_features_without_a_column_are_told_as_such(tmp_path):
    folder = write(tmp_path / "p", features="def features(rows):\n    return rows.select([])\n")
    with pytest.raises(RequestError, match="no columns"):
        load_pipeline(folder).make(ROWS)


def test_what_the_users_code_prints_stays_out_of_the_results(tmp_path, capsys):
    source = "print('importing')\ndef features(rows):\n    print('working')\n    return rows * 2\n"
    load_pipeline(write(tmp_path / "p", features=source)).make(ROWS)
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == "importing\nworking\n"
