"""The server follows routing: a new champion answers once it is loaded, and a bad one takes nothing down."""

import json
import shutil
import time
from pathlib import Path

import pytest
from released import Asked, contract, frame, put, release, released, trained

from modelyard.data.store import Store
from modelyard.errors import OutsideError
from modelyard.routing import Ref, swap
from modelyard.routing.document import KEY
from modelyard.serving import follow
from modelyard.serving.bundles import bundle

pytestmark = pytest.mark.slow

ROW = {"a": 0.5, "b": "x", "n": 150}


def another(tmp_path, store, name="other", damage=None, **options):
    """A second version in the store; `damage` writes into it before it is packed."""
    rows = frame()
    trained(tmp_path / name, rows, estimator="forest", **options)
    if damage:
        damage(tmp_path / name)
    return put(store, tmp_path / name, rows, contract(rows))


def test_without_a_model_it_lives_and_says_what_to_do(tmp_path):
    asked = Asked(Store.open("store", tmp_path), tmp_path)
    assert asked.get("/healthz").status_code == 200
    for answer in (asked.get("/readyz"), asked.predict(ROW), asked.get("/schema")):
        assert answer.status_code == 503
        assert answer.json()["detail"] == "No model is registered yet."
        assert "modelyard run" in answer.json()["hint"]
    assert asked.get("/release").json()["shares"] == []
    assert asked.get("/openapi.json").json()["paths"]["/predict"]
    assert 'status="503"' in asked.get("/metrics").text


def test_the_first_model_answers_without_a_restart(tmp_path):
    store = Store.open("store", tmp_path)
    asked = Asked(store, tmp_path)
    assert asked.predict(ROW).status_code == 503
    released(tmp_path)
    asked.follower.poll()
    assert asked.predict(ROW).json()["version"] == 1
    assert asked.get("/readyz").json() == {"ready": True, "version": 1}


def test_a_new_champion_takes_over_and_the_one_before_stays_warm(tmp_path):
    store = released(tmp_path)
    asked = Asked(store, tmp_path)
    first = asked.version
    sha256 = another(tmp_path, store)
    release(store, 2, sha256, previous=first.ref)
    asked.follower.poll()
    assert asked.predict(ROW).json()["version"] == 2
    assert asked.get("/release").json()["previous"] == {**first.ref.model_dump(), "loaded": True}
    release(store, 1, first.ref.sha256, previous=Ref(version=2, sha256=sha256))
    asked.follower.poll()
    assert asked.version is first


def test_an_unchanged_document_is_not_read_again(tmp_path):
    asked = Asked(released(tmp_path), tmp_path)
    state, lines = asked.follower.state, len(asked.lines)
    asked.follower.poll()
    assert asked.follower.state == state
    assert len(asked.lines) == lines


def bad_bytes(folder):
    (folder / "model.onnx").write_bytes(b"nonsense")


def bad_features(folder, source="import there_is_no_such_module\n"):
    (folder / "pipeline" / "features.py").write_text(source)
    served = json.loads((folder / "model.json").read_text())
    (folder / "model.json").write_text(json.dumps({**served, "identity": False}))


def raising(folder):
    bad_features(folder, "def features(rows):\n    raise ValueError('secret')\n")


def no_model(folder):
    (folder / "model.json").unlink()


@pytest.mark.parametrize("damage", [bad_bytes, bad_features, raising, no_model])
def test_a_version_that_does_not_load_leaves_the_running_one(damage, tmp_path):
    store = released(tmp_path)
    asked = Asked(store, tmp_path)
    release(store, 2, another(tmp_path, store, damage=damage))
    asked.follower.poll()
    assert asked.predict(ROW).json()["version"] == 1
    found = asked.get("/release").json()
    assert found["shares"][0]["version"] == 1
    assert found["champion"]["loaded"] is False
    assert found["problem"].startswith("Version 2 cannot be loaded")
    assert 'modelyard_load_failures_total{version="2"} 1' in asked.get("/metrics").text
    assert any(line["event"] == "load_failed" for line in asked.lines)


def broken_after(tmp_path, rolled_back=False):
    """A store whose champion lost its bundle, and which has another version that is whole."""
    store = released(tmp_path)
    first = Ref(version=1, sha256=Asked(store, tmp_path).version.ref.sha256)
    second = Ref(version=2, sha256=another(tmp_path, store))
    champion, previous = (first, second) if rolled_back else (second, first)
    release(store, champion.version, champion.sha256, previous=previous)
    shutil.rmtree(Path(store.uri) / "models" / champion.sha256)
    return store


def test_after_a_restart_the_champion_before_answers_for_one_that_does_not_load(tmp_path):
    asked = Asked(broken_after(tmp_path), tmp_path)
    assert asked.predict(ROW).json()["version"] == 1
    ready = asked.get("/readyz")
    assert (ready.status_code, ready.json()["ready"], ready.json()["version"]) == (200, True, 1)
    assert ready.json()["detail"].startswith("Version 2 cannot be loaded, and version 1 answers: ")
    assert "modelyard_champion_answers 0" in asked.get("/metrics").text
    answering = [line for line in asked.lines if line["event"] == "answering"]
    assert [(line["version"], line["instead_of"]) for line in answering] == [(1, 2)]
    assert asked.get("/release").json()["champion"]["loaded"] is False
    assert not asked.follower.hopeless


