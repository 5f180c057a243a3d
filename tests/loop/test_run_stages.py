import json
import os
import shutil
import subprocess
import sys
import tempfile

import crashing
import projects
import pytest

from modelyard.errors import OutcomeError, RequestError
from modelyard.loop.lock import run_lock
from modelyard.loop.run import RunRequest, run
from modelyard.loop.versions import versions

pytestmark = pytest.mark.slow

DONE = ["done"] * 5
CACHED = ["cached"] * 5


def statuses(result):
    return [stage.status for stage in result.stages]


def files(root):
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def test_a_first_run_registers_its_model_and_a_second_one_does_nothing(project):
    made = project()
    first = run(made, RunRequest())
    assert (statuses(first), first.version, first.failure()) == (DONE, 1, None)
    second = run(made, RunRequest())
    assert statuses(second) == CACHED
    assert (second.version, second.snapshot, second.metrics, second.gate) == (
        1,
        first.snapshot,
        first.metrics,
        first.gate,
    )


def test_other_features_are_trained_and_wait_as_challenger(project):
    made = project()
    run(made, RunRequest())
    (made.root / "src/pipeline/features.py").write_text(projects.LESS_SIGNAL)
    result = run(made, RunRequest())
    assert statuses(result) == ["cached", "done", "done", "done", "done"]
    assert [(v.version, v.state) for v in versions(made).versions] == [(2, "challenger"), (1, "champion")]
    rule = next(r for r in result.gate.rules if r.name == "champion")
    assert "v1 as evaluated" in rule.reason
    assert result.gate.champion == "1"
    (made.root / "src/pipeline/features.py").write_bytes((projects.PIPELINE / "features.py").read_bytes())
    back = run(made, RunRequest())
    assert (statuses(back), back.version) == (CACHED, 1)


def test_other_settings_of_the_gate_judge_again_without_training(project):
    made = project()
    first = run(made, RunRequest())
    again = run(projects.edit(made.root, gate__floors={"roc_auc": 0.6}), RunRequest())
    assert statuses(again) == ["cached", "cached", "done", "done", "done"]
    assert "floor:roc_auc" in [r.name for r in again.gate.rules]
    assert again.version == first.version == 1
    assert len(versions(made).versions) == 1
    failing = run(projects.edit(made.root, gate__floors={"roc_auc": 0.9999}), RunRequest())
    assert failing.stages[-1].status == "failed"
    assert versions(made).versions[0].state == "champion"


def test_a_model_is_no_rival_of_itself(project):
    made = project()
    run(made, RunRequest())
    again = run(projects.edit(made.root, gate__champion={"test": "superiority"}), RunRequest())
    assert again.failure() is None
    assert again.gate.first_model


def test_force_repeats_and_comes_to_the_same_end(project):
    made = project()
    first = run(made, RunRequest())
    before = versions(made).versions
    again = run(made, RunRequest(force=True))
    assert (statuses(again), again.version, again.metrics) == (DONE, 1, first.metrics)
    assert versions(made).versions == before


def test_force_on_one_stage_leaves_the_earlier_ones(project):
    made = project()
    run(made, RunRequest())
    again = run(made, RunRequest(stages=("evaluate",), force=True))
    assert statuses(again) == ["cached", "cached", "done"]
    assert statuses(run(made, RunRequest())) == ["cached", "cached", "cached", "done", "done"]


@pytest.mark.parametrize(("stages", "count"), [(("data",), 1), (("train", "data"), 2), (("gate",), 4)])
def test_stages_by_name_run_up_to_the_last_and_no_further(stages, count, project):
    made = project()
    result = run(made, RunRequest(stages=stages))
    assert [s.name for s in result.stages] == ["data", "train", "evaluate", "gate"][:count]
    assert result.version is None
    assert versions(made).versions == []


def test_an_unknown_stage_is_refused_before_anything_happens(project):
    made = project()
    before = files(made.root)
    with pytest.raises(RequestError, match="'deploy' is not a stage"):
        run(made, RunRequest(stages=("deploy",)))
    assert files(made.root) == before


def test_another_source_is_used_for_this_run_only(project, tmp_path, monkeypatch):
    made = project()
    projects.table(rows=700, seed=5).write_parquet(tmp_path / "other.parquet")
    monkeypatch.chdir(tmp_path)
    other = run(made, RunRequest(stages=("data",), source="other.parquet"))
    own = run(made, RunRequest(stages=("data",)))
    assert other.contract.rows == 700
    assert own.contract.rows == 600
    assert other.snapshot != own.snapshot
    assert json.loads((made.root / "data/snapshot.json").read_text())["id"] == own.snapshot


def test_rows_without_a_target_are_left_out(project):
    frame = projects.table()
    holes = frame.with_columns(y=projects.pl.when(projects.pl.col("key") % 20 > 0).then("y"))
    result = run(project(frame=holes), RunRequest())
    assert result.failure() is None
    assert result.version == 1


