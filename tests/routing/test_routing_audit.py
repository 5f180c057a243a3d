import json
from pathlib import Path

import pytest
from children import CHILDREN

from modelyard.data.store import Store
from modelyard.errors import OutsideError
from modelyard.routing import actor, audit


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.open("store", tmp_path)


def add(store: Store, number: int) -> audit.Event:
    return audit.append(
        store, action="registered", subject=f"v{number}", why="passed", generation=number, key=f"key {number}"
    )


@pytest.fixture
def chain(store: Store) -> Store:
    for number in range(1, 7):
        add(store, number)
    return store


def name(number: int) -> str:
    return f"audit/{number:06d}.json"


def edit(store: Store, number: int, **changes: object) -> None:
    document = json.loads(store.get(name(number)) or b"")
    store.put(name(number), json.dumps(document | changes).encode())


def test_events_come_back_in_order_and_chained(chain: Store):
    events = audit.events(chain)
    assert [event.number for event in events] == [1, 2, 3, 4, 5, 6]
    assert events[0].previous == ""
    assert all(event.previous and event.who and event.time for event in events[1:])
    assert audit.verify(chain, audit.head(chain)) == []


def test_an_empty_chain_is_intact(store: Store):
    assert audit.events(store) == []
    assert audit.head(store) is None
    assert audit.verify(store, None) == []


def test_a_key_gives_one_event(chain: Store):
    assert add(chain, 3) == audit.events(chain)[2]
    assert len(audit.events(chain)) == 6


def test_without_a_key_each_event_is_its_own(store: Store):
    for _ in range(2):
        audit.append(store, action="a", subject="s", why="", generation=0)
    assert len(audit.events(store)) == 2


@pytest.mark.parametrize("number", [1, 3, 5])
def test_a_changed_event_is_named(chain: Store, number: int):
    edit(chain, number, who="somebody else")
    assert audit.verify(chain, None) == [f"{name(number)}: changed after {name(number + 1)} was written"]


def test_a_changed_last_event_is_seen_by_the_noted_head(chain: Store):
    head = audit.head(chain)
    edit(chain, 6, why="other")
    assert audit.verify(chain, head) == [f"{name(6)}: changed since its hash was noted in the registry"]


@pytest.mark.parametrize(("gone", "said"), [([1], name(1)), ([3], name(3)), ([2, 3], f"{name(2)} to {name(3)}")])
def test_a_removed_event_is_named(chain: Store, gone: list[int], said: str):
    for number in gone:
        chain.delete(name(number))
    assert audit.verify(chain, None) == [f"{said}: removed"]


def test_a_cut_off_tail_is_seen_by_the_noted_head(chain: Store):
    head = audit.head(chain)
    chain.delete(name(5))
    chain.delete(name(6))
    assert audit.verify(chain, None) == []
    assert audit.verify(chain, head) == [f"{name(5)}: removed", f"{name(6)}: removed"]
    add(chain, 50)
    add(chain, 60)
    assert audit.verify(chain, head) == [f"{name(6)}: changed since its hash was noted in the registry"]


def test_all_removed_is_seen_by_the_noted_head(chain: Store):
    head = audit.head(chain)
    for number in range(1, 7):
        chain.delete(name(number))
    assert len(audit.verify(chain, head)) == 6


def test_a_head_noted_earlier_is_no_problem(chain: Store):
    head = audit.head(chain)
    add(chain, 7)
    assert audit.verify(chain, head) == []


def test_exchanged_and_renumbered_events_are_seen(chain: Store):
    second, third = chain.get(name(2)), chain.get(name(3))
    assert second is not None
    assert third is not None
    chain.put(name(2), third)
    chain.put(name(3), second)
    assert any("says it is event" in problem for problem in audit.verify(chain, None))


def test_what_is_no_event_is_named_and_does_not_stop_the_chain(chain: Store):
    chain.put(name(6), b"\xff not json")
    assert f"{name(6)}: not an event" in audit.verify(chain, None)
    assert add(chain, 7).number == 7
    chain.put("audit/note.txt", b"not of the chain")
    assert add(chain, 8).number == 8


def test_a_head_survives_being_written_down(chain: Store):
    head = audit.head(chain)
    assert head is not None
    assert audit.Head.parse(str(head)) == head


@pytest.mark.slow
def test_many_processes_add_each_event_once(store: Store):
    with CHILDREN.Pool(6) as pool:
        pool.map(_add_many, [store.uri] * 6)
    events = audit.events(store)
    assert len(events) == 20
    assert len({event.key for event in events}) == 20
    assert audit.verify(store, audit.head(store)) == []


def _add_many(uri: str) -> None:
    store = Store.open(uri, Path())
    for number in range(20):
        add(store, number)


def test_a_store_that_fails_says_so(store: Store):
    class Failing(Store):
        def put_new(self, key: str, data: bytes) -> bool:
            raise OutsideError("the disk is full")

    with pytest.raises(OutsideError, match="full"):
        add(Failing(store.uri, store._backend), 1)


def test_the_actor_is_github_first(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GITHUB_ACTOR", "octocat")
    actor.actor.cache_clear()
    assert actor.actor() == "octocat"
    actor.actor.cache_clear()


def test_without_git_the_actor_is_the_user(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("GITHUB_ACTOR", raising=False)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("USER", "ada")
    actor.actor.cache_clear()
    assert actor.actor() == "ada"
    actor.actor.cache_clear()