def test_a_champion_that_loads_in_the_end_takes_over_from_the_one_before(tmp_path, monkeypatch):
    monkeypatch.setattr(follow, "_FIRST_RETRY_S", 0.0)
    store = released(tmp_path)
    first = Asked(store, tmp_path).version.ref
    folder = Path(store.uri) / "models" / another(tmp_path, store)
    release(store, 2, folder.name, previous=first)
    folder.rename(tmp_path / "aside")
    asked = Asked(store, tmp_path)
    assert asked.version.ref.version == 1
    (tmp_path / "aside").rename(folder)
    asked.follower.poll()
    assert asked.predict(ROW).json()["version"] == 2
    assert asked.get("/readyz").json() == {"ready": True, "version": 2}
    assert "modelyard_champion_answers 1" in asked.get("/metrics").text


def test_a_version_that_was_rolled_back_never_stands_in(tmp_path):
    asked = Asked(broken_after(tmp_path, rolled_back=True), tmp_path)
    assert asked.predict(ROW).status_code == 503
    assert asked.get("/readyz").json()["detail"].startswith("Version 1 cannot be loaded: ")
    assert asked.follower.hopeless


def test_a_bundle_that_was_changed_gets_no_traffic(tmp_path):
    store = released(tmp_path)
    sha256 = another(tmp_path, store)
    (Path(store.uri) / "models" / sha256 / "profile.json").write_text("{}")
    asked = Asked(store, tmp_path)
    release(store, 2, sha256)
    asked.follower.poll()
    assert asked.version.ref.version == 1
    assert "is not" in asked.follower.state.problem


def test_a_version_that_was_absent_is_loaded_once_it_is_there(tmp_path, monkeypatch):
    monkeypatch.setattr(follow, "_FIRST_RETRY_S", 0.0)
    store = released(tmp_path)
    asked = Asked(store, tmp_path)
    sha256 = another(tmp_path, store)
    folder = Path(store.uri) / "models" / sha256
    folder.rename(tmp_path / "aside")
    release(store, 2, sha256)
    asked.follower.poll()
    assert asked.version.ref.version == 1
    (tmp_path / "aside").rename(folder)
    asked.follower.poll()
    assert asked.version.ref.version == 2
    assert asked.follower.state.problem == ""


@pytest.mark.parametrize("content", [b"", b"{", b'{"champion": 3}', None])
def test_a_routing_document_that_cannot_be_read_changes_nothing(content, tmp_path):
    store = released(tmp_path)
    asked = Asked(store, tmp_path)
    if content is None:
        store.delete(KEY)
    else:
        store.put(KEY, content)
    asked.follower.poll()
    asked.follower.poll()
    assert asked.predict(ROW).json()["version"] == 1
    assert sum(line["event"] == "poll_failed" for line in asked.lines) == 1
    assert "modelyard_poll_failures_total 2" in asked.get("/metrics").text


def test_a_release_whose_step_was_edited_beyond_its_last_fails_no_request(tmp_path):
    store = released(tmp_path)
    asked = Asked(store, tmp_path)
    known = json.loads(store.get(KEY))
    when = "2026-01-01T00:00:00+00:00"
    edited = {
        "id": "tried", "state": "running", "challenger": known["champion"], "champion": known["champion"],
        "steps": [5, 50], "step": 2, "lease_s": 3600, "started": when, "step_since": when,
    }  # fmt: skip
    store.put(KEY, json.dumps(known | {"generation": 2, "release": edited}).encode())
    asked.follower.poll()
    assert asked.predict(ROW).status_code == 200
    assert "modelyard_poll_failures_total 1" in asked.get("/metrics").text


def test_a_routing_document_without_a_champion_stops_the_answers(tmp_path):
    store = released(tmp_path)
    asked = Asked(store, tmp_path)
    swap(store, lambda r: r.model_copy(update={"champion": None}), why="test", action="tried")
    asked.follower.poll()
    assert asked.predict(ROW).status_code == 503
    assert asked.follower.hopeless


def test_versions_that_routing_no_longer_names_are_let_go(tmp_path):
    store = released(tmp_path)
    asked = Asked(store, tmp_path)
    first = asked.version.ref
    release(store, 2, another(tmp_path, store))
    asked.follower.poll()
    assert not asked.follower.warm(first)


class Elsewhere:
    """A store that is no folder: its objects must be fetched."""

    def __init__(self, store):
        self.uri, self._store = "s3://somewhere", store

    def local(self, key):
        return None

    def list(self, prefix):
        return self._store.list(prefix)

    def fetch(self, key, to):
        return self._store.fetch(key, to)


def test_a_bundle_of_a_bucket_is_fetched_whole_or_not_at_all(tmp_path):
    store = released(tmp_path)
    ref = Asked(store, tmp_path).version.ref
    cache = tmp_path / "fetched"
    folder = bundle(Elsewhere(store), ref, cache)
    assert folder == cache / ref.sha256
    shutil.rmtree(folder)

    class Broken(Elsewhere):
        def fetch(self, key, to):
            if key.endswith("profile.json"):
                raise OutsideError("the network is down")
            return super().fetch(key, to)

    with pytest.raises(OutsideError):
        bundle(Broken(store), ref, cache)
    assert list(cache.iterdir()) == []
    assert bundle(Elsewhere(store), ref, cache).is_dir()


def test_the_thread_follows_by_itself(tmp_path):
    store = released(tmp_path)
    asked = Asked(store, tmp_path)
    asked.follower.start()
    release(store, 2, another(tmp_path, store))
    deadline = time.monotonic() + 30
    while asked.version.ref.version != 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    asked.follower.stop()
    assert asked.version.ref.version == 2
