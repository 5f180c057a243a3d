"""A project with every part the report can show."""

import plausible
import polars as pl

from modelyard.config.model import ProjectConfig
from modelyard.data.contract import CheckResult, Column, Contract, Violation
from modelyard.data.split import Split
from modelyard.reference import build
from modelyard.registry.versions import Version
from modelyard.report import Part, Step

ODD = [
    "<script>alert('column')</script>",
    "price in $ & €",
    "",
    "\"quoted\" 'twice'",
    "class",
    "a" * 200,
    "naïve 列 💾",
    "{{ 7 * 7 }}",
]
SECRET = "ada@example.org"


def frame(rows: int = 400) -> pl.DataFrame:
    numbers = {name: [float((i * (k + 3)) % 97) for i in range(rows)] for k, name in enumerate(ODD)}
    return pl.DataFrame(
        {
            **numbers,
            "carrier": [("UA", "B6", "<b>DL</b>", None)[i % 4] for i in range(rows)],
            "when": pl.Series([i * 86_400_000_000 // 4 for i in range(rows)]).cast(pl.Datetime("us")),
            "email": [SECRET] * rows,
            "late": [i % 7 == 0 for i in range(rows)],
        }
    )


def contract() -> Contract:
    kinds = {pl.Float64: "number", pl.String: "string", pl.Boolean: "boolean", pl.Datetime: "timestamp"}
    columns = [
        Column(name=name, type=kinds[type(kind)], personal=name == "email") for name, kind in frame(1).schema.items()
    ]
    return Contract(name="flights", columns=tuple(columns))


def config(task: str = "binary", metric: str = "roc_auc") -> ProjectConfig:
    return ProjectConfig.model_validate(
        {
            "name": "flights",
            "task": task,
            "evaluation": {"metric": metric},
            "data": {"source": "demo:flights", "target": "late", "time": "when", "ignore": {"email": "personal"}},
        }
    )


def check() -> CheckResult:
    sample = [{"carrier": "<img src=x onerror=alert(1)>", "email": SECRET, ODD[0]: 3.0}]
    found = [
        Violation(rule="maximum", column=ODD[0], count=38, severity="warning", message="above 64.4", sample=sample),
        Violation(rule="unique", column="email", count=2, severity="error", message="2 values twice", sample=sample),
    ]
    return CheckResult(passed=False, rows=400, violations=found)


def everything() -> dict[str, object]:
    features = [name for name in frame(1).columns if name != "email"]
    profile = build(frame(), contract(), features, predictions=None, time="when")
    versions = [
        Version(
            version=n,
            sha256="c0ffee" * 10,
            state=state,
            created="2026-01-02T10:11:12+00:00",
            key=str(n),
            run_id="r",
            metrics={"roc_auc": 0.7},
            snapshot="ab" * 32,
            commit="1f" * 20,
        )
        for n, state in ((1, "retired"), (2, "champion"), (3, "challenger"))
    ]
    parts = [("train", "01-01", "04-29"), ("validation", "04-30", "05-25"), ("test", "05-26", "06-30")]
    return {
        "project": "flights",
        "config": config(),
        "generated": "2026-01-03T00:00:00+00:00",
        "source": "demo:flights",
        "contract": contract(),
        "check": check(),
        "profile": profile,
        "split": Split(
            by="time",
            column="when",
            validation=0.2,
            test=0.2,
            validation_from="2013-04-30",
            test_from="2013-05-26",
            salt="x",
        ),
        "parts": tuple(Part(name=n, rows=1000, begins=f"2013-{a}", ends=f"2013-{b}") for n, a, b in parts),
        "evaluation": plausible.binary(importance=plausible.importances(ODD), slices=plausible.slices(0.7, ODD)),
        "gate": plausible.gate(),
        "parameters": {"max_iter": 100, "depth": None},
        "floors": {"roc_auc": 0.684},
        "versions": tuple(versions),
        "warnings": ("mind the </style><gap>",),
        "lineage": (Step(label="snapshot", value="ab" * 32, detail="400 rows"), Step(label="version", value="3")),
    }
