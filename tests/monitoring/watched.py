"""Makes stores with a small version in routing and with captures of it, for `monitor` to look at."""

from datetime import datetime, timedelta

import answered
import numpy as np
import polars as pl
import yaml

from modelyard import config
from modelyard.bundle.served import Served
from modelyard.data import contract as contracts
from modelyard.data.contract import Column, Contract
from modelyard.data.encode import Encoding
from modelyard.data.store import Store
from modelyard.reference.profile import build
from modelyard.routing import Ref, swap

SHA = "a" * 64
BEGINS = datetime(2025, 1, 1)
CLASSES = {"binary": ["no", "yes"], "multiclass": ["low", "mid", "high"], "regression": []}
TYPES = {
    pl.Float64: "number",
    pl.String: "string",
    pl.Datetime: "timestamp",
    pl.Boolean: "boolean",
    pl.Int64: "integer",
}


def inputs(rows=7000, days=56, begin=0, seed=0, shift=0.0, **columns):
    """Rows spread evenly over days: `x` normal, `c` of three kinds, `when`; `columns` replace or add."""
    r = np.random.default_rng([seed, begin])
    step = timedelta(days=days) / rows
    when = [BEGINS + timedelta(days=begin) + i * step for i in range(rows)]
    frame = pl.DataFrame(
        {
            "when": pl.Series(when, dtype=pl.Datetime("us")),
            "x": r.normal(size=rows) + shift,
            "c": r.choice(["red", "green", "blue"], rows),
        }
    )
    return frame.with_columns(**columns)


def project(
    root, trained=None, task="binary", truth=None, predictions=None, time="when", personal=(), store=None, **monitoring
):
    """A project whose champion is version 1, with the profile of `trained`; nothing is really trained."""
    trained = inputs() if trained is None else trained
    classes = CLASSES[task]
    names = [name for name in trained.columns if name != time]
    known = [Column(name=n, type=TYPES[type(t)], personal=n in personal) for n, t in trained.schema.items()]
    target = Column(name="y", type="string" if classes else "number")
    contract = Contract(name="t", columns=(*known, target))
    root.mkdir(parents=True, exist_ok=True)
    (root / "contract.yaml").write_text(contracts.dump(contract), encoding="utf-8")
    settings = {
        "name": "tried",
        "task": task,
        "data": {"source": "t.parquet", "target": "y", "id": "key", "time": time},
        "evaluation": {"metric": "log_loss" if classes else "rmse"},
        "monitoring": {"alerts": {"stdout": False}, **monitoring},
    }
    if store is not None:
        settings["environments"] = {"local": {"store": store, "tracking": "sqlite:///.modelyard/mlflow.db"}}
    (root / "modelyard.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    place = Store.open(store or ".modelyard", root)
    served = Served(
        task=task,
        classes=classes,
        inputs=names,
        types={c.name: c.type for c in known if c.name != time},
        encoding=Encoding(columns=()),
        form="onnx",
        identity=True,
    )
    profile = build(trained, contract, names, predictions=predictions, classes=classes, time=time, truth=truth)
    place.put(f"models/{SHA}/model.json", served.model_dump_json().encode())
    place.put(f"models/{SHA}/profile.json", profile.model_dump_json().encode())
    ref = Ref(version=1, sha256=SHA)
    swap(place, lambda r: r.model_copy(update={"champion": ref}), why="test", action="tried")
    return config.load(root)


def serve(found, frame, scores=None, classes=("no", "yes"), **more):
    """Capture rows as if version 1 had answered them; returns the captured rows."""
    place = Store.open(found.environment.store, found.root)
    scores = np.full(frame.height, 0.5) if scores is None else scores
    times = frame["when"] if "when" in frame.columns else None
    values = frame.drop("when", strict=False)
    rows = answered.rows(values, scores, more.pop("sha256", SHA), times=times, classes=classes, **more)
    answered.store(place, rows)
    return rows


def store_of(found):
    return Store.open(found.environment.store, found.root)


def settings(root, **sections):
    """Replace whole sections of modelyard.yaml, and read the project again."""
    path = root / "modelyard.yaml"
    path.write_text(yaml.safe_dump({**yaml.safe_load(path.read_text(encoding="utf-8")), **sections}), encoding="utf-8")
    return config.load(root)
