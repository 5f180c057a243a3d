"""A release on a bucket: controller and servers meet only in it, on two S3 servers that share no code."""

import shutil
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "routing"))

import gateway
import projects
import pytest
from buckets import moto, versitygw
from live import Load, serving
from releasing import FAST, Played, agree
from servers import wait
from test_lease import begun

from modelyard.data.store import Store
from modelyard.errors import OutsideError
from modelyard.loop.context import Context
from modelyard.loop.models import local_bundle
from modelyard.release.controller import StartRequest, rollback, start, status
from modelyard.routing import document

pytestmark = pytest.mark.slow

PLACE = "s3://tried/churn"
PLACES = {"local": {"store": PLACE, "tracking": "sqlite:///.modelyard/mlflow.db"}}
QUICK = {"release__steps": [50, 100], "release__min_rows": 60, "release__min_latency_rows": 100}
WAIT = StartRequest(wait=True)


def moved(root, **changes):
    """Put a project's store into the bucket."""
    made = projects.edit(root, environments=PLACES, **{**FAST, **changes})
    store = Store.open(PLACE, Path())
    for path in (root / ".modelyard").rglob("*"):
        key = path.relative_to(root / ".modelyard").as_posix()
        if path.is_file() and key.startswith(("models/", "audit/", "artifacts/", "snapshots/", "routing.json")):
            store.put_file(key, path)
    for name in ("models", "audit", "routing.json"):
        place = root / ".modelyard" / name
        shutil.rmtree(place) if place.is_dir() else place.unlink()
    return made


def worldly(monkeypatch, world):
    for name, value in {"AWS_REGION": "us-east-1", **world}.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def root(two_versions, tmp_path):
    """A copy of the project with two versions."""
    root = tmp_path / "project"
    shutil.copytree(two_versions, root, symlinks=True)
    return root


@pytest.fixture(params=[moto, versitygw])
def bucket(request, tmp_path, monkeypatch):
    """A bucket of one of the servers."""
    with request.param(tmp_path) as world:
        worldly(monkeypatch, world)
        yield


@pytest.fixture
def real(tmp_path, monkeypatch):
    """The bucket of a gateway that a test may stop."""
    with gateway.gateway(tmp_path / "s3") as one:
        worldly(monkeypatch, one.world)
        yield one


def test_a_release_walks_and_is_rolled_back_on_a_bucket(bucket, root, monkeypatch):
    made = moved(root, **QUICK)
    with serving(made.root) as url, Load(url) as load:
        monkeypatch.setenv("MODELYARD_SERVERS", url)
        load.settled(1)
        told = start(made, WAIT)
        assert (told.state, told.failure()) == ("promoted", None), told.checks
        load.settled(2)
        rollback(made)
        load.settled(1)
    assert load.failed() == []
    assert agree(made).champion.version == 1
    assert not (root / ".modelyard" / "routing.json").exists()


def test_of_two_controllers_on_a_bucket_exactly_one_wins(bucket, root):
    made, ends = moved(root, release__steps=[50]), []
    context = Context.of(made)
    routing = document.read(context.store)
    for ref in (routing.champion, routing.challenger):
        local_bundle(context, ref)

    def begin():
        servers = Played("hold", "hold", "advance", act=lambda _: time.sleep(0.2))
        try:
            ends.append(start(made, WAIT, watch=servers).state)
        except Exception as error:
            ends.append(getattr(error, "code", repr(error)))

    threads = [threading.Thread(target=begin) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends) in (["promoted", "release_running"], ["no_challenger", "promoted"])
    assert agree(made).champion.version == 2


def test_servers_return_to_the_champion_when_the_bucket_is_away_for_longer_than_the_lease(real, root):
    made = moved(root, release__steps=[50], release__lease_s=4)
    with serving(made.root) as url, Load(url) as load:
        begun(made)
        load.settled(1, 2)
        real.stop()
        load.settled(1)
        begin = len(load.seen)
        wait(lambda: len(load.seen) > begin + 300)
        assert {version for *_, version, _ in load.seen[begin:]} == {1}
        real.start()
        assert status(made).state == "running"  # lapsed, until somebody says so
    assert load.failed() == []


def test_a_bucket_that_is_away_for_less_than_the_lease_ends_no_release(real, root):
    made = moved(root, release__steps=[50], release__lease_s=60, release__every_s=0.2)

    def act(servers):
        if servers.looks == 2:
            real.stop()
            threading.Timer(3, real.start).start()

    assert start(made, WAIT, watch=Played("hold", "hold", "hold", "advance", act=act)).state == "promoted"
    assert agree(made).champion.version == 2


def test_a_bucket_that_stays_away_ends_the_controller_and_promotes_nothing(real, root):
    made = moved(root, release__steps=[50], release__lease_s=2, release__every_s=0.2)
    servers = Played("hold", act=lambda servers: real.stop() if servers.looks == 2 else None)
    with pytest.raises(OutsideError):
        start(made, WAIT, watch=servers)
    real.start()
    routing = document.read(Context.of(made).store)
    assert (routing.champion.version, routing.release.state) == (1, "running")
