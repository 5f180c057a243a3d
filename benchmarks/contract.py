"""Times the contract check beside the same rules written by hand in polars, pandera and Great Expectations.

    uv run --group benchmarks python benchmarks/contract.py [--rows 5000000] [--repeat 3] [--no-peers]

The table has 12 columns (an integer id, a timestamp, 3 floats, 3 integers, a boolean, 3 strings). The
contract asks for 12 types, no other column, 10 columns without missing values, 6 ranges, 3 sets of categories
and a unique id. `bad` has 0.1 % of wrong values in five columns. Each time is the best of the repeats, taken
in turns; counts must agree.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from modelyard.data.contract import Column, Contract, Rule, check
from modelyard.data.load import Table

RANGES: dict[str, tuple[float, float]] = {
    "f1": (-100, 100), "f2": (0, 1), "f3": (0, 1000), "i1": (0, 99), "i2": (-50, 49), "i3": (0, 999_999)
}  # fmt: skip
SETS = {"s1": ["red", "green", "blue"], "s2": list("abcd"), "s3": [f"cat{i}" for i in range(20)]}
REQUIRED = ["id", "ts", "f1", "f2", "f3", "i1", "i2", "i3", "b", "s1"]
LIMIT = 1.5

Timed = tuple[str, Callable[[], int | None]]


def table(rows: int) -> pl.DataFrame:
    draw = np.random.default_rng(0)
    start = pl.datetime(2020, 1, 1)
    end = start + pl.duration(seconds=rows - 1)
    columns: dict[str, Any] = {
        "id": draw.permutation(rows),
        "ts": pl.datetime_range(start, end, "1s", eager=True),
        "f1": draw.normal(size=rows),
        "f2": draw.random(rows),
        "f3": draw.exponential(size=rows),
        "i1": draw.integers(0, 100, rows),
        "i2": draw.integers(-50, 50, rows),
        "i3": draw.integers(0, 1_000_000, rows),
        "b": draw.random(rows) < 0.5,
    }
    columns |= {name: np.array(kinds)[draw.integers(0, len(kinds), rows)] for name, kinds in SETS.items()}
    return pl.DataFrame(columns)


def spoiled(good: pl.DataFrame) -> pl.DataFrame:
    """Spoil every thousandth row: repeated id, missing float, two values out of range, unknown category."""
    wrong = pl.int_range(pl.len()) % 1000 == 7
    return good.with_columns(
        pl.when(wrong).then(pl.col("id").shift(-1)).otherwise("id").alias("id"),
        pl.when(~wrong).then("f1").alias("f1"),
        pl.when(wrong).then(-1.0).otherwise("f3").alias("f3"),
        pl.when(wrong).then(1000).otherwise("i1").alias("i1"),
        pl.when(wrong).then(pl.lit("mauve")).otherwise("s1").alias("s1"),
    )


def contract(good: pl.DataFrame) -> Contract:
    kinds = {pl.Int64: "integer", pl.Float64: "number", pl.Boolean: "boolean", pl.String: "string"}
    columns = []
    for name, found in good.schema.items():
        ends = zip(("minimum", "maximum"), RANGES.get(name, ()), strict=False)
        rules = [Rule(kind=kind, value=value) for kind, value in ends]
        rules += [Rule(kind="allowed", value=tuple(SETS[name]))] if name in SETS else []
        columns.append(
            Column(
                name=name,
                type=kinds.get(type(found), "timestamp"),
                required=name in REQUIRED,
                unique=name == "id",
                rules=tuple(rules),
            )
        )
    return Contract(name="bench", columns=tuple(columns))


def by_hand(frame: pl.LazyFrame, schema: pl.Schema, engine: str) -> int:
    """Write the rules as a person would, in one select; return how many violations there are."""
    assert frame.collect_schema() == schema
    counts = [pl.col(name).null_count().alias(f"null {name}") for name in REQUIRED]
    counts += [(pl.col(name) < low).sum().alias(f"low {name}") for name, (low, _) in RANGES.items()]
    counts += [(pl.col(name) > high).sum().alias(f"high {name}") for name, (_, high) in RANGES.items()]
    counts += [(~pl.col(name).is_in(kinds)).sum().alias(f"set {name}") for name, kinds in SETS.items()]
    counts.append((pl.len() - pl.col("id").n_unique()).alias("unique"))
    return sum(frame.select(counts).collect(engine=engine).row(0))


def ours(asked: Contract, frame: pl.LazyFrame, samples: int) -> int:
    result = check(asked, Table(frame, text=False, source="bench", format="parquet"), samples=samples)
    return sum(violation.count for violation in result.violations)


def pandera_schema() -> Any:
    import pandera.polars as pa  # noqa: PLC0415 - may be absent

    kinds = {"id": pl.Int64, "ts": pl.Datetime("us"), "b": pl.Boolean}
    kinds |= {f"f{i}": pl.Float64 for i in (1, 2, 3)} | {f"i{i}": pl.Int64 for i in (1, 2, 3)}
    kinds |= dict.fromkeys(SETS, pl.String)
    columns = {}
    for name, kind in kinds.items():
        checks = [pa.Check.in_range(*RANGES[name])] if name in RANGES else []
        checks += [pa.Check.isin(SETS[name])] if name in SETS else []
        columns[name] = pa.Column(kind, checks, nullable=name not in REQUIRED, unique=name == "id")
    return pa.DataFrameSchema(columns, strict=True)


def with_pandera(schema: Any, frame: pl.DataFrame | pl.LazyFrame) -> None:
    import pandera.errors  # noqa: PLC0415 - may be absent

    try:
        checked = schema.validate(frame, lazy=True)
        if isinstance(checked, pl.LazyFrame):
            checked.select(pl.len()).collect()
    except pandera.errors.SchemaErrors:
        return


def expectations() -> list[Any]:
    import great_expectations.expectations as gxe  # noqa: PLC0415 - may be absent

    found: list[Any] = [gxe.ExpectColumnValuesToNotBeNull(column=name) for name in REQUIRED]
    for name, (low, high) in RANGES.items():
        found.append(gxe.ExpectColumnValuesToBeBetween(column=name, min_value=low, max_value=high))
    found += [gxe.ExpectColumnValuesToBeInSet(column=name, value_set=kinds) for name, kinds in SETS.items()]
    return [*found, gxe.ExpectColumnValuesToBeUnique(column="id")]


def in_pandas(frame: pl.DataFrame) -> Any:
    """Copy column by column: polars' own way would need pyarrow too."""
    import pandas as pd  # noqa: PLC0415 - may be absent

    return pd.DataFrame({name: frame[name].to_numpy() for name in frame.columns})


