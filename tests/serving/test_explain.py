import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from released import FEATURES, contract, frame, put, trained

from modelyard.bundle.golden import FILE_NAME, Golden
from modelyard.data.store import Store
from modelyard.routing import Ref
from modelyard.serving.explain import explain
from modelyard.serving.problems import RefusalError
from modelyard.serving.version import Version

pytestmark = pytest.mark.slow


def loaded(tmp_path, rows=None, golden=True, **options):
    """Return a version that was trained on `rows`."""
    rows = frame(task=options.get("task", "binary")) if rows is None else rows
    fitted = trained(tmp_path / "made", rows, **options)
    if golden:
        (tmp_path / "made" / FILE_NAME).write_bytes(Golden.of(rows, fitted.inputs, fitted.score).dump())
    store = Store.open("store", tmp_path)
    sha256 = put(store, tmp_path / "made", rows, contract(rows), options.get("target", "y"))
    return Version.load(Ref(version=1, sha256=sha256), Path(store.uri) / "models" / sha256)


def row(version, **values):
    return [values.get(field.column.name) for field in version.fields]


def total(found):
    return sum(found["contributions"].values())


@pytest.mark.parametrize("features", [None, FEATURES], ids=["identity", "features"])
@pytest.mark.parametrize("estimator", ["linear", "boosting", "forest"])
@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_contributions_sum_to_the_score_minus_the_mean_score(tmp_path, task, estimator, features):
    version = loaded(tmp_path, task=task, estimator=estimator, features=features)
    asked = row(version, a=0.9, b="y", n=190)
    found = explain(version, asked)
    scores = version.score([asked])
    chosen = scores[0].max() if task == "multiclass" else scores[0, 1] if task == "binary" else scores[0]
    assert found["score"] == pytest.approx(chosen, abs=1e-6)
    base = version.golden.scores
    base = base if base.ndim == 1 else base[:, version.scorer.served.classes.index(found["class"])]
    assert found["baseline"] == pytest.approx(base.mean(), abs=1e-4 * max(1.0, base.std()))
    assert total(found) == pytest.approx(found["score"] - found["baseline"], abs=1e-9)
    assert set(found["contributions"]) == {"a", "b", "n"}
    assert found["version"] == 1


def test_the_largest_contribution_is_that_of_the_column_that_decides(tmp_path):
    r = np.random.default_rng(0)
    rows = pl.DataFrame({"noise": r.normal(size=400), "a": r.normal(size=400)})
    rows = rows.with_columns(y=pl.when(pl.col("a") > 0).then(pl.lit("good")).otherwise(pl.lit("bad")))
    version = loaded(tmp_path, rows, estimator="forest")
    up, down = (explain(version, row(version, noise=0.0, a=a)) for a in (1.5, -1.5))
    assert list(up["contributions"]) == ["a", "noise"]
    assert up["contributions"]["a"] > 0.3
    assert down["contributions"]["a"] < -0.3
    assert abs(up["contributions"]["noise"]) < 0.1


def test_a_linear_model_is_explained_exactly(tmp_path):
    r = np.random.default_rng(0)
    rows = pl.DataFrame({f"x{i}": r.normal(size=300) for i in range(6)})
    weights = [3.0, -2.0, 1.0, 0.5, 0.0, 10.0]
    rows = rows.with_columns(y=sum(pl.col(f"x{i}") * w for i, w in enumerate(weights)))
    version = loaded(tmp_path, rows, task="regression")
    asked = [1.0, 2.0, -1.0, 0.0, 5.0, 0.1]
    found = explain(version, row(version, **{f"x{i}": x for i, x in enumerate(asked)}))
    bumps = [explain(version, row(version, **{f"x{i}": x + (i == k) for i, x in enumerate(asked)})) for k in range(6)]
    slopes = [bump["score"] - found["score"] for bump in bumps]
    means = [version.golden.rows[f"x{i}"].mean() for i in range(6)]
    for i, (slope, mean) in enumerate(zip(slopes, means, strict=True)):
        assert found["contributions"][f"x{i}"] == pytest.approx(slope * (asked[i] - mean), abs=0.02)


def test_the_same_question_has_the_same_answer_in_every_process(tmp_path):
    version = loaded(tmp_path, estimator="forest")
    asked = row(version, a=0.1, b="x", n=3)
    folder = Path(tmp_path / "store" / "models" / version.ref.sha256)
    code = (
        "import sys; from pathlib import Path; from modelyard.routing import Ref;"
        "from modelyard.serving.version import Version; from modelyard.serving.explain import explain;"
        f"v = Version.load(Ref(version=1, sha256={version.ref.sha256!r}), Path({str(folder)!r}));"
        f"print(explain(v, {asked!r}))"
    )
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert other.stdout.strip() == str(explain(version, asked)) == str(explain(version, asked))


def test_nulls_and_values_never_seen_are_explained(tmp_path):
    version = loaded(tmp_path, estimator="boosting")
    found = explain(version, row(version, a=None, b="never seen", n=10**15))
    assert np.isfinite([*found["contributions"].values(), found["score"], found["baseline"]]).all()
    assert total(found) == pytest.approx(found["score"] - found["baseline"], abs=1e-9)


def test_columns_of_any_name_and_in_any_number_are_explained(tmp_path):
    r = np.random.default_rng(0)
    names = ["", "*", "^a$", "rows", "id", "a.b", *[f"c{i}" for i in range(200)]]
    rows = pl.DataFrame({name: r.normal(size=100) for name in names})
    rows = rows.with_columns(y=pl.Series(np.where(rows["*"].to_numpy() > 0, "good", "bad")))
    version = loaded(tmp_path, rows)
    found = explain(version, [0.5] * len(version.fields))
    assert set(found["contributions"]) == set(names)
    assert total(found) == pytest.approx(found["score"] - found["baseline"], abs=1e-9)
    assert 0 < found["rows"] < 100


def test_a_version_without_rows_to_compare_with_is_refused_with_the_next_step(tmp_path):
    version = loaded(tmp_path, golden=False)
    with pytest.raises(RefusalError) as refused:
        explain(version, row(version, a=0.1))
    assert refused.value.status == 409
    assert "modelyard run" in refused.value.hint
