"""How long `modelyard new` takes, beside the same template rendered by Copier alone and beside `kedro new`.

Whole processes, nothing warm but the disk, the median of several runs; the ratio is of processor time, which a
busy machine changes less. `modelyard new` reads a table, decides, renders and commits; the others only render.
Run it with the group `benchmarks` installed:

    uv run --group benchmarks python benchmarks/new.py
"""

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl

from modelyard import assets

RUNS = 5


class Cost(NamedTuple):
    """Seconds on the clock and of the processor."""

    clock: float
    processor: float


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        small, large = table(work / "small.csv", 1_000, 8), table(work / "large.csv", 100_000, 20)
        alone = measure(work, [tool("copier"), "copy", "--defaults", "--quiet", str(assets.template("tabular"))])
        print(f"{'':44} seconds  processor  of Copier alone")
        show("copier copy, the same template", alone, alone)
        show("modelyard new, 1,000 rows x 8 columns", ours(work, small), alone)
        show("modelyard new, 100,000 rows x 20 columns", ours(work, large), alone)
        kedro = shutil.which("kedro", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
        if kedro is None:
            print("kedro new: kedro is not installed (group benchmarks)")
            return
        options = ["--name=bench", "--tools=none", "--example=n", "--telemetry=no"]
        show(
            "kedro new, no tools, no example",
            measure(work, [kedro, "new", *options], place=False),
            alone,
        )


def table(path: Path, rows: int, columns: int) -> Path:
    rng = np.random.default_rng(0)
    numbers = {f"n{i}": rng.normal(size=rows).round(3) for i in range(columns - 5)}
    words = {f"w{i}": rng.choice(["red", "green", "blue"], rows) for i in range(3)}
    other = {"id": np.arange(rows), "target": rng.choice(["yes", "no"], rows)}
    pl.DataFrame({**other, **numbers, **words}).write_csv(path)
    return path


def tool(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def ours(work: Path, data: Path) -> Cost:
    options = ["--data", str(data), "--target", "target", "--no-lock", "--json"]
    return measure(work, [tool("modelyard"), "new", *options])


def measure(work: Path, command: list[str], *, place: bool = True) -> Cost:
    """Return the median cost of `command`, which makes a folder in an empty one."""
    costs = []
    for _ in range(RUNS):
        room = work / "room"
        room.mkdir()
        start, busy = time.perf_counter(), processor()
        done = subprocess.run(
            [*command, *["made"] * place],
            cwd=room,
            env={**os.environ, "KEDRO_DISABLE_TELEMETRY": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        costs.append(Cost(time.perf_counter() - start, processor() - busy))
        if done.returncode or not any(room.iterdir()):
            raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr or done.stdout}")
        shutil.rmtree(room)
    return Cost(*(statistics.median(column) for column in zip(*costs, strict=True)))


def processor() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def show(what: str, cost: Cost, alone: Cost) -> None:
    ratio = cost.processor / alone.processor
    print(f"{what:44} {cost.clock:7.2f} {cost.processor:10.2f}  {ratio:.2f}x")


if __name__ == "__main__":
    main()
