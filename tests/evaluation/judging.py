"""Builds candidates whose quality is known, for the tests of evaluation and gate."""

import numpy as np
import polars as pl

from modelyard.config.model import Data, Evaluation, Gate, ProjectConfig, Split
from modelyard.evaluation.judged import Judged, Reference
from modelyard.evaluation.results import Latency, Parity

SERVED = Parity(rows=100, differing=0, largest=0.0, flips=0, passed=True, served="onnx")


def configured(task="binary", metric=None, *, data=None, gate=None, split=None, **evaluation):
    metric = metric or {"binary": "roc_auc", "multiclass": "log_loss", "regression": "rmse"}[task]
    return ProjectConfig(
        name="churn",
        task=task,
        data=Data(source="x.csv", target="y", **(data or {})),
        split=split or Split(),
        evaluation=Evaluation(metric=metric, **{"resamples": 300, **evaluation}),
        gate=gate or Gate(),
    )


def frame(rows, seed=0):
    random = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "a b": random.normal(size=rows),
            "noise": random.normal(size=rows),
            "count": random.choice(["x", "y|", "", None], rows).tolist(),
            "email": [f"secret{k}@example.org" for k in range(rows)],
        }
    )


def score_binary(rows):
    p = 1.0 / (1.0 + np.exp(-2.0 * rows["a b"].to_numpy()))
    return np.column_stack([1.0 - p, p])


def binary(rows=800, seed=0, **changes):
    table = frame(rows, seed)
    scores = score_binary(table)
    truth = (np.random.default_rng(seed + 1).random(rows) < scores[:, 1]).astype(int)
    return _judged(truth, scores, table, score_binary, classes=["no", "yes"], positive="yes", threshold=0.5, **changes)


def multiclass(rows=800, seed=0, **changes):
    table = frame(rows, seed)

    def score(of):
        raw = np.exp(-((of["a b"].to_numpy()[:, None] - np.array([-1.0, 0.0, 1.0])) ** 2) * 2)
        return raw / raw.sum(axis=1, keepdims=True)

    scores, random = score(table), np.random.default_rng(seed + 1)
    truth = np.array([random.choice(3, p=p) for p in scores])
    return _judged(truth, scores, table, score, classes=["a", "b", "c"], **changes)


def regression(rows=800, seed=0, **changes):
    table = frame(rows, seed)

    def score(of):
        return 10.0 * of["a b"].to_numpy()

    truth = score(table) + np.random.default_rng(seed + 1).normal(size=rows)
    return _judged(truth, score(table), table, score, **changes)


def rival(candidate, noise=0.0, mask=None, version="3"):
    """A champion whose scores are the candidate's with noise: the more, the worse it is."""
    moved = np.random.default_rng(9).normal(size=candidate.scores.shape) * noise
    scores = candidate.scores + moved
    if scores.ndim == 2:
        scores = np.clip(scores, 0.001, 0.999)
        scores = scores / scores.sum(axis=1, keepdims=True)
    seen = np.ones(len(scores), dtype=bool) if mask is None else mask
    return Reference(f"champion v{version} as served", version, seen, scores, 0.5)


def _judged(truth, scores, table, score, **changes):
    given = {
        "train_truth": truth,
        "latency": Latency(p50_ms=1.0, p99_ms=2.0, calls=100),
        "size_bytes": 1000,
        "parity": SERVED,
        "held_out_sha256": "ab",
        "score": score,
        "hidden": frozenset(["email"]),
        "features": list(table.columns),
        "frame": table,
    }
    return Judged(truth=truth, scores=scores, **{**given, **changes})
