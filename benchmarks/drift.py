"""Times drift of a million rows beside Evidently and NannyML: seconds, ratios and peak memory.

    uv run python benchmarks/drift.py [--rows 1000000] [--repeat 3] [--long 50000000] [--peers FOLDER] [--no-peers]

The table has 8 numeric and 4 categorical columns, three of them shifted. Everybody compares the same rows with the
same reference in memory; reading files and importing libraries is not counted, except in the line that says so.
Each peer runs in a virtual environment of its own, made with uv in FOLDER (default: a temporary one), because neither
installs beside current libraries. One that cannot be installed is said and left out. `--long` streams so many rows
through the same counts, file by file, to show that memory does not grow with them.
"""

import argparse
import io
import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from modelyard.config.monitoring import Monitoring
from modelyard.data.contract import Contract
from modelyard.monitoring.drift import judge
from modelyard.monitoring.results import ColumnDrift
from modelyard.monitoring.tally import Tally
from modelyard.reference.profile import Profile, build

NUMBERS = 8
SHIFTED = {"n0", "n1", "c0"}
DAYS = 7
TARGET = 60
PEERS = {
    "evidently": ["evidently==0.7.23", "pandas<3.1", "pyarrow"],
    "nannyml": ["nannyml==0.13.1", "statsmodels", "setuptools<81", "pyarrow"],
}
MEASURE = """
import json, resource, sys, time
import pandas as pd
before, now = (pd.read_parquet(path) for path in sys.argv[1:3])
def timed(name, work):
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begin = time.perf_counter()
    found = work()
    extra = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - held) / 1024
    print(json.dumps([name, time.perf_counter() - begin, extra, found]), flush=True)
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
    chosen = arguments.parse_args()
    before, now = table(chosen.rows, 0), table(chosen.rows, 1)
    began = time.perf_counter()
    profile = build(before, Contract(name="drift", columns=()), before.columns, predictions=None)
    print(f"profile of {chosen.rows:,} rows: {time.perf_counter() - began:.2f} s, once, at training")
    ours = own(profile, now, chosen.repeat)
    if not chosen.no_peers:
        with tempfile.TemporaryDirectory() as work:
            beside(before, now, Path(work), chosen.peers or Path(work), ours)
    long(profile, chosen.long)


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
    when = datetime(2026, 1, 1) + timedelta(days=day)
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
        python = environment(name, folder)
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


def environment(name: str, folder: Path) -> Path | None:
    """Return the Python of a peer's environment, made when it is not there; None where it cannot be made."""
    place = folder / name
    python = place / "bin" / "python"
    if python.exists():
        return python
    commands = [
        ["uv", "venv", "-q", "--python", sys.executable, str(place)],
        ["uv", "pip", "install", "-q", "--python", str(python), *PEERS[name]],
    ]
    for command in commands:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"{name} cannot be installed: {(done.stderr.strip().splitlines() or ['no reason'])[-1][:150]}")
            return None
    return python


def long(profile: Profile, rows: int) -> None:
    """Stream many rows, a file's worth at a time."""
    part = table(250_000, 1)
    began, tally, held = time.perf_counter(), Tally(profile, DAYS), 0.0
    for number in range(max(rows // part.height, 1)):
        tally.add(captured(part, day=number % 60))
        if number == 7:
            held = peak()
    judge(tally, tally.columns, profile.rows, Monitoring())
    seconds = time.perf_counter() - began
    print(
        f"{sum(tally.rows.values()):,} rows in files of {part.height:,}: {seconds:.1f} s, "
        f"peak memory grew by {max(peak() - held, 0):.0f} MB after the first 2 million"
    )


def line(what: str, seconds: float, extra: float, found: object, ours: float) -> None:
    print(f"{what:<36} {seconds:8.2f} s  {seconds / ours:7.1f} x  peak +{extra:6.0f} MB  drifted: {found}", flush=True)


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
