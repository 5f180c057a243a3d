"""Makes stores with released versions, and asks an application in this process as a client would."""

import asyncio
import json
from pathlib import Path

import httpx
import msgspec
import numpy as np
import polars as pl

from modelyard.bundle import load_pipeline, pack, unpack
from modelyard.config.model import ProjectConfig
from modelyard.data import contract as contracts
from modelyard.data.contract import Column, Contract
from modelyard.data.store import Store
from modelyard.data.types import logical_type
from modelyard.reference.profile import build
from modelyard.routing import Ref, swap
from modelyard.serving.app import App
from modelyard.serving.follow import Follower
from modelyard.serving.logs import Log
from modelyard.training.export import export
from modelyard.training.fit import fit

FEATURES = "import polars as pl\n\n\ndef features(rows):\n    return rows.with_columns(pl.first().alias('copied'))\n"
_FAST = {"forest": {"n_estimators": 10}, "boosting": {"max_iter": 10}, "linear": {}}


def frame(n=200, task="binary"):
    a = np.linspace(-1, 1, n)
    y = {
        "binary": np.where(a > 0.2, "good", "bad"),
        "multiclass": np.where(a > 0.2, "good", np.where(a > -0.4, "fair", "bad")),
        "regression": a * 10,
    }[task]
    return pl.DataFrame({"a": a, "b": ["x", "y"] * (n // 2), "n": range(n), "y": y})


def contract(rows, **changes):
    """A contract of the columns of `rows`; a change is column -> fields of it."""
    known = [Column(name=n, type=logical_type(t)) for n, t in rows.schema.items()]
    columns = [c.model_copy(update=changes.get(c.name, {})) for c in known]
    return Contract(name="t", columns=tuple(columns))


def trained(folder, rows, task="binary", estimator="linear", features=None, target="y", ignore=()):
    """Train on `rows` and write the served form and the pipeline to `folder`."""
    (folder / "pipeline").mkdir(parents=True, exist_ok=True)
    if features:
        (folder / "pipeline" / "features.py").write_text(features)
    config = ProjectConfig.model_validate(
        {
            "name": "t",
            "task": task,
            "data": {"source": "t", "target": target, "ignore": dict.fromkeys(ignore, "said so")},
            "evaluation": {"metric": "rmse" if task == "regression" else "log_loss"},
            "training": {
                "threads": 1,
                "estimator": estimator,
                "parameters": _FAST.get(estimator, {"n_estimators": 10}),
            },
        }
    )
    parts = pl.Series((["train"] * 3 + ["validation", "test"]) * (rows.height // 5 + 1))[: rows.height]
    fitted = fit(rows, parts, None, config, load_pipeline(folder / "pipeline"), rows.schema)
    export(fitted, folder, config)
    return fitted


def put(store, made, rows, known, target="y"):
    """Pack what `trained` wrote into the store; return the sha256."""
    profile = build(rows, known, [c for c in rows.columns if c != target], predictions=None)
    files = {
        **unpack(made),
        "contract.yaml": contracts.dump(known).encode(),
        "profile.json": profile.model_dump_json().encode(),
    }
    work = Path(store.uri) / "models" / "packing"
    sha256 = pack(files, work)
    if not work.with_name(sha256).exists():
        work.rename(work.with_name(sha256))
    return sha256


def release(store, version, sha256, **more):
    """Make a version champion."""
    ref = Ref(version=version, sha256=sha256)
    return swap(store, lambda r: r.model_copy(update={"champion": ref, **more}), why="test", action="tried")


def released(tmp_path, rows=None, known=None, **options):
    """Return a store whose champion is version 1."""
    rows = frame(task=options.get("task", "binary")) if rows is None else rows
    store = Store.open("store", tmp_path)
    trained(tmp_path / "made", rows, **options)
    sha256 = put(store, tmp_path / "made", rows, known or contract(rows), options.get("target", "y"))
    release(store, 1, sha256)
    return store


class Asked:
    """An application in this process, and what came of asking it."""

    def __init__(self, store, tmp_path):
        self.lines = []
        log = Log()
        log.add = lambda line: self.lines.append(msgspec.to_builtins(line))
        self.follower = Follower(store, tmp_path / "cache", log)
        self.follower.poll()
        self.app = App(self.follower, log)

    @property
    def version(self):
        return self.follower.state.version

    def ask(self, method, path, **request):
        async def send():
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://t") as client:
                return await client.request(method, path, **request)

        return asyncio.run(send())

    def get(self, path):
        return self.ask("GET", path)

    def predict(self, document, **headers):
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        return self.ask("POST", "/predict", content=body, headers={"content-type": "application/json", **headers})
