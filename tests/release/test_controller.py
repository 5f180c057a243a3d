"""A release walks its steps to one of its ends, and everything that follows from its document agrees."""

import pytest
from releasing import Played, agree, another

from modelyard.cli.release._text import text
from modelyard.errors import OutcomeError, OutsideError, RequestError
from modelyard.loop.context import Context
from modelyard.release import journal
from modelyard.release.controller import StartRequest, abort, promote, resume, rollback, start, status
from modelyard.release.verdict import Check, Verdict
from modelyard.routing import audit, document

pytestmark = pytest.mark.slow

WAIT = StartRequest(wait=True)


def actions(project):
    return [e.action for e in audit.events(Context.of(project).store) if e.key.startswith("routing:")]


def log(project, result):
    return journal.entries(Context.of(project).store, result.release)


def test_a_challenger_that_passes_every_step_is_promoted(project):
    made, servers = project(), Played()
    result = start(made, WAIT, watch=servers)
    assert (result.state, result.weight, result.passed, result.failure()) == ("promoted", 100.0, True, None)
    assert servers.steps == [(0, 0.05), (1, 0.5), (2, 1.0)]
    assert servers.closed
    routing = agree(made)
    assert (routing.champion.version, routing.previous.version, routing.challenger) == (2, 1, None)
    assert routing.weights == {"2": 1.0}
    assert actions(made)[-4:] == ["release_started", "release_advanced", "release_advanced", "promoted"]
    entries = log(made, result)
    assert [(e.event, e.weight) for e in entries if e.event != "judged"] == [
        ("started", 5.0), ("advanced", 50.0), ("advanced", 100.0), ("promoted", 100.0),
    ]  # fmt: skip
    assert all(e.counts == {"challenger": {"rows": 7.0}} for e in entries if e.event == "judged")


def test_a_challenger_that_fails_is_rolled_back_and_has_to_be_named_again(project):
    made = project()
    check = Check(name="errors", verdict="fail", value=float("inf"), limit=0.01, rows=300, reason="5 % failed")
    servers = Played("advance", Verdict(state="roll_back", checks=(check,), reason="errors: 5 % failed"))
    result = start(made, WAIT, watch=servers)
    assert (result.state, result.weight, result.step) == ("rolled_back", 0.0, 2)
    assert result.failure().exit_code == 1
    assert "5 % failed" in result.reason
    assert result.checks[0]["name"] == "errors"
    assert result.checks[0]["value"] is None
    routing = agree(made)
    assert (routing.champion.version, routing.challenger, routing.weights) == (1, None, {"1": 1.0})
    with pytest.raises(RequestError, match="no challenger"):
        start(made, WAIT, watch=Played())
    assert start(made, StartRequest(version=2, wait=True), watch=Played()).state == "promoted"


def test_too_little_traffic_never_promotes(project):
    made = project(release__max_step_s=0.2)
    result = start(made, WAIT, watch=Played("hold"))
    assert (result.state, result.failure().exit_code) == ("rolled_back", 1)
    assert "without a verdict" in result.reason
    assert agree(made).champion.version == 1


def test_too_little_traffic_ends_as_it_is_configured(project):
    made = project(release__max_step_s=0.2, release__quiet="abort")
    result = start(made, WAIT, watch=Played("silent"))
    assert (result.state, result.failure().exit_code) == ("aborted", 1)
    assert "No server answers" in result.reason
    assert agree(made).challenger.version == 2


def test_a_step_that_the_judge_gives_up_ends_as_it_says(project):
    made = project()
    result = start(made, WAIT, watch=Played(Verdict(state="hold", reason="too few rows", ends="abort")))
    assert (result.state, "too few rows" in result.reason) == ("aborted", True)


def test_a_look_that_fails_is_no_verdict(project):
    made = project()
    assert start(made, WAIT, watch=Played("silent", "advance", "silent", "advance")).state == "promoted"


def test_a_shadow_ends_without_promoting_and_may_then_be_released(project):
    made, servers = project(), Played("hold", "advance")
    result = start(made, StartRequest(shadow=True, wait=True), watch=servers)
    assert servers.steps == [(0, 0.0)]
    assert (result.state, result.passed, result.weight, result.failure()) == ("aborted", True, 0.0, None)
    assert "without --shadow" in result.reason
    routing = agree(made)
    assert (routing.champion.version, routing.challenger.version, routing.weights) == (1, 2, {"1": 1.0})
    assert start(made, WAIT, watch=Played()).state == "promoted"


def test_a_shadow_that_fails_is_rolled_back(project):
    result = start(project(), StartRequest(shadow=True, wait=True), watch=Played("roll_back"))
    assert (result.state, result.failure().exit_code) == ("rolled_back", 1)


def test_the_expected_time_comes_from_the_traffic(project):
    made = project(release__hold_s=10)
    told = []
    servers = Played(rows=50.0, act=lambda _: abort(made))
    result = start(made, WAIT, progress=lambda what, *_: told.append(what), watch=servers)
    assert result.rows_per_s == 50.0
    assert result.expected_s == pytest.approx(1000 / 2.5 + 1000 / 25 + 1000 / 50)
    assert told[0] == "about 8 min at 50 rows/s"


