"""Opening CSV and TSV of every make, and refusing what is none."""

import gzip
from pathlib import Path

import polars as pl
import pytest

from modelyard.data.load import open_table
from modelyard.errors import RequestError

HALF_MILLION = "x" * 500_000


def write(folder: Path, content: str | bytes, name: str = "t.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def rows(path: Path) -> list[tuple]:
    table = open_table(str(path))
    assert table.text
    frame = table.frame.collect()
    assert set(frame.dtypes) == {pl.String}
    return [tuple(frame.columns), *frame.rows()]


def refusal(path: Path) -> str:
    with pytest.raises(RequestError) as caught:
        open_table(str(path))
    return caught.value.message


@pytest.mark.parametrize(
    "content",
    [
        "a,b\n1,é\n",
        "a;b\n1;é\n",
        "a\tb\n1\té\n",
        "a|b\n1|é",
        '"a","b"\r\n"1","é"\r\n',
        "a,b\r1,é\r",
        "\n\na,b\n\n1,é\n\n",
        "a,b\r\n\r\n\r\n1,é\r\n",
        "# made, by hand\n# see; there\na,b\n1,é\n",
        '# made by "hand"\na;b\n1;é\n2;"x;y"\n',
        "\ufeffa,b\n1,é\n",
        "a,b\n1,é\n".encode("utf-8-sig"),
        "a,b\n1,é\n".encode("utf-16"),
        "a,b\n1,é\n2,longer\n".encode("utf-16-le"),
        "a,b\n1,é\n2,longer\n".encode("utf-16-be"),
        "a,b\n1,é\n".encode("utf-32"),
        "a,b\n1,é\n".encode("latin-1"),
        gzip.compress("a;b\n1;é\n".encode("cp1252"), mtime=0),
    ],
)
def test_delimiter_quotes_encoding_and_line_ends_are_found(tmp_path: Path, content: str | bytes) -> None:
    assert rows(write(tmp_path, content))[:2] == [("a", "b"), ("1", "é")]


def test_names_stay_as_they_are(tmp_path: Path) -> None:
    names = ["", "größe in €", "class", "*", "^a$", "a b", "A", "a", 'q"q', "x,y"]
    line = ",".join(f'"{n.replace(chr(34), chr(34) * 2)}"' for n in names)
    assert rows(write(tmp_path, line + "\n" + ",".join("0123456789") + "\n")) == [
        tuple(names),
        tuple("0123456789"),
    ]


def test_a_quoted_name_may_span_lines(tmp_path: Path) -> None:
    assert rows(write(tmp_path, '"a\nb",c\n1,2\n')) == [("a\nb", "c"), ("1", "2")]


def test_quoted_values_hold_delimiters_quotes_and_lines(tmp_path: Path) -> None:
    content = 'a,b\n"x, ""y""\nz",1\n,2\n'
    assert rows(write(tmp_path, content)) == [("a", "b"), ('x, "y"\nz', "1"), (None, "2")]


@pytest.mark.parametrize("stray", ['5" pipe', 'he said "hi', '6" x 7"', 'a"b', '"a"b'])
def test_stray_quotes_break_nothing(tmp_path: Path, stray: str) -> None:
    found = rows(write(tmp_path, f'a,b\n{stray},1\n"q,r",2\nplain,3\n'))
    assert [row[1] for row in found] == ["b", "1", "2", "3"]


def test_a_header_may_begin_with_a_hash_or_count_its_columns(tmp_path: Path) -> None:
    assert rows(write(tmp_path, "# a note\n#id,b\n1,2\n")) == [("#id", "b"), ("1", "2")]
    assert rows(write(tmp_path, "2019,2020\n1,2\n")) == [("2019", "2020"), ("1", "2")]


def test_one_column_may_hold_commas(tmp_path: Path) -> None:
    assert rows(write(tmp_path, "text\nHello, world\nfoo\n")) == [("text",), ("Hello, world",), ("foo",)]


def test_blank_lines_are_no_rows_but_missing_values_are(tmp_path: Path) -> None:
    assert rows(write(tmp_path, "a,b\n1,2\n\n3,\n\n"))[1:] == [("1", "2"), ("3", None)]
    assert rows(write(tmp_path, "a\n1\n\n3\n"))[1:] == [("1",), (None,), ("3",)]


@pytest.mark.parametrize(
    ("content", "mark"),
    [
        ("a;b\n1,5;2\n2,75;3\n", ","),
        ("a;b\n1,234;2\n2,750;3\n", ","),
        ('a,b\n"1,5",2\n"2,75",3\n', ","),
        ("a\tb\n1,5\t2\n2,75\t3\n", ","),
        ("a,b\n1.5,2\n", "."),
        ('a,b\n"1,234",2\n"2,750",3\n', "."),
        ("a;b\n1.5;x,y\n2.5;z\n", "."),
        ("a,b\n1,2\n", "."),
    ],
)
def test_the_decimal_mark_is_found(tmp_path: Path, content: str, mark: str) -> None:
    assert open_table(str(write(tmp_path, content))).decimal == mark


@pytest.mark.parametrize(
    ("content", "line", "found"),
    [
        ("a,b\n1,2\n3,4,5\n", 3, 3),
        ("a,b\n1,2\n\n3\n", 4, 1),
        ("a,b\n1,2,3\n4,5,6\n", 2, 3),
        ('a,b\n"1\n2",2\n"3",4,5\n', 4, 3),
        ("Report 2020\na,b,c\n1,2,3\n4,5,6\n", 2, 3),
    ],
)
def test_the_first_ragged_line_is_named(tmp_path: Path, content: str, line: int, found: int) -> None:
    assert f"line {line} has {found} values" in refusal(write(tmp_path, content))


@pytest.mark.slow
def test_a_ragged_line_is_found_beyond_the_first_block(tmp_path: Path) -> None:
    path = write(tmp_path, "a,b\n" + f"1,{HALF_MILLION}\n" * 70 + "1\n")
    assert "line 72 has 1 values" in refusal(path)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty"),
        (b"\n \n", "empty"),
        (b"a,b\n", "no rows"),
        (b"\xef\xbb\xbf", "empty"),
        (bytes(range(256)) * 20, "not text"),
        (b"a,b\n1,\0\n", "not text"),
        (b"a,b,a\n1,2,3\n", "two columns named 'a'"),
        (b"a,,\n1,2,3\n", "two columns named ''"),
        (b'a,b\n1,"x\n2,3\n4,5\n', "never closes"),
        (gzip.compress(b"a,b\n1,2\n" * 1000, mtime=0)[:40], "cannot be unpacked"),
        (b"5.1,3.5\n4.9,3.0\n", "holds numbers, not"),
        (b"0,0,1\n0,1,0\n", "holds numbers"),
        (b"# nothing but\n# comments\n", "empty"),
        (b"PK\x03\x04rest", "zip archive or an Excel workbook"),
        (b"<!DOCTYPE html><html>", "web page"),
    ],
)
def test_what_is_no_table_is_refused_in_one_sentence(tmp_path: Path, content: bytes, told: str) -> None:
    message = refusal(write(tmp_path, content))
    assert told in message
    assert "\n" not in message


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_cell_of_a_hundred_megabytes_is_refused(tmp_path: Path, quote: str) -> None:
    path = tmp_path / "big.csv"
    with path.open("w") as file:
        file.write("a,b\n1,2\n3," + quote)
        for _ in range(200):
            file.write(HALF_MILLION)
        file.write(quote + "\n")
    assert "line 3" in refusal(path)


def test_a_large_file_is_read_lazily(tmp_path: Path) -> None:
    path = write(tmp_path, "a,b\n" + "1,2\n" * 1000)
    assert isinstance(open_table(str(path)).frame, pl.LazyFrame)
    assert open_table(str(path)).frame.select(pl.len()).collect(engine="streaming").item() == 1000


def test_no_error_repeats_a_value() -> None:
    from modelyard.data.reason import reason

    error = pl.exceptions.ComputeError('could not parse `"4111 1111` as dtype `i64` at column 3\nadvice')
    assert reason(error) == "could not parse (a value) as dtype (a value) at column 3"
