"""Which columns of numbers are read as moments since 1970, and which stay numbers."""

import datetime as dt
import random

import polars as pl
import pytest
from profile_tables import ROWS, column, noise, pick, profiled, table, texts

from modelyard.data import contract as contracts
from modelyard.data.load import open_table
from modelyard.errors import RequestError
from modelyard.scaffold.profile import Overrides, profile, to_config, to_contract
from modelyard.scaffold.profile.epochs import says_moment

START = 1_700_000_000
SECONDS = [START + 7_200 * i for i in range(ROWS)]
UNITS = {"epoch_s": 1, "epoch_ms": 10**3, "epoch_us": 10**6, "epoch_ns": 10**9}


def of(name, values, **asked):
    found = profiled({"x": noise(), name: values, "y": pick("a", "b")}, **{"target": "y", **asked})
    return column(found, name), found


@pytest.mark.parametrize(("form", "scale"), UNITS.items())
@pytest.mark.parametrize("kind", [int, float, str])
def test_a_column_that_says_time_and_holds_moments_is_a_timestamp(form, scale, kind):
    values = [s * scale for s in SECONDS]
    columns = {"x": noise(), "event_time": [kind(v) for v in values], "y": pick("a", "b")}
    if kind is str:
        columns = {name: [str(v) for v in each] for name, each in columns.items()}
    found = profile((texts if kind is str else table)(columns), Overrides(target="y"))
    when = column(found, "event_time")
    assert (when.type, when.format, when.role) == ("timestamp", form, "time")
    assert (when.minimum, found.split_by) == ("2023-11-14T22:13:20", "time")
    assert any(f"since 1970 ({form})" in warning for warning in found.warnings)
    known = to_contract(found, "t")
    assert (known.column("event_time").format, known.column("event_time").required) == (form, True)
    assert contracts.parse(contracts.dump(known)) == known
    assert to_config(found, "t", source="t.csv", sample=None).data.time == "event_time"


@pytest.mark.parametrize(
    "name",
    [
        "timestamp", "ts", "TS", "unix", "epoch", "created_at", "updatedAt", "eventTimestamp", "Date", "Unix Time",
        "event_time", "signup_ts", "tsMs", "time_ms", "click_on", "active_since", "datum", "horodatage", "dt",
        "response_timestamp", "run_at", "price_updated_at", "time",
    ],
)  # fmt: skip
def test_names_that_say_when(name):
    assert says_moment(name)
    when, _ = of(name, [s * 1000 for s in SECONDS])
    assert (when.type, when.format) == ("timestamp", "epoch_ms")


@pytest.mark.parametrize(
    "name",
    [
        "amount", "order_id", "transaction_id", "timestamp_id", "order", "event", "population", "run_time", "wait_time",
        "time_delta", "cpu_time", "num_dates", "time_count", "total_time", "time_zone", "date_key", "", "*", "数",
    ],
)  # fmt: skip
def test_names_that_do_not_say_when(name):
    assert not says_moment(name)
    values = [s * 1000 + random.Random(i).randrange(7_000_000) for i, s in enumerate(SECONDS)]
    assert of(name, values)[0].type == "integer"


@pytest.mark.parametrize(
    "values",
    [
        [i % 1440 for i in range(ROWS)],
        [1990 + i % 30 for i in range(ROWS)],
        [20_200_101 + i % 28 for i in range(ROWS)],
        [START * 10 + i for i in range(ROWS)],
        [*SECONDS[:-1], 0],
        [*SECONDS[:-1], -1],
        [*SECONDS[:-1], START * 1000],
        [s - 1_200_000_000 for s in SECONDS],
        [s + 600_000_000 for s in SECONDS],
        [SECONDS[i % 2] for i in range(ROWS)],
        [2_031_010_000 + 100 * (1 + i % 28) + i % 24 for i in range(ROWS)],
        [1_501_010_000 + 10_000 * (i % 28) + 100 * (i % 24) + i % 60 for i in range(ROWS)],
    ],
    ids=[
        "minutes", "years", "days", "no unit", "zero", "minus one", "mixed units", "1985", "2042", "two values",
        "YYYYMMDDHH", "YYMMDDhhmm",
    ],
)  # fmt: skip
def test_numbers_that_are_no_plausible_moments_stay_integers(values):
    when, found = of("time", values)
    assert (when.type, when.format) == ("integer", None)
    assert found.split_by == "hash"


