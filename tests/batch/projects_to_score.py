"""Makes projects whose champion is version 1, trained in a second on a small table."""

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
from modelyard.reference.profile import build
from modelyard.routing import Ref, swap
from modelyard.serving.scorer import Scorer
from modelyard.training.export import export
from modelyard.training.fit import fit

SMALL = {"linear": {}, "boosting": {"max_iter": 10}}


def frame(n=200, task="binary"):
    a = np.linspace(-1, 1, n)
    y = {
        "binary": np.where(a > 0.2, "good", "bad"),
        "multiclass": np.where(a > 0.2, "good", np.where(a > -0.4, "fair", "bad")),
        "regression": a * 10,
    }[task]
    return pl.DataFrame({"a": a, "b": (["x", "y"] * n)[:n], "n": range(n), "y": y})


def contract(rows, **changes):
    """A contract of the columns of `rows`; a change is column -> fields of it."""
    known = [Column(name=n, type=logical_type(t)) for n, t in rows.schema.items()]
    return Contract(name="t", columns=tuple(c.model_copy(update=changes.get(c.name, {})) for c in known))


def settings(task="binary", estimator="linear", target="y", ignore=(), **data):
    return {
        "name": "t",
        "task": task,
        "data": {"source": "t.parquet", "target": target, "ignore": dict.fromkeys(ignore, "said so"), **data},
        "evaluation": {"metric": "rmse" if task == "regression" else "log_loss"},
        "training": {
            "threads": 1,
            "estimator": estimator,
            "parameters": SMALL.get(estimator, {"n_estimators": 10}),
        },
    }


def project(root, rows=None, known=None, task="binary", data=None, **options):
    """A project whose champion is trained on `rows`; `data` goes into modelyard.yaml."""
    rows = frame(task=task) if rows is None else rows
    newest(root, 1, rows, known, task=task, **options)
    options.pop("features", None)
    document = settings(task, **options, **({"id": "n"} if data is None else data))
    (root / "modelyard.yaml").write_text(yaml.safe_dump(document))
    return config.load(root)


def newest(root, version, rows, known=None, features=None, **options):
    """Train on `rows`, and make it the champion under this number; `made-VERSION` keeps what was trained."""
    made = root / f"made-{version}"
    (made / "pipeline").mkdir(parents=True)
    if features:
        (made / "pipeline" / "features.py").write_text(features)
    asked = ProjectConfig.model_validate(settings(**options))
    parts = pl.Series((["train"] * 3 + ["validation", "test"]) * (rows.height // 5 + 1))[: rows.height]
    export(fit(rows, parts, None, asked, load_pipeline(made / "pipeline"), rows.schema), made, asked)
    store = Store.open(".modelyard", root)
    ref = Ref(version=version, sha256=packed(store, made, rows, known or contract(rows)))
    swap(store, lambda r: r.model_copy(update={"champion": ref}), why="test", action="tried")
    return ref


def packed(store, made, rows, known):
    """Pack what was trained into the store; return the sha256."""
    profile = build(rows, known, list(rows.columns), predictions=None)
    files = {
        **unpack(made),
        "contract.yaml": contracts.dump(known).encode(),
        "profile.json": profile.model_dump_json().encode(),
    }
    work = Path(store.uri) / "models" / "packing"
    sha256 = pack(files, work)
    work.rename(work.with_name(sha256))
    return sha256


def scorer(root, version=1):
    return Scorer.load(root / f"made-{version}")


def scored(found, rows, **options):
    """Write `rows` as Parquet, score them, and return the output and what was said of it."""
    source = found.root / "rows.parquet"
    rows.write_parquet(source)
    output = found.root / "out.parquet"
    result = predict(found, PredictRequest(str(source), output, **options))
    return pl.read_parquet(output), result
