"""Real servers follow a release: its steps, its end, and the death of its controller; no request fails."""

import json
import os
import signal
from pathlib import Path

import httpx
import pytest
from live import Load, serving
from releasing import agree
from servers import wait
from test_lease import begun
from typer.testing import CliRunner

from modelyard.cli import app
from modelyard.loop.context import Context
from modelyard.release import journal, moves
from modelyard.release.controller import rollback, status
from modelyard.release.lease import kept
from modelyard.routing import document
from modelyard.routing.release import clock

pytestmark = pytest.mark.slow

QUICK = {"release__steps": [50, 100], "release__min_rows": 60, "release__min_latency_rows": 100}


def shares(url):
    return {(s["version"], s["role"]): s["share"] for s in httpx.get(f"{url}/release").json()["shares"]}


def test_a_server_splits_sticks_and_follows_a_rollback_without_a_failed_request(project):
    made = project(release__steps=[50], release__lease_s=10)
    with serving(made.root) as url, Load(url) as load:
        load.settled(1)
        since = clock()
        store, release = begun(made)
        with kept(store, release, since):
            load.settled(1, 2)
            assert shares(url) == {(1, "champion"): 0.5, (2, "challenger"): 0.5}
            begin = len(load.seen)
            wait(lambda: len(load.seen) > begin + 1200)
            rollback(made)
        load.settled(1)
        answered = {}
        for _, _, version, entity in load.seen[begin : begin + 1200]:
            answered.setdefault(entity, set()).add(version)
    assert load.failed() == []
    assert {len(versions) for versions in answered.values()} == {1}
    assert agree(made).champion.version == 1


def test_all_workers_of_two_servers_follow_a_promotion_and_a_rollback_under_load(project):
    made = project(release__steps=[50], release__lease_s=20)
    with serving(made.root, 2) as one, serving(made.root, 2) as two, Load(one, 5) as a, Load(two, 5) as b:
        since = clock()
        store, release = begun(made)
        with kept(store, release, since):
            for load in (a, b):
                load.settled(1, 2)
            document.swap(store, lambda r: moves.promoted(r, r.release, "", passed=True), why="", action="promoted")
        for load in (a, b):
            load.settled(2)
        rollback(made)
        for load in (a, b):
            load.settled(1)
            begin = len(load.seen)
            wait(lambda load=load, begin=begin: len(load.seen) > begin + 200)
            assert {version for *_, version, _ in load.seen[begin:]} == {1}
    assert a.failed() + b.failed() == []
    assert agree(made).champion.version == 1


def test_servers_return_to_the_champion_when_nobody_renews_and_stay_there(project):
    made = project(release__steps=[50], release__lease_s=2)
    with serving(made.root) as url, Load(url) as load:
        store, release = begun(made)
        load.settled(1, 2)
        load.settled(1)
        document.renew(store, release.holder)  # too late: a lapse is final
        begin = len(load.seen)
        wait(lambda: len(load.seen) > begin + 600)
        assert {version for *_, version, _ in load.seen[begin:]} == {1}
        assert shares(url) == {(1, "champion"): 1.0}
    assert load.failed() == []


def test_a_promotion_at_all_requests_changes_nothing_for_the_clients(project):
    made = project(release__steps=[100], release__lease_s=20)
    with serving(made.root) as url, Load(url) as load:
        since = clock()
        store, release = begun(made)
        with kept(store, release, since):
            load.settled(2)
            document.swap(store, lambda r: moves.promoted(r, r.release, "", passed=True), why="", action="promoted")
        begin = len(load.seen)
        wait(lambda: len(load.seen) > begin + 400)
        assert {version for *_, version, _ in load.seen[begin:]} == {2}
        rollback(made)
        load.settled(1)
    assert load.failed() == []


def test_the_command_walks_a_release_against_a_real_server(project):
    made = project(**QUICK)
    with serving(made.root) as url, Load(url) as load:
        os.environ["MODELYARD_SERVERS"] = url
        try:
            done = CliRunner().invoke(app, ["release", "start", "--wait", "--json", "--project", str(made.root)])
        finally:
            del os.environ["MODELYARD_SERVERS"]
        told = json.loads(done.stdout)
        assert (told.get("state"), done.exit_code) == ("promoted", 0), (told["reason"], told["checks"])
        load.settled(2)
    assert load.failed() == []
    assert told["expected_s"] > 0
    assert agree(made).champion.version == 2


def test_a_detached_controller_works_on_and_its_death_returns_everything_to_the_champion(project, monkeypatch):
    made = project(release__steps=[50], release__lease_s=3, release__hold_s=600)
    with serving(made.root) as url, Load(url) as load:
        monkeypatch.setenv("MODELYARD_SERVERS", url)
        started = CliRunner().invoke(app, ["release", "start", "--json", "--project", str(made.root)])
        told = json.loads(started.stdout)
        assert (told.get("state"), started.exit_code) == ("running", 0), told
        store = Context.of(made).store
        wait(lambda: any(e.event == "judged" for e in journal.entries(store, told["release"])))
        load.settled(1, 2)
        first = document.read(store).nonce
        wait(lambda: document.read(store).nonce != first)
        os.kill(_controller(document.read(store).release.holder), signal.SIGKILL)
        load.settled(1)
        assert status(made).lease_s == 0
        again = CliRunner().invoke(app, ["release", "resume", "--json", "--project", str(made.root)])
        assert json.loads(again.stdout)["state"] == "running"
        load.settled(1, 2)
        rolled = CliRunner().invoke(app, ["release", "rollback", "--json", "--project", str(made.root)])
        assert (json.loads(rolled.stdout)["state"], rolled.exit_code) == ("rolled_back", 0)
        load.settled(1)
    assert load.failed() == []
    assert agree(made).champion.version == 1


def _controller(holder):
    for process in Path("/proc").iterdir():
        if process.name.isdecimal():
            try:
                found = holder.encode() in (process / "cmdline").read_bytes()
            except OSError:  # it has ended
                continue
            if found:
                return int(process.name)
    raise AssertionError("no controller is running")
