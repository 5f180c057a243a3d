"""A project of made-up rows with a released model, as the servers of `serving.py` need it."""

import json
from dataclasses import dataclass
from pathlib import Path

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
from modelyard.serving.scorer import Scorer
from modelyard.training.export import export
from modelyard.training.fit import fit

ROWS = 4000
MODELS = {
    "boosting": ("boosting", {"max_iter": 100}),
    "forest": ("forest", {"n_estimators": 100, "max_depth": 10}),
}
FEATURES = (
    "import polars as pl\n\n\ndef features(rows):\n    return rows.with_columns(both=pl.col('n0') + pl.col('n1'))\n"
)


@dataclass(frozen=True)
class Made:
    """A project with a released model, and one request: as the contract names it, and as finished numbers.

    `numbers` is the row before features(), its categories as numbers; `packed` is the row after it.
    """

    root: Path
    onnx: Path
    request: str
    columns: list[str]
    numbers: list[float]
    packed: list[float]
    features: Path | None


def make(root: Path, model: str, features: str) -> Made:
    """Train a model on made-up rows, 10 numbers and 6 categories, and release it in a store of its own."""
    estimator, parameters = MODELS[model]
    document = {
        "name": "bench",
        "task": "binary",
        "data": {"source": "made", "target": "y"},
        "evaluation": {"metric": "log_loss"},
        "training": {"threads": 1, "estimator": estimator, "parameters": parameters},
        "environments": {"local": {"store": "store"}},
    }
    work = root / "made"
    (work / "pipeline").mkdir(parents=True)
    (work / "pipeline" / "features.py").write_text(features or "def features(rows):\n    return rows\n")
    (root / "modelyard.yaml").write_text(json.dumps(document))
    rows = table()
    config = ProjectConfig.model_validate(document)
    parts = pl.Series((["train"] * 3 + ["validation", "test"]) * (ROWS // 5))
    export(fit(rows, parts, None, config, load_pipeline(work / "pipeline"), rows.schema), work, config)
    known = Contract(name="bench", columns=tuple(Column(name=n, type=logical_type(t)) for n, t in rows.schema.items()))
    profile = build(rows, known, rows.drop("y").columns, predictions=None)
    described = {"contract.yaml": contracts.dump(known).encode(), "profile.json": profile.model_dump_json().encode()}
    store = Store.open("store", root)
    packing = root / "store" / "models" / "packing"
    sha256 = pack({**unpack(work), **described}, packing)
    folder = packing.rename(packing.with_name(sha256))
    swap(store, lambda r: r.model_copy(update={"champion": Ref(version=1, sha256=sha256)}), why="bench", action="tried")
    return requests(root, folder, rows, work / "pipeline" / "features.py" if features else None)


def requests(root: Path, folder: Path, rows: pl.DataFrame, features: Path | None) -> Made:
    scorer = Scorer.load(folder)
    if scorer.served.form != "onnx":
        raise SystemExit(f"Not served as ONNX: {scorer.served.reason}")
    row = rows.drop("y").head(1)
    matrix = scorer.served.encoding.apply(scorer.make(scorer.served.typed(row)))
    packed = matrix[0].tolist()  # features() appends: what it was given comes first, in its order
    request = json.dumps(row.to_dicts()[0])
    return Made(root, folder / "model.onnx", request, row.columns, packed[: row.width], packed, features)


def table() -> pl.DataFrame:
    random = np.random.default_rng(0)
    columns = {f"n{i}": random.normal(size=ROWS) for i in range(10)}
    words = {f"s{i}": random.choice([f"v{j}" for j in range(8)], ROWS) for i in range(6)}
    x = sum(columns[f"n{i}"] for i in range(4)) + (words["s0"] == "v1") * 2 + random.normal(size=ROWS)
    return pl.DataFrame({**columns, **words, "y": np.where(x > 0, "yes", "no")})
