"""Evaluations as a real run would give them, made by arithmetic: for the pictures, the card and the report."""

import numpy as np

from modelyard.evaluation.results import (
    CalibrationBin,
    Comparison,
    Confusion,
    Curve,
    Estimate,
    Evaluation,
    Fairness,
    GateResult,
    HeldOut,
    Importance,
    Latency,
    Parity,
    Residuals,
    Rule,
    Slice,
)

COLUMNS = [
    "sched_dep_hour",
    "carrier",
    "origin",
    "dest",
    "distance",
    "temp",
    "dewp",
    "humid",
    "wind_speed",
    "précip (mm)",
]


def near(value: float, width: float) -> Estimate:
    return Estimate(value=value, low=value - width, high=value + width)


def held_out(rows: int = 8_412, **more: object) -> HeldOut:
    found = {
        "rows": rows,
        "positives": 1_216,
        "unit": "day",
        "blocks": 36,
        "sha256": "ab" * 32,
        "used": 2,
        "begins": "2013-05-26",
        "ends": "2013-06-30",
    }
    return HeldOut(**{**found, **more})


def against(reference: str, metric: str, candidate: float, other: float, width: float, sign: int = 1) -> Comparison:
    return Comparison(
        reference=reference,
        metric=metric,
        candidate=candidate,
        other=other,
        difference=near(sign * (candidate - other), width),
        rows=8_412,
        unit="day",
        blocks=36,
        resolvable=width * 1.4,
    )


def slices(metric: float, columns: list[str], *, seed: int = 1) -> list[Slice]:
    rng = np.random.default_rng(seed)
    found = []
    for column in columns:
        for value in ("low", "middle", "high"):
            versus = against("champion v3", "roc_auc", metric, metric - rng.normal(0, 0.02), 0.03)
            found.append(
                Slice(
                    column=column,
                    value=value,
                    rows=int(rng.integers(200, 3000)),
                    metric=near(metric + rng.normal(0, 0.03), rng.uniform(0.01, 0.06)),
                    versus=versus,
                )
            )
    return found


def importances(columns: list[str]) -> list[Importance]:
    return [Importance(column=c, drop=0.09 / (i + 1) - 0.01, deviation=0.006) for i, c in enumerate(columns)]


def binary(**changes: object) -> Evaluation:
    grid = np.linspace(0, 1, 120)
    parts = {
        "task": "binary",
        "metric": "roc_auc",
        "greater_is_better": True,
        "held_out": held_out(),
        "metrics": {
            "average_precision": near(0.343, 0.041),
            "roc_auc": near(0.7214, 0.0187),
            "log_loss": near(0.4013, 0.022),
            "brier": near(0.1124, 0.008),
            "f1": near(0.372, 0.03),
            "precision": near(0.311, 0.035),
            "recall": near(0.463, 0.04),
            "accuracy": near(0.7743, 0.02),
        },
        "dummy": {
            "average_precision": 0.1446,
            "roc_auc": 0.5,
            "log_loss": 0.4136,
            "brier": 0.1237,
            "f1": 0.0,
            "precision": 0.0,
            "recall": 0.0,
            "accuracy": 0.8554,
        },
        "versus_dummy": against("dummy", "roc_auc", 0.7214, 0.5, 0.0187),
        "versus_champion": against("champion v3 as served", "roc_auc", 0.7214, 0.7098, 0.0121),
        "versus_pinned": against("pinned v1 as evaluated", "roc_auc", 0.7214, 0.7190, 0.0160),
        "classes": ["False", "True"],
        "positive": "True",
        "threshold": 0.2317,
        "slices": slices(0.72, COLUMNS[:5]),
        "roc": [Curve(label="True", x=grid.tolist(), y=(grid**0.38).tolist())],
        "precision_recall": [Curve(label="True", x=grid.tolist(), y=(0.145 + 0.6 * (1 - grid) ** 2.2).tolist())],
        "calibration": [
            CalibrationBin(
                predicted=p,
                observed=p * 1.12,
                low=p * 1.12 - 0.03 - p / 10,
                high=p * 1.12 + 0.03 + p / 10,
                rows=int(4000 * (1 - p) ** 6) + 20,
            )
            for p in (0.03, 0.08, 0.14, 0.22, 0.31, 0.45, 0.6)
        ],
        "calibration_error": 0.0212,
        "confusion": Confusion(classes=["False", "True"], counts=[[5948, 1248], [653, 563]]),
        "importance": importances(COLUMNS),
        "fairness": [
            Fairness(
                column="carrier",
                rate="selection rate",
                gap=near(0.14, 0.04),
                groups={"UA": near(0.21, 0.02), "B6": near(0.29, 0.02), "DL": near(0.15, 0.02)},
            ),
            Fairness(
                column="carrier",
                rate="true positive rate",
                gap=near(0.09, 0.06),
                groups={"UA": near(0.44, 0.05), "B6": near(0.51, 0.04), "DL": near(0.42, 0.05)},
            ),
        ],
        "latency": Latency(p50_ms=0.08, p99_ms=0.31, calls=500),
        "size_bytes": 412_334,
        "parity": Parity(rows=8_452, differing=0, largest=2.4e-7, flips=0, passed=True, served="onnx"),
        "shuffled": near(0.771, 0.008),
        "user_metrics": {"cost per 1,000 flights": 18_234.5},
        "warnings": ["Shuffled cross-validation says 0.771: rows of one day resemble each other."],
    }
    return Evaluation.model_validate({**parts, **changes})


