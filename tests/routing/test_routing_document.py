import json
from pathlib import Path

import pytest
from children import CHILDREN, kill_after

from modelyard.data.store import Store
from modelyard.errors import OutsideError
from modelyard.routing import audit
from modelyard.routing.document import KEY, Ref, Routing, read, record, swap
from modelyard.routing.release import Release


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.open("store", tmp_path)


def champion(version: int):
    ref = Ref(version=version, sha256=f"{version:064x}")

    def change(routing: Routing) -> Routing:
        return routing.model_copy(update={"champion": ref, "previous": routing.champion})

    return change


def pin_next(routing: Routing) -> Routing:
    count = routing.pinned.version if routing.pinned else 0
    return routing.model_copy(update={"pinned": Ref(version=count + 1, sha256="")})


def test_without_a_document_nothing_is_routed(store: Store):
    assert read(store) == Routing()
    assert read(store).generation == 0


def test_a_swap_is_read_back_with_who_and_why(store: Store):
    written = swap(store, champion(1), why="the first", action="registered")
    assert read(store) == written
    assert written.generation == 1
    assert written.champion == Ref(version=1, sha256=f"{1:064x}")
    assert written.why == "the first"
    assert written.by
    second = swap(store, champion(2), why="better")
    assert (second.generation, second.previous) == (2, written.champion)


def test_a_change_that_changes_nothing_writes_nothing(store: Store):
    first = swap(store, champion(1), why="")
    assert swap(store, lambda routing: routing, why="again") == first
    assert [event.generation for event in audit.events(store)] == [1]


def test_a_change_that_refuses_leaves_the_document(store: Store):
    first = swap(store, champion(1), why="")

    def refuse(routing: Routing) -> Routing:
        raise OutsideError("no")

    with pytest.raises(OutsideError):
        swap(store, refuse, why="")
    assert read(store) == first


def test_each_generation_has_its_event(store: Store):
    for version in (1, 2, 3):
        swap(store, champion(version), why=f"why {version}", action="promoted")
    events = audit.events(store)
    assert [(e.action, e.subject, e.why, e.generation) for e in events] == [
        ("promoted", f"v{n}", f"why {n}", n) for n in (1, 2, 3)
    ]
    assert audit.verify(store, audit.head(store)) == []


def test_an_event_that_a_kill_swallowed_is_made_up_for(store: Store):
    written = swap(store, champion(1), why="first")
    store.delete("audit/000001.json")
    swap(store, champion(2), why="second")
    assert [(event.generation, event.why) for event in audit.events(store)] == [(1, "first"), (2, "second")]
    assert audit.events(store)[0].time == written.changed
    record(store, read(store))
    assert len(audit.events(store)) == 2


class Unsure(Store):
    """A store whose answers to writes of the document get lost, before or after they took effect."""

    def __init__(self, inner: Store, *losses: str) -> None:
        super().__init__(inner.uri, inner._backend)
        self.losses = list(losses)

    def _write(self, key: str, write) -> bool:
        loss = self.losses.pop(0) if key == KEY and self.losses else ""
        if loss == "before":
            raise OutsideError("timed out", code="no_connection")
        done = write()
        if loss == "after":
            raise OutsideError("timed out", code="no_connection")
        return False if loss == "echo" else done

    def put_new(self, key: str, data: bytes) -> bool:
        return self._write(key, lambda: Store.put_new(self, key, data))

    def put_if(self, key: str, data: bytes, etag: str) -> bool:
        return self._write(key, lambda: Store.put_if(self, key, data, etag))


@pytest.mark.parametrize("loss", ["after", "echo"])
def test_a_write_that_won_unheard_counts_once(store: Store, loss: str):
    unsure = Unsure(store, loss, loss)
    assert swap(unsure, pin_next, why="").pinned == Ref(version=1, sha256="")
    assert swap(unsure, pin_next, why="").pinned == Ref(version=2, sha256="")
    assert read(store).generation == 2


def test_a_write_that_never_arrived_fails_and_can_be_repeated(store: Store):
    with pytest.raises(OutsideError, match="timed out"):
        swap(Unsure(store, "before"), pin_next, why="")
    assert swap(store, pin_next, why="").generation == 1


