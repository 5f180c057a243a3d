from pathlib import Path

import pytest

from modelyard.bundle import golden, unpack
from modelyard.loop.run import RunRequest, run
from modelyard.routing import Ref
from modelyard.serving.explain import explain
from modelyard.serving.scorer import Scorer
from modelyard.serving.version import Version

pytestmark = pytest.mark.slow


def bundle(made):
    result = run(made, RunRequest())
    assert result.failure() is None
    (folder,) = [p for p in (made.root / ".modelyard" / "models").iterdir() if p.is_dir()]
    return folder


@pytest.mark.parametrize("task", ["binary", "regression"])
def test_a_run_puts_held_out_rows_and_their_native_scores_into_the_bundle(project, task):
    folder = bundle(project(task=task))
    found = golden.load(folder)
    scorer = Scorer.load(folder)
    assert 0 < found.rows.height <= 200
    assert found.rows.columns == scorer.served.inputs
    assert not {"y", "key"} & set(found.rows.columns)
    assert found.differing(scorer.score) == 0
    version = Version.load(Ref(version=1, sha256=folder.name), folder)
    row = dict(zip(found.rows.columns, found.rows.row(0), strict=True))
    told = explain(version, [row.get(field.column.name) for field in version.fields])
    assert set(told["contributions"]) == set(scorer.served.inputs)
    assert sum(told["contributions"].values()) == pytest.approx(told["score"] - told["baseline"], abs=1e-6)


def test_the_same_run_elsewhere_gives_the_same_rows_to_the_byte(project, tmp_path):
    first, second = (unpack(Path(bundle(project(at=at)))) for at in ("one", "two"))
    assert first["golden.parquet"] == second["golden.parquet"]
