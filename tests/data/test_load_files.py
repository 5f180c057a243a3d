"""Finding files, and opening the formats that carry types."""

import gzip
from pathlib import Path

import polars as pl
import pytest

from modelyard.data.load import open_table
from modelyard.errors import RequestError

FRAME = pl.DataFrame({"größe": [1, 2], "": ["a", None]})


def refusal(source: str, base: Path) -> RequestError:
    with pytest.raises(RequestError) as caught:
        open_table(source, base)
    assert "\n" not in caught.value.message
    return caught.value


@pytest.mark.parametrize(
    ("write", "name", "kind"),
    [
        (pl.DataFrame.write_parquet, "t.parquet", "parquet"),
        (pl.DataFrame.write_ipc, "t.arrow", "arrow"),
        (pl.DataFrame.write_ipc, "t.feather", "arrow"),
        (pl.DataFrame.write_ipc_stream, "t.arrows", "arrow"),
        (pl.DataFrame.write_ndjson, "t.jsonl", "jsonl"),
        (pl.DataFrame.write_json, "t.json", "jsonl"),
        (pl.DataFrame.write_parquet, "wrong.csv", "parquet"),
        (pl.DataFrame.write_ndjson, "wrong.txt", "jsonl"),
        (pl.DataFrame.write_ndjson, "odd [1]*.jsonl", "jsonl"),
        (pl.DataFrame.write_parquet, "odd [1]*.parquet", "parquet"),
        (pl.DataFrame.write_csv, "sp ace é ☃.csv", "csv"),
        (pl.DataFrame.write_csv, "odd [1]*.csv", "csv"),
    ],
)
def test_a_file_is_read_by_its_content(tmp_path: Path, write, name: str, kind: str) -> None:
    write(FRAME, tmp_path / name)
    table = open_table(name, tmp_path)
    found = table.frame.collect()
    assert (table.format, table.text) == (kind, kind == "csv")
    assert found.columns == FRAME.columns
    assert found.with_columns(pl.nth(0).cast(pl.Int64)).equals(FRAME)


def test_paths_are_absolute_relative_or_file_uris(tmp_path: Path) -> None:
    FRAME.write_parquet(tmp_path / "t t.parquet")
    for source in (
        "t t.parquet",
        "./t t.parquet",
        str(tmp_path / "t t.parquet"),
        f"file://{tmp_path}/t%20t.parquet",
    ):
        table = open_table(source, tmp_path)
        assert table.frame.collect().height == 2
        assert table.source == source


def test_a_glob_stacks_files_by_column_name(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x,y\n1,2\n")
    (tmp_path / "b.csv").write_text("y;x\n4;3\n")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "c.csv").write_text("x,y\n5,6\n")
    assert open_table("*.csv", tmp_path).frame.collect().rows() == [("1", "2"), ("3", "4")]
    assert open_table("**/*.csv", tmp_path).frame.collect().height == 3


def test_a_glob_of_typed_files_may_mix_number_widths(tmp_path: Path) -> None:
    pl.DataFrame({"x": [1]}).write_parquet(tmp_path / "a.parquet")
    pl.DataFrame({"x": [1.5]}).write_parquet(tmp_path / "b.parquet")
    assert open_table("*.parquet", tmp_path).frame.collect().rows() == [(1.0,), (1.5,)]


def test_a_glob_of_unlike_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x,y\n1,2\n")
    (tmp_path / "b.csv").write_text("x,z\n1,2\n")
    FRAME.write_parquet(tmp_path / "c.parquet")
    pl.DataFrame({"größe": ["big"], "": ["a"]}).write_parquet(tmp_path / "d.parquet")
    assert "lacks 'y'" in refusal("[ab].csv", tmp_path).message
    assert "adds 'z'" in refusal("[ab].csv", tmp_path).message
    assert "is csv, but" in refusal("[ac].*", tmp_path).message
    assert "'größe' is Int64" in refusal("*.parquet", tmp_path).message


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    (tmp_path / "customers.csv").write_text("x\n1\n")
    (tmp_path / "loop.csv").symlink_to(tmp_path / "loop.csv")
    (tmp_path / "dead.csv").symlink_to(tmp_path / "gone.csv")
    (tmp_path / "folder").mkdir()
    error = refusal("costumers.csv", tmp_path)
    assert "costumers.csv" in error.message
    assert "customers.csv" in error.hint
    assert "leads back to itself" in refusal("loop.csv", tmp_path).message
    assert "gone.csv" in refusal("dead.csv", tmp_path).message
    assert "is a folder" in refusal("folder", tmp_path).message
    assert "No file matches" in refusal("*.parquet", tmp_path).message
    assert "customers.csv/x" in refusal("customers.csv/x", tmp_path).message
    for nothing in ("", "a\0b"):
        assert "no path" in refusal(nothing, tmp_path).message