def multiclass(classes: list[str] | None = None, **changes: object) -> Evaluation:
    names = classes or ["setosa", "versicolor", "virginica"]
    rng = np.random.default_rng(3)
    counts = rng.integers(0, 40, (len(names), len(names))) + 400 * np.eye(len(names), dtype=int)
    grid = np.linspace(0, 1, 60)
    curves = [Curve(label=n, x=grid.tolist(), y=(grid ** (0.1 + 0.05 * i)).tolist()) for i, n in enumerate(names)]
    parts = {
        "task": "multiclass",
        "metric": "macro_f1",
        "metrics": {"macro_f1": near(0.871, 0.02), "accuracy": near(0.89, 0.02), "log_loss": near(0.31, 0.03)},
        "dummy": {"macro_f1": 0.167, "accuracy": 0.34, "log_loss": 1.0986},
        "versus_dummy": against("dummy", "macro_f1", 0.871, 0.167, 0.02),
        "versus_champion": None,
        "versus_pinned": None,
        "classes": names,
        "positive": None,
        "threshold": None,
        "roc": curves,
        "precision_recall": [Curve(label=c.label, x=c.x, y=[1 - 0.4 * x for x in c.x]) for c in curves],
        "confusion": Confusion(classes=names, counts=counts.tolist()),
        "fairness": [],
        "shuffled": None,
        "held_out": held_out(unit="row", blocks=8_412, positives=None, begins=None, ends=None),
        "slices": slices(0.87, COLUMNS[:2]),
        "warnings": [],
    }
    return binary(**{**parts, **changes})


def regression(**changes: object) -> Evaluation:
    rng = np.random.default_rng(5)
    predicted = rng.lognormal(8, 0.8, 900)
    observed = predicted * rng.lognormal(0, 0.15, 900)
    counts, edges = np.histogram(observed - predicted, bins=40)
    parts = {
        "task": "regression",
        "metric": "rmse",
        "greater_is_better": False,
        "metrics": {
            "rmse": near(1234.5, 80),
            "mae": near(689.2, 30),
            "r2": near(0.912, 0.01),
            "mape": near(0.121, 0.004),
        },
        "dummy": {"rmse": 3989.4, "mae": 3034.0, "r2": -0.0001, "mape": 1.3},
        "versus_dummy": against("dummy", "rmse", 1234.5, 3989.4, 90, sign=-1),
        "versus_champion": None,
        "versus_pinned": None,
        "classes": [],
        "positive": None,
        "threshold": None,
        "roc": [],
        "precision_recall": [],
        "calibration": [],
        "calibration_error": None,
        "confusion": None,
        "fairness": [],
        "shuffled": None,
        "warnings": [],
        "held_out": held_out(unit="row", blocks=8_412, positives=None, begins=None, ends=None),
        "residuals": Residuals(
            edges=edges.tolist(), counts=counts.tolist(), predicted=predicted.tolist(), observed=observed.tolist()
        ),
        "slices": [
            s.model_copy(update={"metric": near(1000 + 900 * i / 10, 120), "versus": None})
            for i, s in enumerate(slices(0.5, COLUMNS[:3]))
        ],
        "importance": [i.model_copy(update={"drop": i.drop * 9000, "deviation": 40}) for i in importances(COLUMNS)],
    }
    return binary(**{**parts, **changes})


def gate(verdict: str = "passed", evaluation: Evaluation | None = None) -> GateResult:
    found = evaluation or binary()
    worst = {"passed": "pass", "failed": "fail", "inconclusive": "inconclusive"}[verdict]
    rules = [
        Rule(
            name="beats-dummy",
            value=0.2214,
            threshold=0.0,
            interval=(0.2027, 0.2401),
            verdict="pass",
            reason="The lower bound of the gain is above 0.",
        ),
        Rule(
            name="champion",
            value=0.0116,
            threshold=-0.017,
            interval=(-0.0005, 0.0237),
            verdict=worst,
            reason="The lower bound lies above the margin.",
        ),
        Rule(
            name="slices",
            value=-0.021,
            threshold=-0.05,
            interval=(-0.06, 0.02),
            verdict="pass",
            reason="No slice is harmed beyond 0.05.",
        ),
        Rule(name="latency", value=0.31, threshold=50.0, verdict="pass", reason="p99 of one row is 0.31 ms."),
        Rule(name="size", value=0.41, threshold=200.0, verdict="pass", reason="0.41 MB."),
        Rule(name="parity", value=0.0, threshold=0.0001, verdict="pass", reason="No row differs."),
    ]
    return GateResult(
        verdict=verdict,
        rules=rules,
        champion="3",
        generation=7,
        held_out=found.held_out,
        resolves="These 8,412 rows in 36 days detect a loss of 0.017 in ROC AUC with 80 % power, and nothing smaller.",
    )
