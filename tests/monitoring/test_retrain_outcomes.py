"""Real retrainings, from captures to a registered version."""

import shutil

import polars as pl
import pytest
import retraining_project as world

from modelyard import config
from modelyard.data import snapshot as snapshots
from modelyard.loop.context import Context
from modelyard.monitoring.retrain import retrain
from modelyard.monitoring.retraining import ledger
from modelyard.monitoring.retraining.gather import gather, store
from modelyard.routing import document

pytestmark = pytest.mark.slow


@pytest.fixture
def project(trained, tmp_path):
    root = tmp_path / "project"
    shutil.copytree(trained, root)
    return config.load(root)


def gathered(project):
    context = Context.of(project)
    return context, gather(context, document.read(context.store).champion, world.later())


def test_labelled_captures_become_a_new_version_once(project):
    before = (project.root / "modelyard.yaml").read_bytes()
    served = world.serve(project)
    result = retrain(project, ["drift of size"], as_of=world.later())
    assert (result.started, result.state, result.reason, result.version) == (True, "waiting", "registered", 2)
    assert (result.rows.source, result.rows.added, result.rows.new, result.rows.labelled) == (600, 300, 300, 300)
    assert (result.gate, result.reasons, result.warnings) == ("passed", ("drift of size",), [])
    assert (project.root / "modelyard.yaml").read_bytes() == before
    place = world.store_of(project)
    kept = snapshots.read(place, snapshots.get(place, result.snapshot))
    assert kept.tail(300).equals(served.select(kept.columns))
    assert snapshots.get(place, result.snapshot).source.startswith("data/table.parquet + 300 labelled captures")
    again = retrain(project, [], as_of=world.later())
    assert (again.started, again.reason, again.failure()) == (False, "cooldown", None)
    again = retrain(world.change(project, cooldown_h=0), [], as_of=world.later())
    assert (again.started, again.reason) == (False, "window_trained")


def test_the_gate_stops_a_retraining_and_the_champion_stays(project):
    world.serve(project)
    (project.root / "src/pipeline/features.py").write_text(world.projects.NO_SIGNAL)
    result = retrain(project, [], as_of=world.later())
    assert (result.started, result.state, result.version) == (True, "stopped", None)
    assert result.reason.startswith("gate_")
    assert result.failure().exit_code == 1
    place = world.store_of(project)
    assert document.read(place).champion.version == 1
    assert ledger.read(place).current is None
    again = retrain(world.change(project, cooldown_h=0), [], as_of=world.later())
    assert again.reason == "window_trained"


def test_a_release_without_a_server_waits_for_the_next_call(project):
    world.serve(project)
    nobody = world.projects.edit(world.change(project, release=True).root, release__servers=["http://127.0.0.1:1"])
    first = retrain(nobody, ["drift"], as_of=world.later())
    assert (first.started, first.state, first.version) == (True, "interrupted", 2)
    assert first.failure().exit_code == 3
    second = retrain(world.change(project), ["other"], as_of=world.later())
    assert (second.started, second.state, second.version, second.reasons) == (True, "waiting", 2, ("drift",))


def test_too_few_matured_labels_are_refused(project):
    world.serve(project, labelled=pl.Series([True] * 99 + [False] * 201))
    result = retrain(project, [], as_of=world.later())
    assert (result.state, result.reason) == ("refused", "too_few_labels")
    assert "99 rows after" in result.says
    assert "older than `monitoring.label_horizon_days`" in result.says
    assert retrain(project, [], as_of=world.later(days=0, begin=world.ROWS)).reason == "too_few_labels"
    assert ledger.read(world.store_of(project)) == ledger.Ledger()


def test_rows_that_the_source_has_already_are_taken_once(project):
    table = world.serve(project)
    path = project.root / "data" / "table.parquet"
    pl.concat([pl.read_parquet(path), table[:100]]).write_parquet(path)
    world.answer(project, table[50:], boot="again", received=table["when"][-1])  # asked once more, earlier
    context, found = gathered(project)
    assert (found.rows.source, found.rows.added, found.rows.new) == (700, 200, 300)
    assert found.rows.duplicates == 350
    kept = snapshots.read(context.store, store(context, found))
    assert kept["key"].is_unique().all()


def test_a_biased_sample_of_labels_is_told(project):
    table = world.projects.table(rows=300, begin=world.ROWS)
    world.answer(project, table, labelled=table["size"] > 0)
    _, found = gathered(project)
    assert [each.name for each in found.selection] == ["size"]
    assert found.rows.labelled < found.rows.served == 300


def test_rows_are_stored_as_a_run_stores_them(project):
    from modelyard.data.load import open_table
    from modelyard.loop.table import take
    from modelyard.monitoring.retraining.gather import place

    world.serve(project)
    context, found = gathered(project)
    ours = store(context, found)
    theirs = take(context, context.contract(), open_table(place(context, ours.id)))
    assert theirs == ours
