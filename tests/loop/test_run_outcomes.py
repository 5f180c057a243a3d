import polars as pl
import projects
import pytest

from modelyard.errors import OutcomeError, RequestError
from modelyard.loop.context import Context
from modelyard.loop.run import RunRequest, run
from modelyard.loop.versions import versions
from modelyard.routing import document

pytestmark = pytest.mark.slow


def runs(made):
    registry = Context.of(made).registry()
    return registry._tracking.client.search_runs([registry._tracking.experiment])


def test_a_worse_model_is_stopped_tracked_and_not_registered(project):
    made = project()
    run(made, RunRequest())
    (made.root / "src/pipeline/features.py").write_text(projects.NO_SIGNAL)
    result = run(made, RunRequest())
    assert result.stages[-1].name == "gate"
    assert result.failure().code == "gate_failed"
    assert (result.failure().exit_code, result.version) == (1, None)
    assert [v.version for v in versions(made).versions] == [1]
    assert document.read(Context.of(made).store).challenger is None
    assert sorted(r.data.tags["verdict"] for r in runs(made)) == ["failed", "passed"]
    again = run(made, RunRequest())
    assert [s.status for s in again.stages] == ["cached", "cached", "cached", "failed"]
    assert len(runs(made)) == 2


def test_a_first_model_that_is_no_better_than_the_dummy_is_stopped(project):
    made = project()
    (made.root / "src/pipeline/features.py").write_text(projects.NO_SIGNAL)
    constant = projects.table().with_columns(noise=pl.lit(1.0))
    constant.write_parquet(made.root / "data" / "table.parquet")
    result = run(made, RunRequest())
    assert result.failure().code == "gate_failed"
    assert document.read(Context.of(made).store).champion is None


def test_a_broken_contract_is_a_result_that_names_rule_and_count(project):
    broken = projects.table().with_columns(key=pl.col("key") - 3)
    made = project(frame=broken)
    result = run(made, RunRequest())
    assert [(s.name, s.status) for s in result.stages] == [("data", "failed")]
    found = [v for v in result.contract.violations if v.severity == "error"]
    assert [(v.column, v.count) for v in found] == [("key", 3)]
    assert (result.failure().code, result.failure().exit_code) == ("contract_violated", 1)
    assert not (made.root / ".modelyard" / "snapshots").exists()
    assert result.snapshot is None


def test_a_missing_table_is_a_wrong_request(project):
    made = projects.edit(project().root, data__source="data/gone.parquet")
    with pytest.raises(RequestError, match=r"gone\.parquet"):
        run(made, RunRequest())


def test_a_constant_target_says_why_there_is_no_model(project):
    with pytest.raises(OutcomeError, match="nothing to learn"):
        run(project(frame=projects.table().with_columns(y=pl.lit("yes"))), RunRequest())


def test_features_that_look_at_other_rows_are_refused(project):
    made = project()
    peeking = "import polars as pl\n\n\ndef features(rows):\n    return rows.with_columns(m=pl.col('size').mean())\n"
    (made.root / "src/pipeline/features.py").write_text(peeking)
    with pytest.raises(OutcomeError, match="one row alone"):
        run(made, RunRequest())


def test_code_of_the_user_that_fails_is_named_by_its_line(project):
    made = project()
    (made.root / "src/pipeline/features.py").write_text("def features(rows):\n    return rows['nope']\n")
    with pytest.raises(RequestError, match=r"features\.py"):
        run(made, RunRequest())


@pytest.mark.parametrize("task", ["regression", "multiclass"])
def test_every_task_goes_through_the_loop(task, project):
    made = project(task=task)
    result = run(made, RunRequest())
    assert (result.failure(), result.version) == (None, 1)
    assert made.config.evaluation.metric in result.metrics


def test_rare_positives_go_through_the_loop(project):
    frame = projects.table(rows=4000, rare=True)
    share = (frame["y"] == "yes").mean()
    assert 0.01 < share < 0.1
    made = project(frame=frame, evaluation__metric="average_precision", training__class_weight="balanced")
    result = run(made, RunRequest())
    assert result.failure() is None
    assert result.metrics["average_precision"].value > 3 * share


def test_a_tiny_table_is_judged_by_cross_validation(project):
    made = project(frame=projects.table(rows=90), evaluation__metric="roc_auc")
    result = run(made, RunRequest())
    assert result.stages[-1].name in {"gate", "register"}
    assert result.gate.held_out.rows >= 90


def test_a_search_that_was_cut_off_ends_as_an_undisturbed_one(untouched, tmp_path):
    import random
    import shutil

    import crashing

    ends = []
    for name in ("undisturbed", "killed"):
        root = tmp_path / name
        shutil.copytree(untouched, root)
        projects.edit(root, training__search={"trials": 5})
        draw = random.Random(3)
        kills = 0
        while name == "killed" and kills < 3:
            code, _ = crashing.in_child(root, kill_at=draw.randrange(36, 60))
            kills += code != 0
        assert crashing.in_child(root)[0] == 0
        ends.append(crashing.state(root))
    assert ends[0] == ends[1]
    assert len(ends[0]["versions"]) == 1
