"""What can be known to be wrong before the training is said before it; what a name or a clock may be, it may be."""

import json

import polars as pl
import projects
import pytest

from modelyard.data import contract as contracts
from modelyard.errors import OutcomeError, RequestError
from modelyard.loop import versions as registered
from modelyard.loop.context import Context
from modelyard.loop.models import local_bundle
from modelyard.loop.references import seen_by
from modelyard.loop.run import RunRequest, run
from modelyard.routing import document

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"evaluation__metric": "rmse"}, "'rmse' is not defined for a binary task"),
        ({"gate__floors": {"rocauc": 0.5}}, "'rocauc' is not known"),
        ({"evaluation__slices": ["color"]}, "evaluation.slices names 'color'"),
        ({"evaluation__fairness": {"columns": ["sex"]}}, "evaluation.fairness.columns names 'sex'"),
        ({"evaluation__block": "week"}, "evaluation.block names 'week'"),
        ({"evaluation__block": "day", "data__time": None}, "data.time names no column"),
        ({"environments__local": {"tracking": "sqlite:///:memory:"}}, "a database in memory"),
        ({"environments__local": {"tracking": "mlruns"}}, "no tracking URI of the kind 'mlruns'"),
    ],
)
def test_what_no_evaluation_could_use_is_refused_before_any_stage(changes, told, project):
    made = project(**changes)
    with pytest.raises(RequestError, match=told.replace(".", r"\.")):
        run(made, RunRequest())
    assert not (made.root / ".modelyard" / "snapshots").exists()


def test_several_such_problems_are_told_at_once(project):
    made = project(evaluation__metric="rocauc", evaluation__slices=["color", "noise"], gate__floors={"mae": 1.0})
    with pytest.raises(RequestError) as caught:
        run(made, RunRequest())
    assert caught.value.message.startswith("modelyard.yaml asks for 3 things that are not there:")
    assert all(word in caught.value.message for word in ("'rocauc'", "'mae'", "'color'"))
    assert "'noise'" not in caught.value.message


def test_the_data_stage_asks_nothing_of_the_evaluation(project):
    result = run(project(evaluation__metric="rmse"), RunRequest(stages=("data",)))
    assert result.failure() is None


PATTERNS = {"key": "^key$", "when": "^when.*$", "size": "^size$", "colour": "*", "noise": "", "y": "^y.*$"}


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_columns_may_be_called_what_polars_takes_for_a_pattern(task, project):
    made = project(
        task=task,
        frame=projects.table(task=task).rename(PATTERNS),
        data__target="^y.*$",
        data__id="^key$",
        data__time="^when.*$",
        split__by="time",
        evaluation__slices="auto",
        evaluation__block="day",
        evaluation__fairness={"columns": ["*"]},
        gate__fairness=False,
    )
    result = run(made, RunRequest())
    assert (result.failure(), result.version) == (None, 1)


def test_a_column_of_years_orders_the_split_and_the_champion_is_met_on_later_ones(project):
    years = pl.Series("when", range(1400, 2000))
    columns = {"data__time": "when", "split__by": "time", "evaluation__block": "row"}
    made = project(frame=projects.table().with_columns(years), **columns)
    assert run(made, RunRequest()).version == 1
    later = projects.table(rows=1200, seed=1).with_columns(pl.Series("when", range(1400, 2600)))
    later.write_parquet(made.root / "data" / "table.parquet")
    result = run(made, RunRequest())
    assert result.failure() is None
    manifest = json.loads((made.root / "data" / "snapshot.json").read_text())
    assert manifest["rows"] == 1200
    assert sorted(v.version for v in registered.versions(made).versions) == [1, 2]


def test_the_end_of_counted_times_is_their_largest_number(project):
    steps = pl.Series("when", range(700, 1300))  # as text "999" would come after "1299"
    made = project(frame=projects.table().with_columns(steps), data__time="when", split__by="time")
    run(made, RunRequest())
    context = Context.of(made)
    seen = seen_by(local_bundle(context, document.read(context.store).champion))
    assert (seen.end, seen.split.test_from, seen.eval_data_end) == (1299, "1060", "1059")


def test_times_that_were_numbers_and_are_dates_now_are_refused(project):
    made = project(
        frame=projects.table().with_columns(pl.Series("when", range(600))), data__time="when", split__by="time"
    )
    run(made, RunRequest())
    dated = projects.table()
    dated.write_parquet(made.root / "data" / "table.parquet")
    (made.root / "contract.yaml").write_text(contracts.dump(projects.contract(dated)), encoding="utf-8")
    with pytest.raises(RequestError, match="their time column holds dates now"):
        run(made, RunRequest())


def test_rows_that_the_champion_cannot_read_are_refused_before_the_training(project):
    made = project()
    run(made, RunRequest())
    renamed = projects.table().rename({"size": "length"})
    renamed.write_parquet(made.root / "data" / "table.parquet")
    (made.root / "contract.yaml").write_text(contracts.dump(projects.contract(renamed)), encoding="utf-8")
    trained = sorted((made.root / ".modelyard/work/local/runs/train").iterdir())
    with pytest.raises(OutcomeError, match="champion v1 reads columns that the rows lack: 'size'"):
        run(made, RunRequest())
    assert sorted((made.root / ".modelyard/work/local/runs/train").iterdir()) == trained


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("return None", "returned NoneType, not a dictionary"),
        ("return {5: 1.0}", "calls a figure 5"),
        ("return {'<b>': 1.0}", "calls a figure '<b>'"),
        ("return {'roc_auc': 2.0}", "the name of a built-in metric"),
        ("return {'cost': 'much'}", "'much' as 'cost', which is no number"),
    ],
)
def test_figures_of_the_user_that_are_none_are_named(body, told, project):
    made = project()
    (made.root / "src/pipeline/metrics.py").write_text(f"def metrics(truth, scores):\n    {body}\n")
    with pytest.raises(RequestError, match=told):
        run(made, RunRequest(stages=("evaluate",)))