def with_great_expectations(frame: Any) -> Callable[[], None]:
    """Return a call that validates a pandas frame, keeping counts and no rows."""
    import great_expectations as gx  # noqa: PLC0415 - may be absent

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("bench").add_dataframe_asset("bench")
    batch = asset.add_batch_definition_whole_dataframe("bench").get_batch({"dataframe": frame})
    suite = gx.ExpectationSuite(name="bench", expectations=expectations())
    return lambda: batch.validate(suite, result_format="BOOLEAN_ONLY") and None


def rivals(good: pl.DataFrame, frame: pl.DataFrame, path: Path) -> Iterator[tuple[str, list[Timed]]]:
    asked, schema = contract(good), good.schema
    yield (
        "Parquet",
        [
            ("by hand, streaming", lambda: by_hand(pl.scan_parquet(path), schema, "streaming")),
            ("modelyard, counts", lambda: ours(asked, pl.scan_parquet(path), 0)),
            ("modelyard, 5 rows shown", lambda: ours(asked, pl.scan_parquet(path), 5)),
        ],
    )
    yield (
        "memory",
        [
            ("by hand, eager", lambda: by_hand(frame.lazy(), schema, "in-memory")),
            ("modelyard, counts", lambda: ours(asked, frame.lazy(), 0)),
            ("modelyard, 5 rows shown", lambda: ours(asked, frame.lazy(), 5)),
        ],
    )


def peers(frame: pl.DataFrame, path: Path) -> dict[str, list[Timed]]:
    found: dict[str, list[Timed]] = {"Parquet": [], "memory": []}
    os.environ["PANDERA_VALIDATION_DEPTH"] = "SCHEMA_AND_DATA"  # else pandera passes lazy frames unseen
    try:
        asked = pandera_schema()
        found["Parquet"].append(("pandera[polars], lazy", lambda: with_pandera(asked, pl.scan_parquet(path))))
        found["memory"].append(("pandera[polars], eager", lambda: with_pandera(asked, frame)))
    except ImportError:
        print("pandera is not installed: left out", file=sys.stderr)
    try:
        found["memory"].append(("Great Expectations, pandas", with_great_expectations(in_pandas(frame))))
    except ImportError:
        print("great-expectations is not installed: left out", file=sys.stderr)
    return found


def best(timed: list[Timed], repeat: int) -> dict[str, tuple[float, int | None]]:
    """Take turns, so that a slow moment of the machine meets every rival."""
    found: dict[str, tuple[float, int | None]] = {}
    for _ in range(repeat):
        for name, call in timed:
            start = time.perf_counter()
            count = call()
            seconds = time.perf_counter() - start
            found[name] = (min(seconds, found.get(name, (seconds,))[0]), count)
    return found


def report(heading: str, found: dict[str, tuple[float, int | None]]) -> bool:
    (base, expected), *_ = found.values()
    print(f"\n{heading}\n{'':32}{'seconds':>10}{'ratio':>8}{'violations':>12}")
    for name, (seconds, count) in found.items():
        print(f"{name:32}{seconds:10.3f}{seconds / base:8.2f}{'' if count is None else count:>12}")
    seconds, count = found["modelyard, counts"]
    if count != expected:
        print(f"counts differ: {count} and {expected}")
    return count == expected and seconds <= LIMIT * base


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--no-peers", action="store_true", help="only modelyard and the rules by hand")
    asked = parser.parse_args()
    good = table(asked.rows)
    held = []
    with tempfile.TemporaryDirectory() as folder:
        for what, frame in (("good", good), ("bad", spoiled(good))):
            path = Path(folder) / f"{what}.parquet"
            frame.write_parquet(path)
            others = {} if asked.no_peers else peers(frame, path)
            for where, timed in rivals(good, frame, path):
                heading = f"{what} rows, from {where}: {asked.rows:,} x {frame.width}"
                held.append(report(heading, best(timed + others.get(where, []), asked.repeat)))
    verdict = "at most" if all(held) else "NOT at most"
    print(f"\nmodelyard takes {verdict} {LIMIT} times the rules by hand")
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
