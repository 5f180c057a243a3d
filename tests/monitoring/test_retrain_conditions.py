"""What is refused, each with its name, without any training; the state is written as an earlier call leaves it."""

import json
import os
import socket
import time
from datetime import datetime

import pytest
import retraining_project as world

from modelyard.loop.lock import run_lock
from modelyard.monitoring.retrain import retrain
from modelyard.monitoring.retraining.conditions import allowed, enough
from modelyard.monitoring.retraining.ledger import KEY, Attempt, Done, Ledger
from modelyard.monitoring.retraining.record import Refused
from modelyard.routing import document
from modelyard.routing.document import Ref, Routing
from modelyard.routing.release import Release

CHAMPION = Ref(version=1, sha256="a" * 64)


@pytest.fixture
def project(tmp_path):
    """A project in which nothing was ever run."""
    return world.projects.make(tmp_path / "project")


def reason(project, **named):
    result = retrain(project, ["drift"], **named)
    assert (result.started, result.reasons) == (False, ("drift",))
    return result.state, result.reason


def release(state="running"):
    other = Ref(version=2, sha256="b" * 64)
    return Release(
        id="r",
        state=state,
        challenger=other,
        champion=CHAMPION,
        steps=(5.0,),
        step=0,
        lease_s=30,
        started="",
        step_since="",
    )


def route(project, **parts):
    store = world.store_of(project)
    document.swap(store, lambda r: r.model_copy(update={"champion": CHAMPION, **parts}), why="test")
    return store


def test_nothing_is_retrained_before_a_first_release(project):
    assert reason(project) == ("refused", "no_champion")
    assert [key for key in world.store_of(project).list("") if not key.startswith("work/")] == []


def test_a_running_release_refuses_and_an_ended_one_does_not(project):
    route(project, release=release())
    assert reason(project) == ("refused", "release_running")
    for state in ("promoted", "rolled_back", "aborted"):
        ended = Routing(champion=CHAMPION, release=release(state))
        assert allowed(ended, Ledger(), project.config.monitoring.retrain) == CHAMPION


def done(ended, end="2024-02-01T00:00:00", outcome="registered"):
    return Done(began="b", ended=ended, begin="", end=end, snapshot="s", outcome=outcome)


def test_the_cooldown_counts_from_the_end_of_the_last_one(project):
    store = route(project)
    now = datetime.now().astimezone().isoformat()
    store.put(KEY, Ledger(done=(done(now),)).model_dump_json().encode())
    assert reason(project) == ("refused", "cooldown")
    assert reason(world.projects.edit(project.root, monitoring__retrain={"cooldown_h": 0}))[1] != "cooldown"


@pytest.mark.parametrize("ended", ["2001-01-01T00:00:00+00:00", "2999-01-01T00:00:00+00:00", "", "2024-01-01T00:00:00"])
def test_an_old_or_impossible_end_holds_nothing_up(project, ended):
    ledger = Ledger(done=(done(ended),))
    assert allowed(Routing(champion=CHAMPION), ledger, project.config.monitoring.retrain) == CHAMPION


def test_another_retraining_in_this_folder_refuses(project):
    route(project)
    with run_lock(project.root / ".modelyard" / "work" / "local" / "retrain"):
        assert reason(project) == ("refused", "busy")


def test_another_machine_at_work_refuses_until_its_beat_stops(project, monkeypatch):
    store = route(project)
    attempt = Attempt(id="i", began="then", holder="h", host="elsewhere", tries=3)
    store.put(KEY, Ledger(current=attempt).model_dump_json().encode())
    assert reason(project) == ("refused", "busy")
    file = project.root / ".modelyard" / KEY
    old = time.time() - 1000
    os.utime(file, (old, old))
    assert reason(project) == ("refused", "given_up")


def test_one_that_was_killed_too_often_is_given_up_and_cools_down(project):
    store = route(project)
    attempt = Attempt(id="i", began="then", holder="h", host=socket.gethostname(), tries=3)
    store.put(KEY, Ledger(current=attempt).model_dump_json().encode())
    assert reason(project) == ("refused", "given_up")
    assert reason(project) == ("refused", "cooldown")
    assert json.loads(store.get(KEY))["done"][0]["outcome"] == "given_up"


def test_one_that_is_given_up_names_the_version_that_it_left_and_the_next_step(project):
    store = route(project, challenger=Ref(version=2, sha256="b" * 64))
    attempt = Attempt(id="i", began="then", holder="h", host=socket.gethostname(), tries=3, version=2)
    store.put(KEY, Ledger(current=attempt).model_dump_json().encode())
    says = retrain(project, ["drift"]).says
    assert says.endswith("Version 2 waits as challenger: `modelyard release start` releases it.")


def test_a_damaged_bundle_is_said_and_no_exception(project):
    route(project)
    state, why = reason(project)
    assert state == "stopped"
    assert why == "no_bundle"


def test_a_store_that_fails_is_said_and_no_exception(project):
    (project.root / ".modelyard" / "work").mkdir(parents=True)
    (project.root / ".modelyard" / "routing.json").mkdir()
    assert reason(project)[0] in {"interrupted", "stopped"}


class Rows:
    """What `gather` found, as far as a condition looks."""

    def __init__(self, new, end):
        self.rows = type("R", (), {"new": new, "served": 10})()
        self.begin, self.end = datetime(2024, 1, 1), end


@pytest.mark.parametrize(
    ("outcome", "end", "refused"),
    [
        ("registered", datetime(2024, 2, 1), "window_trained"),
        ("gate_failed", datetime(2024, 1, 31), "window_trained"),
        ("registered", datetime(2024, 2, 1, 0, 0, 1), None),
        ("contract_violated", datetime(2024, 2, 1), None),
        ("given_up", datetime(2024, 2, 1), None),
    ],
)
def test_a_window_that_was_trained_is_refused(project, outcome, end, refused):
    ledger = Ledger(done=(done("2001-01-01T00:00:00+00:00", outcome=outcome),))
    config = project.config.monitoring.retrain
    if refused is None:
        enough(Rows(config.min_labels, end), ledger, config, "y")
        return
    with pytest.raises(Refused) as caught:
        enough(Rows(config.min_labels, end), ledger, config, "y")
    assert caught.value.reason == refused


def test_one_label_too_few_is_refused_with_the_numbers(project):
    config = project.config.monitoring.retrain
    with pytest.raises(Refused, match="499 rows after 2024-01-01T00:00:00 have a matured value of 'y'; 500"):
        enough(Rows(499, datetime(2024, 2, 1)), Ledger(), config, "y")


@pytest.mark.parametrize("damaged", [b"", b"[]", b'{"current": 1}'])
def test_a_ledger_that_cannot_be_read_is_begun_anew(tmp_path, project, damaged):
    route(project).put(KEY, damaged)
    assert reason(project)[1] == "no_bundle"
