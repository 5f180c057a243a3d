import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from modelyard.bundle import load_pipeline, pack, unpack
from modelyard.config.model import ProjectConfig
from modelyard.errors import OutcomeError
from modelyard.serving.scorer import Scorer
from modelyard.training.export import export
from modelyard.training.fit import fit

FEATURES = "import polars as pl\ndef features(rows):\n    return rows.with_columns((pl.col('a') * {}).alias('more'))\n"
BLOCKED = """
import sys
for name in ("sklearn", "mlflow", "skl2onnx", "onnx", "optuna", "copier", "scipy", "matplotlib"):
    sys.modules[name] = None
import polars as pl
from pathlib import Path
from modelyard.serving.scorer import Scorer
scorer = Scorer.load(Path(sys.argv[1]))
scores = scorer.score(pl.DataFrame({"a": [9.0], "b": [None]}))
print(scores.shape, scorer.decide(scores))
"""


def frame():
    a = np.linspace(-1, 1, 200)
    return pl.DataFrame({"a": a, "b": ["x", "y"] * 100, "y": np.where(a > 0.2, "good", "bad")})


def made(tmp_path, name="one", factor=2.0, model=None):
    folder = tmp_path / name / "pipeline"
    folder.mkdir(parents=True)
    if factor:
        (folder / "features.py").write_text(FEATURES.format(factor))
    if model:
        (folder / "model.py").write_text(model)
    rows, pipeline = frame(), load_pipeline(folder)
    config = ProjectConfig.model_validate(
        {
            "name": "t",
            "task": "binary",
            "data": {"source": "t", "target": "y"},
            "evaluation": {"metric": "f1"},
            "training": {"threads": 1, "parameters": {} if model else {"max_iter": 5}},
        }
    )
    parts = pl.Series((["train"] * 3 + ["validation", "test"]) * 40)
    fitted = fit(rows, parts, None, config, pipeline, rows.schema)
    export(fitted, folder.parent, config)
    return folder.parent, fitted


def packed(folder, root):
    files = unpack(folder)
    sha256 = pack(files, root / "work")
    (root / "work").rename(root / sha256)
    return root / sha256


def test_an_onnx_bundle_needs_neither_scikit_learn_nor_mlflow(tmp_path):
    bundle = packed(made(tmp_path)[0], tmp_path)
    done = subprocess.run([sys.executable, "-c", BLOCKED, str(bundle)], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "(1, 2) ['good']", done.stderr


def test_versions_with_other_features_answer_side_by_side(tmp_path):
    (one, first), (two, second) = made(tmp_path, "one", 2.0), made(tmp_path, "two", -3.0)
    a, b = Scorer.load(one), Scorer.load(two)
    assert a.make(frame().drop("y"))["more"][0] == -2.0
    assert b.make(frame().drop("y"))["more"][0] == 3.0
    assert a.score(frame()) == pytest.approx(first.score(frame()), abs=1e-5)
    assert b.score(frame()) == pytest.approx(second.score(frame()), abs=1e-5)


def test_a_changed_bundle_is_refused(tmp_path):
    bundle = packed(made(tmp_path)[0], tmp_path)
    assert Scorer.load(bundle).served.form == "onnx"
    (bundle / "pipeline" / "features.py").write_text("def features(rows):\n    return rows\n")
    with pytest.raises(OutcomeError, match="is not"):
        Scorer.load(bundle)


@pytest.mark.parametrize("damage", [b"", b"\x08\x07 nonsense"])
def test_a_model_that_this_runtime_cannot_run_needs_an_image_rollout(damage, tmp_path):
    folder = made(tmp_path)[0]
    (folder / "model.onnx").write_bytes(damage)
    with pytest.raises(OutcomeError, match="cannot run the model") as caught:
        Scorer.load(folder)
    assert "image rollout" in caught.value.hint


def test_a_pickled_model_of_another_library_version_is_refused(tmp_path):
    own = "from sklearn.dummy import DummyClassifier\ndef build(config):\n    return DummyClassifier()\n"
    folder = made(tmp_path, model=own)[0]
    path = Path(folder / "model.json")
    scorer = Scorer.load(folder)
    assert scorer.served.form == "python"
    changed = scorer.served.model_copy(update={"libraries": {"scikit-learn": "0.1.0"}})
    path.write_text(changed.model_dump_json())
    with pytest.raises(OutcomeError, match=r"made with scikit-learn 0\.1\.0"):
        Scorer.load(folder)


def test_the_identity_is_not_called_and_needs_no_source(tmp_path):
    folder, fitted = made(tmp_path, factor=None)
    (folder / "pipeline").rmdir()
    assert Scorer.load(folder).score(frame()) == pytest.approx(fitted.score(frame()), abs=1e-5)


def test_types_are_put_right_and_absent_columns_named(tmp_path):
    scorer = Scorer.load(made(tmp_path)[0])
    rows = pl.DataFrame({"b": [None], "a": ["0.5"]})
    assert scorer.score(rows) == pytest.approx(scorer.score(rows.with_columns(pl.lit(0.5).alias("a"))))
    assert scorer.score(frame().clear()).shape == (0, 2)
    with pytest.raises(OutcomeError, match="'b'"):
        scorer.score(rows.drop("b"))
