"""Small tables of many kinds, and what it takes to train on them."""

from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from modelyard.config.model import ProjectConfig

TEMPLATE = Path(__file__).parents[2] / "templates/tabular/src/pipeline"
ESTIMATORS = ["linear", "forest", "boosting", "xgboost", "lightgbm"]
TASKS = ["binary", "multiclass", "regression"]
_FAST = {"forest": {"n_estimators": 15}, "boosting": {"max_iter": 15}, "linear": {}}


def config(task, estimator="boosting", serving=None, metric=None, data=None, **training):
    training.setdefault("parameters", _FAST.get(estimator, {"n_estimators": 15}))
    training.setdefault("threads", 1)
    metric = metric or {"regression": "rmse"}.get(task, "log_loss")
    return ProjectConfig.model_validate(
        {
            "name": "tried",
            "task": task,
            "data": {"source": "t.csv", "target": "y", **(data or {})},
            "training": {"estimator": estimator, **training},
            "evaluation": {"metric": metric},
            "serving": serving or {},
        }
    )


def parts(n):
    return pl.Series((["train"] * 3 + ["validation", "test"]) * (n // 5 + 1))[:n]


def target(strength, task):
    if task == "regression":
        return pl.Series("y", strength * 250 + 1e5)
    cuts = np.quantile(strength, [0.7] if task == "binary" else [0.3, 0.7])
    codes = np.digitize(strength, cuts)
    return pl.Series("y", codes == 1 if task == "binary" else np.array(["lo", "mid", "hi"])[codes])


def awkward(n, task, seed=0):
    """Nulls, infinities, big integers, constants, an empty column, dates, text, and names that mean something."""
    r = np.random.default_rng(seed)
    a = r.normal(size=n)
    colour = r.choice(["red", "green", "blue", "é'\"\\ rare"], n, p=[0.4, 0.3, 0.27, 0.03])
    strength = a + (colour == "red") + 0.3 * r.normal(size=n)
    holes = r.random(n) < 0.15
    begin = datetime(2020, 1, 1)
    words = ["alpha", "beta", "gamma", "delta", "win", "lose"]
    return pl.DataFrame(
        {
            "*": pl.Series([None if h else x for h, x in zip(holes, a, strict=True)], dtype=pl.Float64),
            "^colour$": pl.Series([None if h else x for h, x in zip(holes[::-1], colour, strict=True)]),
            "": r.integers(0, 5, n),
            "big": r.integers(1_700_000_000, 1_700_000_500, n),
            "class": pl.Series(np.where(r.random(n) < 0.1, np.inf, r.normal(size=n))),
            "constant": 3.0,
            "empty": pl.Series([None] * n, dtype=pl.Float64),
            "day": [date(2021, 1, 1) + timedelta(days=int(d)) for d in r.integers(0, 400, n)],
            "minute": [begin + timedelta(minutes=int(m)) for m in r.integers(0, 500_000, n)],
            "told": [" ".join(r.choice(words, 6)) + f" {i}" for i in range(n)],
            "flag": r.random(n) < 0.4,
            "y": target(strength, task),
        }
    )


def wide(n, task, seed=0):
    r = np.random.default_rng(seed)
    X = r.normal(size=(n, 300))
    return pl.DataFrame({f"x {i}": X[:, i] for i in range(300)}).with_columns(target(X[:, 0] + X[:, 7], task))


def strings(n, task, seed=0):
    r = np.random.default_rng(seed)
    a, b = r.choice(["p", "q", "r"], n), r.choice(["yes", "no"], n)
    strength = (a == "p") * 1.0 + (b == "yes") + 0.1 * r.normal(size=n)
    return pl.DataFrame({"a": a, "b": b, "code": [f"AB-{i:05d}" for i in range(n)], "y": target(strength, task)})


def dates(n, task, seed=0):
    r = np.random.default_rng(seed)
    days = r.integers(0, 700, n)
    when = [date(2021, 1, 1) + timedelta(days=int(d)) for d in days]
    strength = np.array([d.month for d in when]) + r.normal(size=n)
    return pl.DataFrame({"when": when, "y": target(strength, task)})


def text(n, task, seed=0):
    r = np.random.default_rng(seed)
    words = np.array(["offer", "prize", "meeting", "report", "lunch", "winner", "monday", "invoice", "the", "a"])
    chosen = r.integers(0, len(words), (n, 8))
    strength = np.isin(chosen, [0, 1, 5]).sum(axis=1) + 0.1 * r.normal(size=n)
    return pl.DataFrame({"message": [" ".join(words[row]) for row in chosen], "y": target(strength, task)})


TABLES = {"awkward": awkward, "wide": wide, "strings": strings, "dates": dates, "text": text}
