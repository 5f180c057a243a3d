import shutil

import polars as pl
import projects
import pytest

from modelyard import config
from modelyard.errors import OutcomeError, RequestError
from modelyard.loop import history, versions
from modelyard.loop.context import Context
from modelyard.loop.promote import promote
from modelyard.loop.run import RunRequest, run
from modelyard.routing import document

pytestmark = pytest.mark.slow


@pytest.fixture
def two(project):
    """A project with a champion and a challenger."""
    made = project()
    run(made, RunRequest())
    (made.root / "src/pipeline/features.py").write_text(projects.LESS_SIGNAL)
    assert run(made, RunRequest()).version == 2
    return made


def prod(made):
    return config.load(made.root, "prod")


def test_what_is_in_service_is_not_retired(two):
    for version, role in ((1, "champion"), (2, "challenger")):
        with pytest.raises(OutcomeError, match=role):
            versions.retire(two, version, "")
    with pytest.raises(RequestError, match="no version 7"):
        versions.retire(two, 7, "")


def test_a_replaced_challenger_is_retired_once_and_the_chain_says_why(two):
    (two.root / "src/pipeline/features.py").write_text(projects.LESS_SIGNAL.replace("* 2", "* 3"))
    assert run(two, RunRequest()).version == 3
    for _ in range(2):
        assert versions.retire(two, 2, "replaced").state == "retired"
    events = [e for e in history.audit(two).events if e.action == "retired"]
    assert [(e.subject, e.why) for e in events] == [("v2", "replaced")]
    assert history.audit(two).chain == "intact"


def test_two_versions_are_compared_on_rows_that_neither_saw(two):
    found = versions.compare(two, 2, 1)
    assert found.reference == "version 1"
    assert found.metric == "roc_auc"
    assert found.rows < 300
    with pytest.raises(RequestError, match="same bundle"):
        versions.compare(two, 1, 1)
    with pytest.raises(RequestError, match="no version 9"):
        versions.compare(two, 1, 9)


def test_a_lineage_leads_back_to_rows_code_and_verdict(two):
    found = history.lineage(two, 1)
    assert found.snapshot == versions.show(two, 1).snapshot
    assert found.source.endswith("table.parquet")
    assert found.gate["verdict"] == "passed"
    assert found.parameters["estimator"] == "linear"
    assert "scikit-learn" in found.libraries


def test_a_killed_writer_is_made_good_at_the_next_command(two):
    context = Context.of(two)
    context.registry().sync(document.read(context.store).model_copy(update={"challenger": None}))
    assert [v.state for v in versions.versions(two).versions] == ["challenger", "champion"]


def test_a_copy_is_the_same_bundle_and_becomes_champion_where_there_was_none(two):
    done = promote(two, 2, "prod")
    assert (done.version, done.failure()) == (1, None)
    assert done.sha256 == versions.show(two, 2).sha256
    there = versions.versions(prod(two)).versions
    assert [(v.version, v.state, v.sha256) for v in there] == [(1, "champion", done.sha256)]
    assert history.lineage(prod(two), 1).snapshot == history.lineage(two, 2).snapshot
    assert history.audit(prod(two)).chain == "intact"


def test_a_repeated_copy_changes_nothing(two):
    first = promote(two, 1, "prod")
    routing = document.read(Context.of(prod(two)).store)
    again = promote(two, 1, "prod")
    assert (again.version, again.sha256, again.failure()) == (first.version, first.sha256, None)
    assert document.read(Context.of(prod(two)).store) == routing
    assert len(versions.versions(prod(two)).versions) == 1
    subjects = [(e.action, e.subject) for e in history.audit(prod(two)).events if e.action != "judged"]
    assert len(subjects) == len(set(subjects))


def test_a_copy_meets_the_champion_of_the_other_environment(two):
    promote(two, 1, "prod")
    done = promote(two, 2, "prod")
    assert done.failure() is None
    assert "champion" in [r.name for r in done.gate.rules]
    states = {v.sha256: v.state for v in versions.versions(prod(two)).versions}
    assert states == {versions.show(two, 1).sha256: "champion", versions.show(two, 2).sha256: "challenger"}


def test_a_copy_that_the_other_gate_stops_serves_nowhere(two):
    strict = projects.edit(two.root, gate__floors={"roc_auc": 0.9999})
    done = promote(strict, 1, "prod")
    assert done.failure().code == "gate_failed"
    there = Context.of(prod(two))
    assert document.read(there.store).champion is None
    assert [(v.state, v.aliases) for v in versions.versions(prod(two)).versions] == [("registered", [])]


def test_a_copy_to_itself_to_nowhere_or_of_nothing_is_refused(two):
    for version, target, words in ((1, "local", "both"), (1, "mars", "mars"), (8, "prod", "no version 8")):
        with pytest.raises(RequestError, match=words):
            promote(two, version, target)
    assert document.read(Context.of(prod(two)).store).generation == 0


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda folder: (folder / "000001.json").unlink(), "000001.json: removed"),
        (lambda folder: (folder / "000004.json").unlink(), "000004.json: removed"),
        (lambda folder: _reword(folder / "000001.json"), "000001.json: changed"),
        (lambda folder: _reword(folder / "000004.json"), "changed"),
        (lambda folder: (folder / "000002.json").write_text("{"), "not an event"),
    ],
    ids=["the first removed", "the last cut off", "an old one changed", "the last changed", "garbage"],
)
def test_a_tampered_chain_is_detected(damage, words, two):
    damage(two.root / ".modelyard" / "audit")
    found = history.audit(two)
    assert words in found.chain
    assert found.failure().exit_code == 1


def test_a_chain_that_is_gone_with_its_routing_is_detected(two):
    shutil.rmtree(two.root / ".modelyard" / "audit")
    (two.root / ".modelyard" / "routing.json").unlink()
    assert "removed" in history.audit(two).chain


def test_a_project_without_history_has_an_intact_chain_and_gets_no_registry(tmp_path):
    made = projects.make(tmp_path / "new")
    found = history.audit(made)
    assert (found.events, found.chain, found.failure()) == ([], "intact", None)
    assert not (made.root / ".modelyard" / "mlflow.db").exists()


def _reword(path):
    path.write_text(path.read_text().replace('"why": "', '"why": "not '))


def by_time(project, **changes):
    frame = projects.table(rows=48 * 60)
    return project(frame=frame, split={"by": "time", "test": 0.3}, evaluation__block="row", **changes)


def test_without_newer_rows_the_champion_is_compared_as_it_was_evaluated(project):
    made = by_time(project)
    run(made, RunRequest())
    (made.root / "src/pipeline/features.py").write_text(projects.LESS_SIGNAL)
    result = run(made, RunRequest())
    assert "v1 as evaluated" in next(r.reason for r in result.gate.rules if r.name == "champion")


def test_on_newer_rows_the_champion_is_compared_as_it_serves(project):
    made = by_time(project)
    run(made, RunRequest())
    later = projects.table(rows=48 * 25, begin=48 * 60)
    pl.concat([projects.table(rows=48 * 60), later]).write_parquet(made.root / "data" / "table.parquet")
    result = run(made, RunRequest())
    rule = next(r for r in result.gate.rules if r.name == "champion")
    assert "v1 as served" in rule.reason
    assert "on 1200 rows" in rule.reason.replace(",", "") or result.gate.held_out.rows <= 1300
    assert (result.failure(), result.version) == (None, 2)