def test_a_sample_run_leaves_the_project_and_the_temporary_folder_as_they_were(project, tmp_path, monkeypatch):
    made = project()
    projects.table(rows=300, seed=2).write_parquet(made.root / "data" / "sample.parquet")
    made = projects.edit(made.root, data__sample="data/sample.parquet")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    before = files(made.root)
    result = run(made, RunRequest(sample=True))
    assert files(made.root) == before
    assert list(temporary.iterdir()) == []
    assert [s.name for s in result.stages] == ["data", "train", "evaluate", "gate"]
    assert {r.name for r in result.gate.rules} == {"beats-dummy", "parity"}
    assert (result.version, result.failure()) == (None, None)


def test_a_sample_run_needs_a_sample(project):
    with pytest.raises(RequestError, match=r"data\.sample is not set"):
        run(project(), RunRequest(sample=True))


def test_one_environment_does_not_see_what_another_finished(project):
    from modelyard import config

    made = project()
    run(made, RunRequest(stages=("gate",)))
    prod = config.load(made.root, "prod")
    assert statuses(run(prod, RunRequest(stages=("gate",)))) == ["done"] * 4
    assert versions(prod).versions == []


def test_an_emptied_store_gets_its_version_again(project, blank):
    made = project()
    first = run(made, RunRequest())
    work = made.root / ".modelyard" / "work"
    shutil.move(work, made.root / "work")
    shutil.rmtree(made.root / ".modelyard")
    (made.root / ".modelyard").mkdir()
    shutil.copy(blank, made.root / ".modelyard" / "mlflow.db")
    shutil.move(made.root / "work", work)
    second = run(made, RunRequest())
    assert second.failure() is None
    assert (second.version, second.snapshot) == (1, first.snapshot)
    assert versions(made).versions[0].state == "champion"


def test_work_done_elsewhere_is_no_second_version(project):
    made = project()
    run(made, RunRequest())
    before = crashing.state(made.root)
    shutil.rmtree(made.root / ".modelyard" / "work")
    result = run(made, RunRequest())
    assert (result.failure(), result.version) == (None, 1)
    after = crashing.state(made.root)
    assert after["versions"] == before["versions"]
    assert after["routing"] == before["routing"]


def test_a_second_run_at_the_same_time_is_refused_and_names_the_first(project):
    made = project()
    with (
        run_lock(made.root / ".modelyard" / "work" / "local"),
        pytest.raises(OutcomeError, match=f"process {os.getpid()}") as caught,
    ):
        run(made, RunRequest())
    assert (caught.value.code, caught.value.exit_code) == ("busy", 1)
    assert run(made, RunRequest(stages=("data",))).failure() is None


def test_two_projects_at_different_places_give_one_bundle(project, undisturbed):
    made = project(at="ein anderer Ort é")
    run(made, RunRequest())
    sha256 = versions(made).versions[0].sha256
    bundle = files(made.root / ".modelyard" / "models" / sha256)
    assert {k: v for k, v in bundle.items() if undisturbed[0]["bundle"][k] != v} == {}
    assert sha256 == undisturbed[0]["versions"][0][1]
    assert str(made.root).encode() not in b"".join(bundle.values())


OWN_ESTIMATOR = """
import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin


class Cut(ClassifierMixin, BaseEstimator):
    def fit(self, matrix, truth):
        self.classes_ = np.unique(truth)
        self.mean_ = np.nanmean(matrix[truth == 1], axis=0) - np.nanmean(matrix[truth == 0], axis=0)
        return self

    def predict_proba(self, matrix):
        score = 1 / (1 + np.exp(-np.nan_to_num(matrix) @ self.mean_))
        return np.stack([1 - score, score], axis=1)

    def predict(self, matrix):
        return self.classes_[self.predict_proba(matrix).argmax(axis=1)]


def build(config):
    return Cut()
"""


def test_a_model_that_is_served_as_python_gives_one_bundle_too(project):
    bundles = []
    for place in ("here", "there"):
        made = project(at=place, training__calibration="isotonic")
        (made.root / "src/pipeline/model.py").write_text(OWN_ESTIMATOR)
        assert run(made, RunRequest()).failure() is None
        bundles.append(files(made.root / ".modelyard" / "models" / versions(made).versions[0].sha256))
    assert "model.pkl" in bundles[0]
    assert [name for name in bundles[0] if bundles[0][name] != bundles[1].get(name)] == []


def test_processes_that_hash_differently_give_one_bundle(project):
    made = project()
    script = (
        "import sys, pathlib\nfrom modelyard import config\nfrom modelyard.loop.run import RunRequest, run\n"
        "assert run(config.load(pathlib.Path(sys.argv[1])), RunRequest()).version == 1\n"
    )
    found = []
    for seed in ("0", "1"):
        root = made.root.with_name(f"seed {seed}")
        shutil.copytree(made.root, root)
        subprocess.run(
            [sys.executable, "-c", script, str(root)], check=True, env={**os.environ, "PYTHONHASHSEED": seed}
        )
        found.append([path.name for path in (root / ".modelyard" / "models").iterdir()])
    assert found[0] == found[1]
