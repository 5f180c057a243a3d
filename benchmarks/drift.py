"""Times drift of a million rows beside Evidently and NannyML: seconds, ratios and peak memory.

    uv run python benchmarks/drift.py [--rows 1000000] [--repeat 3] [--long 50000000] [--peers FOLDER] [--no-peers]

The table has 8 numeric and 4 categorical columns, three of them shifted. Everybody compares the same rows with the
same reference in memory; reading files and importing libraries is not counted, except in the line that says so.
Each peer runs in a virtual environment of its own, made with uv in FOLDER (default: a temporary one), because neither
installs beside current libraries. One that cannot be installed is said and left out. `--long` writes so many rows as
capture files, with outcomes of every tenth, and runs the whole of `modelyard monitor` on them (drift, performance,
counts of loss, merging of days) in a process of its own, to show that memory does not grow with the rows: a tenth of
the rows and all of them must need the same.
"""

import argparse
import io
import json
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
from peers.environments import environment

from modelyard import config
from modelyard.bundle.served import Served
from modelyard.capture import keys
from modelyard.capture.rows import SCHEMA
from modelyard.config.monitoring import Monitoring
from modelyard.data import contract as contracts
from modelyard.data.contract import Column, Contract
from modelyard.data.encode import Encoding
from modelyard.data.store import Store
from modelyard.feedback import ledger
from modelyard.monitoring import MonitorRequest, monitor
from modelyard.monitoring.drift import judge
from modelyard.monitoring.results import ColumnDrift
from modelyard.monitoring.tally import Tally
from modelyard.reference.profile import Profile, build
from modelyard.routing import Ref, document

