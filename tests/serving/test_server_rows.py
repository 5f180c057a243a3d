"""The row path and the frame path say the same, bit for bit."""

import datetime as dt

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelyard.data.encode import EncodedColumn, Encoding, learn
from modelyard.data.types import polars_type
from modelyard.data.types.parse import parse
from modelyard.errors import RequestError
from modelyard.serving.frames import frame_encoder
from modelyard.serving.moments import reader
from modelyard.serving.rows import encoder

pytestmark = pytest.mark.slow

WORDS = ("red", "", "é", "a b", "NA", "two words 22", "ÀB c", "_x", "naïve cafe\u0301", "ǅ ² ٣", "x\x00y")
FILL = st.floats(allow_nan=False, width=32)
VALUES = {
    "number": st.none() | st.floats() | st.floats(-10, 10) | st.sampled_from([1e30, -1e31, -0.0, 2.0**24 + 1]),
    "integer": st.none() | st.integers(-(2**63), 2**63 - 1) | st.integers(1_700_000_000, 1_700_000_100),
    "boolean": st.none() | st.booleans(),
    "date": st.none() | st.dates(),
    "timestamp": st.none() | st.datetimes(),
    "string": st.none() | st.sampled_from(WORDS) | st.text(max_size=30),
}
KINDS = {
    "number": ["number"],
    "integer": ["number"],
    "boolean": ["boolean"],
    "date": ["date"],
    "timestamp": ["timestamp"],
    "string": ["category", "text"],
}
MOMENT_PARTS = ("year", "month", "day", "weekday", "hour")
TEXT_PARTS = ("length", "words", "digits", "upper")


@st.composite
def columns(draw, name, kind):
    encoded = draw(st.sampled_from(KINDS[kind]))
    parts = {"date": MOMENT_PARTS[:4], "timestamp": MOMENT_PARTS, "text": TEXT_PARTS}.get(encoded, ("",))
    fills = tuple(draw(FILL) for _ in parts) if encoded != "category" and draw(st.booleans()) else ()
    vocabulary = tuple(draw(st.lists(st.sampled_from((*WORDS[:8], "b", "two", "22", "c")), unique=True)))
    return EncodedColumn(
        source=name,
        kind=encoded,
        parts=parts,
        offset=draw(st.sampled_from([0.0, 1.7e9, -3.0])) if encoded == "number" else 0.0,
        vocabulary=vocabulary if kind == "string" else (),
        fills=fills,
        missing=encoded != "category" and not fills and draw(st.booleans()),  # as learned: never both
    )


@st.composite
def cases(draw):
    kinds = draw(st.lists(st.sampled_from(list(VALUES)), min_size=1, max_size=6))
    names = [f"{i}*" if i else "" for i in range(len(kinds))]
    encoding = Encoding(columns=tuple(draw(columns(n, k)) for n, k in zip(names, kinds, strict=True)))
    rows = draw(st.lists(st.tuples(*(VALUES[k] for k in kinds)), min_size=1, max_size=5))
    return encoding, dict(zip(names, kinds, strict=True)), rows


def both(encoding, types, rows):
    direct = encoder(encoding, types, {name: i for i, name in enumerate(types)})(rows)
    series = {n: pl.Series([r[i] for r in rows], dtype=polars_type(k)) for i, (n, k) in enumerate(types.items())}
    frame = pl.DataFrame(series)
    assert_same(frame_encoder(encoding)(frame), direct)
    return direct, encoding.apply(frame)


def assert_same(direct, frame):
    assert direct.dtype == frame.dtype == np.float32
    assert direct.shape == frame.shape
    nan = np.isnan(frame)
    assert (np.isnan(direct) == nan).all()
    assert (direct.view(np.int32)[~nan] == frame.view(np.int32)[~nan]).all()


@settings(max_examples=400, deadline=None)
@given(cases())
def test_the_row_path_gives_exactly_the_values_of_the_frame_path(case):
    assert_same(*both(*case))


def test_an_encoding_learned_from_rows_gives_the_same_on_both_paths():
    r = np.random.default_rng(0)
    n = 300
    rows = pl.DataFrame(
        {
            "x": [None if v > 1 else v for v in r.normal(size=n)],
            "big": r.integers(1_700_000_000, 1_700_000_500, n),
            "code": r.choice(["a", "b", "é"], n),
            "told": [f"Alpha beta {i} Ünïcode" for i in range(n)],
            "when": [dt.datetime(2020, 1, 1) + dt.timedelta(minutes=int(m)) for m in r.integers(0, 5e5, n)],
            "flag": r.random(n) < 0.5,
        }
    )
    types = {
        "x": "number",
        "big": "integer",
        "code": "string",
        "told": "string",
        "when": "timestamp",
        "flag": "boolean",
    }
    encoding = learn(rows, max_categories=10, min_count=2, target=r.integers(0, 2, n))
    assert_same(*both(encoding, types, rows.rows()))


