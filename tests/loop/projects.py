"""Makes small projects that run in a second: a table, its contract, its configuration and the user's code."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import yaml

from modelyard import config
from modelyard.data import contract as contracts
from modelyard.data.contract import Column, Contract, Rule

PIPELINE = Path(__file__).parents[2] / "templates/tabular/src/pipeline"
TYPES = {pl.Float64: "number", pl.Int64: "integer", pl.String: "string", pl.Boolean: "boolean"}
NO_SIGNAL = "import polars as pl\n\n\ndef features(rows):\n    return rows.select(pl.col('noise'))\n"
LESS_SIGNAL = "import polars as pl\n\n\ndef features(rows):\n    return rows.with_columns(doubled=pl.col('size') * 2)\n"


def table(rows=600, task="binary", seed=0, begin=0, rare=False):
    """Rows with a clear signal in `size` and `colour`, two rows an hour from 2024 on."""
    r = np.random.default_rng([seed, begin])
    size, colour = r.normal(size=rows), r.choice(["red", "green", "blue"], rows)
    strength = 2 * size + (colour == "red") + 0.5 * r.normal(size=rows)
    answers = {
        "binary": pl.Series("y", np.where(strength > (3.6 if rare else 0.3), "yes", "no")),
        "multiclass": pl.Series("y", np.array(["low", "mid", "high"])[np.digitize(strength, [-1, 1])]),
        "regression": pl.Series("y", strength * 10 + 100),
    }
    first = datetime(2024, 1, 1)
    when = [first + timedelta(minutes=30 * (begin + i)) for i in range(rows)]
    return pl.DataFrame(
        {
            "key": np.arange(begin, begin + rows),
            "when": pl.Series(when, dtype=pl.Datetime("us")),
            "size": size,
            "colour": colour,
            "noise": r.normal(size=rows),
            "y": answers[task],
        }
    )


def make(root, frame=None, task="binary", **changes):
    """Write a project into `root`; `changes` are dotted keys of modelyard.yaml with __ for the dots."""
    frame = table(task=task) if frame is None else frame
    (root / "data").mkdir(parents=True)
    frame.write_parquet(root / "data" / "table.parquet")
    shutil.copytree(PIPELINE, root / "src" / "pipeline", ignore=shutil.ignore_patterns("__pycache__"))
    (root / "contract.yaml").write_text(contracts.dump(contract(frame)), encoding="utf-8")
    (root / "modelyard.yaml").write_text(yaml.safe_dump(settings(task)), encoding="utf-8")
    edit(root, **changes)
    return config.load(root)


def settings(task):
    metric = {"binary": "roc_auc", "multiclass": "log_loss", "regression": "rmse"}[task]
    return {
        "name": "tried",
        "task": task,
        "data": {"source": "data/table.parquet", "target": "y", "id": "key", "time": "when"},
        "split": {"by": "hash", "test": 0.4},
        "training": {"estimator": "linear", "threads": 1},
        "evaluation": {"metric": metric, "resamples": 100, "block": "row", "slices": []},
        "gate": {"slice_drop": None, "latency_ms": None},
        "environments": {
            "local": {"store": ".modelyard"},
            "prod": {"store": "prod-store"},
        },
    }


def edit(root, **changes):
    """Change settings, say `edit(root, training__seed=1)`, and read the project again."""
    path = root / "modelyard.yaml"
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    for name, value in changes.items():
        *sections, key = name.split("__")
        place = document
        for section in sections:
            place = place.setdefault(section, {})
        place[key] = value
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    return config.load(root)


def contract(frame):
    columns = [Column(name=n, type=TYPES.get(type(t), TYPES.get(t, "timestamp"))) for n, t in frame.schema.items()]
    known = Rule(kind="minimum", value=0, severity="error", name="key_minimum")
    columns[0] = columns[0].model_copy(update={"required": True, "rules": (known,)})
    return Contract(name="tried", description="", columns=tuple(columns), rules=())