NUMBERS = 8
SHIFTED = {"n0", "n1", "c0"}
DAYS = 7
TARGET = 60
SHA = "a" * 64
FIRST = datetime(2026, 1, 1)
FILE_ROWS = 50_000  # what a server puts into one file at most
FILES_PER_DAY = 10
GROWTH_MB = 150
PEERS = {
    "evidently": ["evidently==0.7.23", "pandas<3.1", "pyarrow"],
    "nannyml": ["nannyml==0.13.1", "statsmodels", "setuptools<81", "pyarrow"],
}
MEASURE = """
import json, sys, time
import pandas as pd
before, now = (pd.read_parquet(path) for path in sys.argv[1:3])
def peak():
    return int(next(row for row in open("/proc/self/status") if row.startswith("VmHWM")).split()[1]) / 1024
def timed(name, work):
    held = peak()
    begin = time.perf_counter()
    found = work()
    print(json.dumps([name, time.perf_counter() - begin, peak() - held, found]), flush=True)
"""
SCRIPTS = {
    "evidently": MEASURE
    + """
from evidently import Dataset, DataDefinition, Report
from evidently.presets import DataDriftPreset
numbers, words = ([c for c in now if c[0] == kind] for kind in "nc")
kinds = DataDefinition(numerical_columns=numbers, categorical_columns=words)
def run(**more):
    pair = [Dataset.from_pandas(frame, data_definition=kinds) for frame in (now, before)]
    found = Report([DataDriftPreset(**more)]).run(*pair).dict()
    return int(found["metrics"][0]["value"]["count"])
timed("evidently, defaults", run)
timed("evidently, psi", lambda: run(method="psi"))
""",
    "nannyml": MEASURE
    + """
import nannyml as nml
def run(**more):
    names = list(now)
    drift = nml.UnivariateDriftCalculator(
        column_names=names, treat_as_categorical=[c for c in names if c[0] == "c"], chunk_number=1, **more
    )
    fitted.append(drift.fit(before))
fitted = []
timed("nannyml, fit (jensen-shannon)", run)
timed("nannyml, compare (jensen-shannon)", lambda: len(fitted[-1].calculate(now).to_df()))
timed("nannyml, fit (ks, chi2)", lambda: run(continuous_methods=["kolmogorov_smirnov"], categorical_methods=["chi2"]))
timed("nannyml, compare (ks, chi2)", lambda: len(fitted[-1].calculate(now).to_df()))
""",
}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rows", type=int, default=1_000_000)
    arguments.add_argument("--repeat", type=int, default=3)
    arguments.add_argument("--long", type=int, default=10_000_000)
    arguments.add_argument("--peers", type=Path, help="where their environments are, or shall be")
    arguments.add_argument("--no-peers", action="store_true")
    arguments.add_argument("--watch", type=Path, help=argparse.SUPPRESS)
    chosen = arguments.parse_args()
    if chosen.watch is not None:
        watch(chosen.watch)
        return
    before, now = table(chosen.rows, 0), table(chosen.rows, 1)
    began = time.perf_counter()
    profile = build(before, Contract(name="drift", columns=()), before.columns, predictions=None)
    print(f"profile of {chosen.rows:,} rows: {time.perf_counter() - began:.2f} s, once, at training")
    ours = own(profile, now, chosen.repeat)
    if not chosen.no_peers:
        with tempfile.TemporaryDirectory() as work:
            beside(before, now, Path(work), chosen.peers or Path(work), ours)
    peaks = [watched(profile, count) for count in (chosen.long // 10, chosen.long)]
    met = "met" if peaks[1] - peaks[0] <= GROWTH_MB else "MISSED"
    print(f"  -> ten times the rows: peak memory {peaks[1] - peaks[0]:+.0f} MB; target {GROWTH_MB} MB at most: {met}")


def table(rows: int, seed: int) -> pl.DataFrame:
    """Make rows; those of seed 1 have three shifted columns."""
    draw = np.random.default_rng(seed)
    kinds = [draw.normal, draw.exponential, draw.random]
    columns = {f"n{i}": np.round(kinds[i % 3](size=rows), 4 if i % 2 else 12) for i in range(NUMBERS)}
    shares = [np.array([0.5, 0.3, 0.2]), np.full(10, 0.1), np.full(40, 1 / 40), np.array([0.9, 0.1])]
    if seed:
        columns["n0"], columns["n1"] = columns["n0"] + 0.3, columns["n1"] * 1.4
        shares[0] = np.array([0.3, 0.4, 0.3])
    words = {
        f"c{i}": np.array([f"kind {k}" for k in range(len(p))])[draw.choice(len(p), rows, p=p)]
        for i, p in enumerate(shares)
    }
    return pl.DataFrame({**columns, **words})


def captured(inputs: pl.DataFrame, day: int = 0) -> pl.DataFrame:
    """Lay rows out as captures have them."""
    when = FIRST + timedelta(days=day)
    time_of = pl.Series("event_time", [when], dtype=pl.Datetime("us")).new_from_index(0, inputs.height)
    score = pl.Series("score", [0.5]).new_from_index(0, inputs.height)
    scores = pl.Series("scores", [[0.5, 0.5]]).new_from_index(0, inputs.height)
    return pl.DataFrame([time_of, time_of.alias("received_time"), score, scores, inputs.to_struct("inputs")])


def judged(profile: Profile, frames: list[pl.DataFrame]) -> list[ColumnDrift]:
    tally = Tally(profile, DAYS)
    for frame in frames:
        tally.add(frame)
    return judge(tally, tally.columns, profile.rows, Monitoring())


def own(profile: Profile, now: pl.DataFrame, repeat: int) -> float:
    """Time this package, and look at what it says."""
    frame = captured(now)
    held = peak()
    times = []
    for _ in range(repeat):
        began = time.perf_counter()
        found = judged(profile, [frame])
        times.append(time.perf_counter() - began)
    alerted = {column.name for column in found if column.alert}
    assert alerted == SHIFTED, alerted
    line("modelyard, saved profile", min(times), peak() - held, len(alerted), min(times))
    file = io.BytesIO()
    frame.write_parquet(file, compression="zstd")
    began = time.perf_counter()
    file.seek(0)
    judged(profile, [pl.read_parquet(file)])
    line("modelyard, with reading Parquet", time.perf_counter() - began, peak() - held, len(alerted), min(times))
    return min(times)


def beside(before: pl.DataFrame, now: pl.DataFrame, work: Path, folder: Path, ours: float) -> None:
    paths = [work / "before.parquet", work / "now.parquet"]
    for frame, path in zip((before, now), paths, strict=True):
        frame.write_parquet(path)
    for name, script in SCRIPTS.items():
        python = environment(name, folder / name, PEERS[name])
        if python is None:
            continue
        done = subprocess.run(
            [python, "-W", "ignore", "-c", script, *map(str, paths)], capture_output=True, text=True, check=False
        )
        for row in filter(lambda text: text.startswith("["), done.stdout.splitlines()):
            what, seconds, extra, found = json.loads(row)
            line(what, seconds, extra, found, ours)
            if what == "evidently, defaults":
                met = "met" if seconds / ours >= TARGET else "MISSED"
                print(f"  -> {seconds / ours:.0f} times as fast as Evidently; target {TARGET}: {met}")
        if done.returncode:
            print(f"{name} failed: {(done.stderr.strip().splitlines() or ['no reason'])[-1][:150]}")


def watched(profile: Profile, rows: int) -> float:
    """Write captures, monitor them in a child, and return its peak memory in MB."""
    with tempfile.TemporaryDirectory(prefix="modelyard-drift-") as folder:
        written = write_project(Path(folder), profile, rows)
        done = subprocess.run(
            [sys.executable, __file__, "--watch", folder], stdout=subprocess.PIPE, text=True, check=True
        )
        rows, labelled, drifted, seconds, peak_mb = json.loads(done.stdout)
    assert rows == written, (rows, written)
    assert set(drifted) == SHIFTED, drifted
    told = f"{rows:,} captured rows, {labelled:,} of them labelled, by {FILE_ROWS:,} a file: {seconds:.1f} s"
    print(f"monitor of {told}, {rows / seconds:,.0f} rows/s, peak memory {peak_mb:.0f} MB", flush=True)
    return peak_mb


def watch(folder: Path) -> None:
    """Be the child: monitor, and say what was found and needed."""
    began = time.perf_counter()
    found = monitor(config.load(folder), MonitorRequest(since=FIRST, as_of=datetime(2027, 1, 1), send=False))
    drifted = [column.name for column in found.drift.columns if column.alert]
    print(json.dumps([found.rows, found.performance.labelled, drifted, time.perf_counter() - began, peak()]))


def write_project(root: Path, profile: Profile, rows: int) -> int:
    """Write a project whose version 1 has answered `rows` rows, a file of a server at a time; return how many."""
    names = [column.name for column in profile.columns]
    known = [Column(name=n, type="number" if n[0] == "n" else "string") for n in names]
    contract = Contract(name="drift", columns=(*known, Column(name="y", type="string")))
    (root / "contract.yaml").write_text(contracts.dump(contract), encoding="utf-8")
    settings = {"data": {"source": "none.parquet", "target": "y"}, "evaluation": {"metric": "log_loss"}}
    (root / "modelyard.yaml").write_text(json.dumps({"name": "drift", "task": "binary", **settings}))
    served = Served(
        task="binary", classes=["no", "yes"], inputs=names, types={c.name: c.type for c in known},
        encoding=Encoding(columns=()), form="onnx", identity=True,
    )  # fmt: skip
    store = Store.open(".modelyard", root)
    store.put(f"models/{SHA}/model.json", served.model_dump_json().encode())
    store.put(f"models/{SHA}/profile.json", profile.model_dump_json().encode())
    champion = {"champion": Ref(version=1, sha256=SHA)}
    document.swap(store, lambda r: r.model_copy(update=champion), why="benchmark", action="registered")
    parts = [table(FILE_ROWS, seed) for seed in range(1, 5)]
    days = max(rows // FILE_ROWS // FILES_PER_DAY, 1)
    for day in range(days):
        numbers = range(day * FILES_PER_DAY, (day + 1) * FILES_PER_DAY)
        told = pl.concat([write_file(store, parts[number % len(parts)], number, day) for number in numbers])
        ledger.append(store, told, datetime(2026, 12, 1) + timedelta(seconds=day))
    return days * FILES_PER_DAY * FILE_ROWS


def write_file(store: Store, inputs: pl.DataFrame, number: int, day: int) -> pl.DataFrame:
    """Write one file of captures as a server does; return the outcomes of every tenth of its rows."""
    first, boot = number * FILE_ROWS, "boot"
    sequence = pl.int_range(first, first + FILE_ROWS, dtype=pl.Int64)
    frame = captured(inputs, day).with_columns(
        request_id=pl.format("request-{}", sequence), row=pl.lit(0, pl.Int32), entity=pl.lit(None, pl.String),
        version=pl.lit(1, pl.Int32), sha256=pl.lit(SHA), role=pl.lit("champion"), boot=pl.lit(boot),
        sequence=sequence, prediction=pl.lit("no"),
    ).select(*SCHEMA, "inputs")  # fmt: skip
    file = io.BytesIO()
    frame.write_parquet(file, compression="zstd", compression_level=1)
    when = frame["event_time"][0]
    store.put(keys.written(when.date(), SHA, boot, first, when.timestamp()), file.getvalue())
    label = pl.when(pl.col("sequence") % 20 == 0).then(pl.lit("yes")).otherwise(pl.lit("no"))
    nothing = pl.lit(None, pl.Datetime("us"))
    return frame.gather_every(10).select(
        "request_id", "row", label=label, label_time=nothing, known=nothing, captured_time="event_time"
    )


def line(what: str, seconds: float, extra: float, found: object, ours: float) -> None:
    print(f"{what:<36} {seconds:8.2f} s  {seconds / ours:7.1f} x  peak +{extra:6.0f} MB  drifted: {found}", flush=True)


def peak() -> float:
    """Return the most MB that this process has held; `ru_maxrss` would begin with what its parent held."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024


if __name__ == "__main__":
    main()