UNUSUAL = {
    "zoned": pl.Series([dt.datetime(2020, 1, 1, 23, 30)] * 3).dt.replace_time_zone("Europe/Paris"),
    "nanoseconds": pl.Series([dt.datetime(1960, 1, 1, 23, 30)] * 3, dtype=pl.Datetime("ns")),
    "milliseconds": pl.Series([dt.datetime(1960, 1, 1, 23, 30), None, None], dtype=pl.Datetime("ms")),
    "duration": pl.Series([dt.timedelta(days=1, microseconds=5), None, dt.timedelta(0)]),
    "time": pl.Series([dt.time(3, 4), None, dt.time(0)]),
    "small": pl.Series([1, None, 3], dtype=pl.UInt8),
    "single": pl.Series([0.1, None, float("inf")], dtype=pl.Float32),
    "enum": pl.Series(["a", None, "b"], dtype=pl.Enum(["a", "b"])),
    "null": pl.Series([None, None, None]),
}
LEARNED = {"zoned": "timestamp", "nanoseconds": "timestamp", "milliseconds": "timestamp", "enum": "category"}


@pytest.mark.parametrize("name", UNUSUAL)
def test_types_that_only_features_can_make_are_encoded_alike(name):
    kind = LEARNED.get(name, "number")
    column = EncodedColumn(
        source=name,
        kind=kind,
        parts=MOMENT_PARTS if kind == "timestamp" else ("",),
        vocabulary=("b",) if kind == "category" else (),
    )
    encoding, frame = Encoding(columns=(column,)), pl.DataFrame({name: UNUSUAL[name]})
    assert_same(frame_encoder(encoding)(frame), encoding.apply(frame))


def test_a_frame_of_another_schema_than_the_first_is_still_encoded():
    encoding = Encoding(columns=(EncodedColumn(source="a", kind="number"), EncodedColumn(source="b", kind="boolean")))
    encode = frame_encoder(encoding)
    for frame in (pl.DataFrame({"a": [1], "b": [True]}), pl.DataFrame({"b": [False], "a": [2.5]})):
        assert_same(encode(frame), encoding.apply(frame))
    with pytest.raises(RequestError, match="'b'"):
        encode(pl.DataFrame({"a": [1]}))


def by_contract(text, kind, form):
    frame = pl.DataFrame({"v": [text]}, schema={"v": pl.String})
    return frame.select(parse("v", kind, format=form)).item()


PLAIN = st.builds(
    "{:04}-{:02}-{:02}{}{:02}:{:02}{}{}".format,
    st.integers(1, 9999),
    st.integers(0, 13),
    st.integers(0, 32),
    st.sampled_from("T t"),
    st.integers(0, 24),
    st.integers(0, 60),
    st.sampled_from(["", ":00", ":59", ":60", ":61", ":05.5", ":05.123456", ":05.1234567", ":1"]),
    st.sampled_from(["", "Z", "z", "+02:00", "-1130", "+24:00", "+23:59", " UTC"]),
)
ODD = st.sampled_from(
    ["", "NA", " 2024-01-02 ", "2024-1-2", "20240102", "2024-W01-1", "٢٠٢٤-01-02", "2024-02-30", "1e9"]
)


@settings(max_examples=300, deadline=None)
@given(PLAIN | ODD | st.dates().map(str), st.sampled_from(["date", "timestamp"]), st.sampled_from([None, "iso"]))
def test_moments_are_read_as_the_contract_reads_them(text, kind, form):
    pattern = form and {"date": "%Y-%m-%d", "timestamp": "%Y-%m-%d %H:%M:%S"}[kind]
    try:
        expected = by_contract(text, kind, pattern)
    except (ValueError, OverflowError):
        expected = None
    assert reader(kind, pattern)(text) == expected


@pytest.mark.parametrize(
    ("form", "text", "expected"),
    [
        ("%d.%m.%Y", "31.12.2024", dt.date(2024, 12, 31)),
        ("%d.%m.%Y", "2024-12-31", None),
        ("%d %B %Y", "3 Feb 2024", dt.date(2024, 2, 3)),
    ],
)
def test_a_format_of_the_contract_is_the_only_one_that_is_read(form, text, expected):
    assert reader("date", form)(text) == expected