def test_the_expected_time_is_of_as_many_rows_as_the_judge_is_told_to_want(project):
    made = project(release__hold_s=10, release__steps=[50], release__min_latency_rows=40, release__min_rows=6000)
    result = start(made, WAIT, watch=Played(rows=50.0))
    assert result.expected_s == pytest.approx(6000 / 25)


def test_a_person_is_told_how_long_it_takes_while_it_runs_and_not_once_it_has_ended(project):
    ended = start(project(), WAIT, watch=Played(rows=0.0))
    assert "expected" not in text(ended)
    assert "expected there is no traffic now" in text(ended.model_copy(update={"state": "running"}))


def test_without_traffic_it_says_that_no_step_can_pass(project):
    made, told = project(), []
    start(made, WAIT, progress=lambda what, *_: told.append(what), watch=Played(rows=0.0))
    assert "no traffic" in told[0]


def test_servers_that_cannot_be_asked_start_nothing(project):
    made = project()
    before = document.read(Context.of(made).store)
    with pytest.raises(OutsideError):
        start(made, WAIT, watch=Played(rows=None))
    assert document.read(Context.of(made).store) == before


@pytest.mark.parametrize(("end", "state", "champion"), [(abort, "aborted", 1), (promote, "promoted", 2)])
def test_a_command_that_ends_a_release_ends_its_controller(project, end, state, champion):
    made = project()
    result = start(made, WAIT, watch=Played("hold", act=lambda servers: end(made) if servers.looks == 2 else None))
    assert (result.state, agree(made).champion.version) == (state, champion)
    assert "by hand" in result.reason


def test_rollback_ends_a_release_and_later_returns_to_the_champion_before(project):
    made = project()
    ended = start(made, WAIT, watch=Played("hold", act=lambda _: rollback(made)))
    assert ended.state == "rolled_back"
    assert start(made, StartRequest(version=2, wait=True), watch=Played()).state == "promoted"
    result = rollback(made)
    assert (result.state, result.champion, result.challenger) == ("rolled_back", 1, 2)
    assert result.release
    routing = agree(made)
    assert (routing.champion.version, routing.previous.version) == (1, 2)
    with pytest.raises(RequestError, match="Version 1 serves since a rollback from version 2") as second:
        rollback(made)
    assert "--to 2" in second.value.hint
    assert agree(made).champion.version == 1
    assert rollback(made, to=2).champion == 2
    assert agree(made).champion.version == 2


def test_rollback_goes_to_a_version_that_only_the_registry_knows(project):
    made = project()
    start(made, WAIT, watch=Played())
    assert (
        another(made, "import polars as pl\n\n\ndef features(rows):\n    return rows.with_columns(m=pl.col('size'))\n")
        == 3
    )
    assert start(made, WAIT, watch=Played()).state == "promoted"
    store = Context.of(made).store
    document.swap(store, lambda r: r.model_copy(update={"pinned": None}), why="", action="unpinned")
    assert rollback(made, to=1).champion == 1
    assert agree(made).champion.version == 1


def test_of_an_ended_release_the_version_is_told_that_answers_by_now(project):
    made = project()
    assert start(made, WAIT, watch=Played()).answering == 2
    assert rollback(made).answering == 1
    assert rollback(made, to=2).answering == 2
    ended = resume(made)
    assert (ended.state, ended.champion, ended.answering) == ("rolled_back", 1, 2)
    assert "Version 2 answers" in ended.failure().hint
    assert "answers  version 2" in text(status(made))


@pytest.mark.parametrize(("to", "said"), [(1, "is the champion"), (9, "no version 9"), (None, "no champion before")])
def test_rollback_refuses_what_it_cannot_return_to(project, to, said):
    with pytest.raises(RequestError, match=said):
        rollback(project(), to)


def test_rollback_refuses_a_version_whose_bundle_is_gone(project):
    made = project()
    store = Context.of(made).store
    sha256 = document.read(store).challenger.sha256
    store.delete(f"models/{sha256}/model.json")
    with pytest.raises(OutcomeError, match="no bundle"):
        rollback(made, 2)


@pytest.mark.parametrize("command", [status, resume])
def test_without_any_release_there_is_nothing_to_show(project, command):
    with pytest.raises(RequestError, match="No release was ever started"):
        command(project())


@pytest.mark.parametrize("command", [promote, abort])
def test_without_a_running_release_nothing_can_be_ended(project, command):
    made = project()
    with pytest.raises(RequestError, match="No release is running"):
        command(made)
    start(made, WAIT, watch=Played("roll_back"))
    with pytest.raises(RequestError, match="rolled_back"):
        command(made)


def test_status_shows_the_newest_checks_and_repairs_what_a_kill_left(project):
    made = project()
    start(made, WAIT, watch=Played(Verdict(state="advance", checks=(Check(name="errors", verdict="pass"),))))
    context = Context.of(made)
    registry = context.registry()
    registry._versions.set_alias("champion", 1)
    last = context.store.list("audit")[-1]
    context.store.delete(last)
    registry._versions.set_tag("modelyard.audit_head", "")
    shown = status(made)
    assert (shown.state, [c["name"] for c in shown.checks]) == ("promoted", ["errors"])
    agree(made)


def test_a_better_version_becomes_the_pinned_best(project):
    made = project()
    store = Context.of(made).store
    assert start(made, WAIT, watch=Played()).state == "promoted"
    routing = document.read(store)
    assert routing.pinned.version == (2 if routing.release.best else 1)