def test_an_unreadable_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "t.csv"
    path.write_text("x\n1\n")

    def forbidden(self: Path, *_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "open", forbidden)
    assert "Permission denied" in refusal("t.csv", tmp_path).message


def test_damaged_or_empty_typed_files_are_refused(tmp_path: Path) -> None:
    FRAME.write_parquet(tmp_path / "t.parquet")
    whole = (tmp_path / "t.parquet").read_bytes()
    (tmp_path / "cut.parquet").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "text.parquet").write_text("a,b\n1,2\n")
    FRAME.head(0).write_parquet(tmp_path / "none.parquet")
    (tmp_path / "bad.jsonl").write_text('{"a": 1}\n{"a":\n')
    (tmp_path / "list.jsonl").write_text('{"a": 1}\n[1]\n')
    (tmp_path / "nothing.jsonl").write_text("{}\n")
    assert "cut.parquet" in refusal("cut.parquet", tmp_path).message
    assert "content is not that" in refusal("text.parquet", tmp_path).message
    assert "no rows" in refusal("none.parquet", tmp_path).message
    assert "line 2" in refusal("bad.jsonl", tmp_path).message
    assert "list.jsonl" in refusal("list.jsonl", tmp_path).message
    assert "no columns" in refusal("nothing.jsonl", tmp_path).message


def test_json_lines_with_unlike_keys_and_types_are_one_table(tmp_path: Path) -> None:
    (tmp_path / "t.jsonl").write_text('{"a": 1}\n{"a": "x", "b": 2.5}\n\n')
    assert open_table("t.jsonl", tmp_path).frame.collect().rows() == [("1", None), ("x", 2.5)]


def test_two_parquet_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    pl.DataFrame({"aa": [1], "ab": [2]}).write_parquet(tmp_path / "t.parquet", statistics=False)
    data = (tmp_path / "t.parquet").read_bytes().replace(b"ab", b"aa")
    (tmp_path / "t.parquet").write_bytes(data)
    assert "two columns named 'aa'" in refusal("t.parquet", tmp_path).message


def test_the_demo_and_scikit_learn_tables_need_no_file() -> None:
    flights = open_table("demo:flights")
    assert "late" in flights.frame.collect_schema()
    cancer = open_table("sklearn:breast_cancer").frame.collect()
    assert cancer.shape == (569, 31)
    assert sorted(cancer["target"].unique()) == ["benign", "malignant"]
    assert open_table("sklearn:diabetes").frame.collect().schema["target"] == pl.Float64


@pytest.mark.parametrize("source", ["demo:ships", "sklearn:nothing"])
def test_an_unknown_name_lists_the_known_ones(source: str, tmp_path: Path) -> None:
    error = refusal(source, tmp_path)
    assert source in error.message
    assert source.split(":", maxsplit=1)[0] in error.hint


def test_without_scikit_learn_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "sklearn", None)
    assert "modelyard[ml]" in refusal("sklearn:iris", tmp_path).hint


@pytest.mark.parametrize(
    ("write", "name", "kind"),
    [
        (pl.DataFrame.write_csv, "t.csv.gz", "csv"),
        (pl.DataFrame.write_ndjson, "t.jsonl.gz", "jsonl"),
        (pl.DataFrame.write_json, "t.json.gz", "jsonl"),
        (pl.DataFrame.write_parquet, "t.parquet.gz", "parquet"),
        (pl.DataFrame.write_ipc, "t.arrow.gz", "arrow"),
    ],
)
def test_a_packed_file_is_what_is_in_it(tmp_path: Path, write, name: str, kind: str) -> None:
    write(FRAME, tmp_path / "plain")
    (tmp_path / name).write_bytes(gzip.compress((tmp_path / "plain").read_bytes()))
    table = open_table(name, tmp_path)
    assert table.format == kind
    assert table.files == (tmp_path / name,)
    assert table.frame.collect().get_column("größe").cast(pl.Int64).to_list() == [1, 2]


def test_a_packed_file_that_is_damaged_empty_or_of_another_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "cut.jsonl.gz").write_bytes(gzip.compress(b'{"a": 1}' * 1000)[:-20])
    (tmp_path / "none.csv.gz").write_bytes(gzip.compress(b""))
    (tmp_path / "t.csv.zst").write_bytes(b"\x28\xb5\x2f\xfd" + bytes(50))
    assert "cannot be unpacked" in refusal("cut.jsonl.gz", tmp_path).message
    assert "is empty" in refusal("none.csv.gz", tmp_path).message
    assert refusal("t.csv.zst", tmp_path).hint.startswith("Unpack it first.")