def test_an_own_write_is_recognised_below_a_later_one(store: Store):
    class Overtaken(Store):
        def put_new(self, key: str, data: bytes) -> bool:
            done = super().put_new(key, data)
            if key == KEY:
                swap(store, pin_next, why="overtaken")
                raise OutsideError("timed out")
            return done

    swap(Overtaken(store.uri, store._backend), pin_next, why="")
    after = read(store)
    assert after.generation == 2
    assert after.pinned == Ref(version=2, sha256="")


@pytest.mark.parametrize(
    "content", [b"", b"{", b'{"generation": "x"}', b'{"generation": 1, "new": 2}', b'{"weights": {"x": 1}}', b"\xff"]
)
def test_something_else_under_its_name_is_told(store: Store, content: bytes):
    store.put(KEY, content)
    with pytest.raises(OutsideError, match="is not a routing document"):
        read(store)


REF = {"version": 2, "sha256": "b" * 64}
RUNNING = {
    "id": "tried", "state": "running", "challenger": REF, "champion": REF, "steps": [5, 50, 100], "step": 0,
    "lease_s": 20, "started": "2026-01-01T00:00:00+00:00", "step_since": "2026-01-01T00:00:00+00:00",
}  # fmt: skip


@pytest.mark.parametrize(
    ("edit", "named"),
    [
        ({"step": 3}, "release Value error, step 3 is beyond the 3 steps"),
        ({"step": -1}, "release.step"),
        ({"steps": []}, "release.steps"),
        ({"steps": [0]}, "release.steps.0"),
        ({"steps": [200]}, "release.steps.0"),
        ({"lease_s": float("inf")}, "release.lease_s"),
        ({"lease_s": -1}, "release.lease_s"),
        ({"state": "paused"}, "release.state"),
    ],
)
def test_a_release_that_a_hand_made_impossible_is_no_routing_document(store: Store, edit: dict, named: str):
    store.put(KEY, json.dumps({"generation": 1, "release": RUNNING}).encode())
    assert read(store).release.share == 0.05
    store.put(KEY, json.dumps({"generation": 1, "release": RUNNING | edit}).encode())
    with pytest.raises(OutsideError, match=f"is not a routing document: {named}"):
        read(store)


def test_roles_that_serve_are_in_service():
    ref = Ref(version=1, sha256="")
    routing = Routing(champion=ref, pinned=ref, previous=Ref(version=2, sha256=""), weights={"3": 0.1, "4": 0.0})
    assert routing.in_service() == {1: "champion", 2: "previous", 3: "weighted"}


@pytest.mark.slow
def test_eight_processes_lose_no_swap(store: Store):
    with CHILDREN.Pool(8) as pool:
        pool.map(_swap_often, [(store.uri, 8)] * 8)
    assert read(store).generation == 64
    assert read(store).pinned == Ref(version=64, sha256="")
    assert sorted(event.generation for event in audit.events(store)) == list(range(1, 65))
    assert audit.verify(store, audit.head(store)) == []


def _swap_often(work: tuple[str, int]) -> None:
    for _ in range(work[1]):
        swap(Store.open(work[0], Path()), pin_next, why="")


@pytest.mark.slow
def test_a_killed_swap_leaves_a_whole_document_and_chain(store: Store):
    for turn in range(10):
        kill_after(0.02 + turn * 0.007, _swap_often, (store.uri, 10_000))
        assert json.loads(store.get(KEY) or b"{}").get("generation", 0) == read(store).generation
        assert audit.verify(store, audit.head(store)) == []
    last = swap(store, pin_next, why="")
    assert last.pinned == Ref(version=last.generation, sha256="")
    assert [event.generation for event in audit.events(store)] == list(range(1, last.generation + 1))


@pytest.mark.parametrize(
    ("champion", "previous", "undone", "stands_in"),
    [(2, 1, None, 1), (2, None, None, None), (1, 2, None, None), (2, 1, 1, None), (2, 1, 3, 1)],
)
def test_only_a_champion_that_was_taken_over_from_stands_in(champion, previous, undone, stands_in):
    refs = {n: Ref(version=n, sha256=str(n) * 64) for n in (1, 2, 3)}
    known = {"state": "rolled_back", "steps": (100.0,), "step": 0, "lease_s": 5.0, "started": "", "step_since": ""}
    release = undone and Release(id="r", challenger=refs[undone], champion=refs[champion], **known)
    found = Routing(champion=refs[champion], previous=refs.get(previous), release=release).stand_in
    assert found == refs.get(stands_in)