def test_fractions_stay_numbers():
    assert of("timestamp", [s + 0.25 for s in SECONDS])[0].type == "number"
    assert of("timestamp", [*map(float, SECONDS[:-1]), SECONDS[-1] + 0.5])[0].type == "number"
    assert of("timestamp", [*map(float, SECONDS[:-1]), float("inf")])[0].type == "number"


@pytest.mark.parametrize(("name", "scale"), [("time_ns", 1), ("time_ms", 1), ("wait_us", 1000), ("time_s", 1000)])
def test_a_name_that_says_another_unit_is_believed(name, scale):
    assert of(name, [s * scale for s in SECONDS])[0].type == "integer"


def test_missing_values_and_an_empty_top_decide_nothing():
    values = [None] * 1_200 + [s * 1000 for s in SECONDS]
    columns = {"x": noise(len(values)), "created_at": values, "y": pick("a", "b", rows=len(values))}
    when = column(profiled(columns, target="y"), "created_at")
    assert (when.type, when.missing) == ("timestamp", 1_200)


def test_strays_that_were_accepted_stay_accepted():
    values = ["unknown" if i % 200 == 0 else str(START + 60 * i) for i in range(1_000)]
    columns = {"x": [str(v) for v in noise(1_000)], "ts": values, "y": pick("a", "b", rows=1_000)}
    found = profile(texts(columns), Overrides(target="y"))
    when = column(found, "ts")
    assert (when.type, when.format, when.strays) == ("timestamp", "epoch_s", 5)
    result = contracts.check(to_contract(found, "t"), texts(columns))
    assert result.passed
    assert [(v.rule, v.count, v.severity) for v in result.violations] == [("type", 5, "warning")]


def test_what_the_user_names_wins():
    when, found = of("t0", SECONDS, time="t0")
    assert (when.type, when.format, found.split_by) == ("timestamp", "epoch_s", "time")
    for part in ("id", "target"):
        when, _ = of("created_at", SECONDS, **{part: "created_at"})
        assert (when.type, when.role) == ("integer", part)
    repeated = [SECONDS[i // 6] for i in range(ROWS)]
    assert of("created_at", repeated, group="created_at")[0].type == "integer"


def test_a_time_that_holds_no_moments_is_refused():
    with pytest.raises(RequestError, match="holds integer values") as refused:
        of("t0", [i % 1440 for i in range(ROWS)], time="t0")
    assert "since 1970" in refused.value.hint


def test_what_is_not_sure_is_only_pointed_out():
    shuffled = random.Random(3).sample(SECONDS, ROWS)
    for name, values in (("order", shuffled), ("timestamp", [s - 1_200_000_000 for s in shuffled])):
        when, found = of(name, values)
        assert when.type == "integer"
        assert any("seconds since 1970" in w and "epoch_s" in w for w in found.warnings)
    assert not any("1970" in w for w in of("amount", shuffled)[1].warnings)


@pytest.mark.parametrize("ending", ["csv", "tsv", "parquet", "jsonl", "arrow"])
def test_every_kind_of_file_is_read_alike(tmp_path, ending):
    rows = pl.DataFrame({"x": noise(), "ts": [s * 1000 for s in SECONDS], "y": pick("a", "b")})
    path = tmp_path / f"t.{ending}"
    writers = {
        "csv": rows.write_csv,
        "tsv": lambda file: rows.write_csv(file, separator="\t"),
        "parquet": rows.write_parquet,
        "jsonl": rows.write_ndjson,
        "arrow": rows.write_ipc,
    }
    writers[ending](path)
    source = open_table(str(path))
    found = profile(source, Overrides(target="y"))
    assert (column(found, "ts").type, column(found, "ts").format) == ("timestamp", "epoch_ms")
    read = contracts.read(to_contract(found, "t"), source).collect()
    assert read["ts"].dtype == pl.Datetime("us")
    assert read["ts"].cast(pl.Int64).to_list() == [s * 1_000_000 for s in SECONDS]


def test_only_what_can_be_read_back_as_numbers_is_taken_for_moments():
    codes = [f"0{s}" for s in SECONDS]
    assert of("ts", codes)[0].type == "string"
    assert of("ts", [[s] for s in SECONDS])[0].type == "string"
    assert of("ts", [dt.timedelta(seconds=s) for s in SECONDS])[0].type == "number"
    for dtype in (pl.UInt64, pl.Decimal(20, 3), pl.Categorical, pl.String):
        values = pl.Series(SECONDS).cast(pl.String).cast(dtype)
        when, found = of("ts", values)
        assert (when.type, when.format) == ("timestamp", "epoch_s")
        same = table({"x": noise(), "ts": values, "y": pick("a", "b")})
        assert contracts.check(to_contract(found, "t"), same).passed
