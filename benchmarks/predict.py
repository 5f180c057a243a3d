"""Times `predict` beside a plain scikit-learn and polars script that reads, scores and writes the same rows.

    uv run --group benchmarks python benchmarks/predict.py [--rows 2000000] [--repeat 3] [--memory]

The table has 16 columns: 12 floats and 4 categories of 20 values. Each model is trained by modelyard; the script has
its twin (one-hot or ordinal codes, then scikit-learn's own estimator of the same size), and reads, scores and writes
all rows in one piece. Each time is the best of the repeats, taken in turns: in this process, and as a whole command
from the shell, imports included. `--memory` scores ten times the rows too, and shows the largest resident sizes.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import yaml

from modelyard import config
from modelyard.batch import PredictRequest, predict
from modelyard.bundle import load_pipeline, pack, unpack
from modelyard.config.model import ProjectConfig
from modelyard.data import contract as contracts
from modelyard.data.contract import Column, Contract
from modelyard.data.store import Store
from modelyard.data.types import logical_type
from modelyard.routing import Ref, swap
from modelyard.training.export import export
from modelyard.training.fit import fit

NUMBERS, CATEGORIES = [f"f{i}" for i in range(12)], [f"c{i}" for i in range(4)]
TARGETS = {"linear": 1_000_000, "forest": 200_000, "boosting": None}  # rows a second, on an idle machine
SIZES = {"linear": {}, "forest": {"n_estimators": 100}, "boosting": {"max_iter": 100}}


def table(rows: int, seed: int) -> pl.DataFrame:
    draw = np.random.default_rng(seed)
    words = np.array([f"k{i}" for i in range(20)])
    numbers = {name: draw.normal(size=rows) for name in NUMBERS}
    kinds = {name: words[draw.integers(0, 20, rows)] for name in CATEGORIES}
    strength = 2 * numbers["f0"] - numbers["f1"] + (kinds["c0"] == "k3") + draw.normal(size=rows)
    target = np.where(strength > 0, "yes", "no")
    return pl.DataFrame({"id": np.arange(rows), **numbers, **kinds, "y": target})


def project(root: Path, estimator: str, rows: pl.DataFrame) -> config.Project:
    """Train a version, and make it the champion of a project."""
    settings = {
        "name": "bench",
        "task": "binary",
        "data": {"source": "t.parquet", "target": "y", "id": "id", "ignore": {"id": "an id"}},
        "evaluation": {"metric": "log_loss"},
        "training": {"estimator": estimator, "parameters": SIZES[estimator]},
    }
    made = root / "made"
    (made / "pipeline").mkdir(parents=True)
    asked = ProjectConfig.model_validate(settings)
    parts = pl.Series((["train"] * 3 + ["validation", "test"]) * (rows.height // 5 + 1))[: rows.height]
    export(fit(rows, parts, None, asked, load_pipeline(made / "pipeline"), rows.schema), made, asked)
    columns = tuple(Column(name=name, type=logical_type(kind)) for name, kind in rows.schema.items())
    known = contracts.dump(Contract(name="bench", columns=columns))
    store = Store.open(".modelyard", root)
    work = Path(store.uri) / "models" / "packing"
    sha256 = pack({**unpack(made), "contract.yaml": known.encode()}, work)
    work.rename(work.with_name(sha256))
    ref = Ref(version=1, sha256=sha256)
    swap(store, lambda r: r.model_copy(update={"champion": ref}), why="bench", action="registered")
    (root / "modelyard.yaml").write_text(yaml.safe_dump(settings))
    return config.load(root)


def twin(estimator: str, rows: pl.DataFrame, to: Path) -> None:
    """Train what a person would write, and pickle it."""
    import joblib  # noqa: PLC0415 - comes with scikit-learn
    from sklearn.compose import make_column_transformer  # noqa: PLC0415
    from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier  # noqa: PLC0415
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415
    from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler  # noqa: PLC0415

    codes = OneHotEncoder(handle_unknown="ignore") if estimator == "linear" else OrdinalEncoder()
    numbers = StandardScaler() if estimator == "linear" else "passthrough"
    model = {
        "linear": LogisticRegression,
        "forest": lambda: RandomForestClassifier(100, min_samples_leaf=20, n_jobs=-1, random_state=0),
        "boosting": lambda: HistGradientBoostingClassifier(max_iter=100, random_state=0),
    }[estimator]()
    both = make_column_transformer((numbers, list(range(12))), (codes, list(range(12, 16))))
    made = make_pipeline(both, model)
    made.fit(rows.select(*NUMBERS, *CATEGORIES).to_numpy(), rows["y"].to_numpy())
    joblib.dump(made, to)


def whole(model: Path, source: Path, output: Path) -> int:
    """Score with the twin in one piece, as a person would first write it."""
    import joblib  # noqa: PLC0415

    made, frame = joblib.load(model), pl.read_parquet(source)
    scores = made.predict_proba(frame.select(*NUMBERS, *CATEGORIES).to_numpy())
    frame.select("id").with_columns(
        prediction=pl.Series(made.classes_[scores.argmax(axis=1)].astype(str)),
        no=pl.Series(scores[:, 0]),
        yes=pl.Series(scores[:, 1]),
    ).write_parquet(output)
    return frame.height


def command(*arguments: str) -> tuple[float, float]:
    """Run a command; return its seconds and its largest resident size in MB."""
    start = time.perf_counter()
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, env={**os.environ, "MODELYARD_IN_PROJECT": "1"})
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{arguments[:4]} failed with {status}")
    return time.perf_counter() - start, used.ru_maxrss / 1024


def timed(call: Callable[[], object]) -> tuple[float, float]:
    """Return wall and processor seconds; other work on the machine shows in the first only."""
    start, used = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    call()
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF)
    return wall, after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime


def measure(folder: Path, estimator: str, source: Path, rows: int, repeat: int) -> bool:
    found = project(folder / estimator, estimator, table(20_000, 0))
    model, output = folder / f"{estimator}.joblib", folder / "out.parquet"
    twin(estimator, table(20_000, 0), model)
    ours = lambda: predict(found, PredictRequest(str(source), output))  # noqa: E731
    typed = [sys.executable, "-m", "modelyard.cli", "predict", "--project", str(found.root), "--quiet"]
    shell = lambda: command(*typed, "--input", str(source), "--output", str(output))  # noqa: E731
    script = lambda: command(sys.executable, __file__, "--script", str(model), str(source), str(output))  # noqa: E731
    inner, plain, outer, outer_plain = [], [], [], []
    for _ in range(repeat):
        inner.append(timed(ours))
        plain.append(timed(lambda: whole(model, source, output)))
        outer.append(shell()[0])
        outer_plain.append(script()[0])
    wall, processor = min(inner)
    print(f"\n{estimator}: {rows:,} rows")
    line = "{:36}{:>12}{:>14}{:>8}".format
    print(line("", "seconds", "rows/s", "ratio"))
    for name, seconds, base in [
        ("modelyard, in process", wall, min(plain)[0]),
        ("scikit-learn and polars, in process", min(plain)[0], min(plain)[0]),
        ("modelyard predict, whole command", min(outer), min(outer_plain)),
        ("the script, whole command", min(outer_plain), min(outer_plain)),
    ]:
        print(line(name, f"{seconds:.2f}", f"{rows / seconds:,.0f}", f"{base / seconds:.1f}"))
    cores = processor / wall
    print(f"modelyard used {processor:.2f} s on {cores:.1f} cores: {rows / processor:,.0f} rows a core-second")
    target = TARGETS[estimator]
    reached = target is None or rows / wall >= target
    print("" if target is None else f"target {target:,} rows/s: {'reached' if reached else 'NOT reached'}")
    return reached


def flatness(folder: Path, source: Path) -> None:
    """Score the rows ten times over, and show that the largest resident size stays."""
    large = folder / "large.parquet"
    pl.concat([pl.scan_parquet(source)] * 10).sink_parquet(large)
    typed = [sys.executable, "-m", "modelyard.cli", "predict", "--project", str(folder / "linear"), "--quiet"]
    sizes = [command(*typed, "--input", str(f), "--output", str(folder / "out.parquet"))[1] for f in (source, large)]
    print(f"\nlargest resident size: {sizes[0]:.0f} MB, with ten times the rows {sizes[1]:.0f} MB")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--script", nargs=3, type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.script:
        whole(*asked.script)
        return 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "rows.parquet"
        table(asked.rows, 1).drop("y").write_parquet(source)
        held = [measure(folder, estimator, source, asked.rows, asked.repeat) for estimator in TARGETS]
        if asked.memory:
            flatness(folder, source)
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
