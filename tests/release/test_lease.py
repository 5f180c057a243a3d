"""A lease is renewed while its holder lives, is over for good once it lapsed, and two never hold one."""

import threading
import time

import pytest
from children import CHILDREN
from releasing import Played, agree

from modelyard.errors import OutcomeError, OutsideError
from modelyard.loop.context import Context
from modelyard.release import begin, moves
from modelyard.release.candidate import Candidate
from modelyard.release.controller import StartRequest, control, promote, resume, start, status
from modelyard.release.lease import Lease, left_s
from modelyard.routing import document
from modelyard.routing.release import clock

pytestmark = pytest.mark.slow

WAIT = StartRequest(wait=True)


def begun(project):
    """Begin a release whose controller never comes; return its store and itself."""
    context = Context.of(project)
    routing = document.read(context.store)
    candidate = Candidate(ref=routing.challenger, best=False, notes=[])
    release = begin.made(begin.template(project, StartRequest()), candidate, routing.champion)
    begin.enter(context, release)
    return context.store, release


def test_a_renewal_makes_the_lease_young_and_is_no_new_generation(project):
    store, release = begun(project(release__lease_s=5))
    before = document.read(store)
    time.sleep(0.2)
    assert left_s(store, release) < 4.9
    renewed = document.renew(store, release.holder)
    assert left_s(store, release) > 4.9
    assert renewed.model_copy(update={"nonce": before.nonce, "recent": before.recent}) == before
    assert before.nonce in renewed.recent


def test_only_its_holder_renews_a_lease(project):
    store, release = begun(project())
    assert document.renew(store, "somebody else") is None
    document.swap(store, lambda r: moves.aborted(r, r.release, "test"), why="", action="aborted")
    assert document.renew(store, release.holder) is None


def test_a_renewal_loses_no_swap_that_comes_between(project):
    store, release = begun(project())
    done = threading.Event()

    def renewing():
        while not done.wait(0.02):
            document.renew(store, release.holder)

    thread = threading.Thread(target=renewing)
    thread.start()
    for _ in range(20):
        document.swap(
            store, lambda r: r.model_copy(update={"weights": {"1": r.weights.get("1", 0) + 1}}), why="", action="t"
        )
    done.set()
    thread.join()
    assert document.read(store).weights == {"1": pytest.approx(20.95)}


def test_a_lease_that_lapsed_is_not_renewed(project):
    store, release = begun(project())
    lease = Lease(store, release.holder, 1.0, clock() - 1.5)
    before = document.read(store)
    assert not lease.alive
    lease.renew()
    assert document.read(store) == before
    assert not lease.alive


def test_a_store_that_fails_for_a_moment_ends_no_lease(project):
    store, release = begun(project())

    class Flaky:
        failures = 2

        def get_tagged(self, key):
            if self.failures:
                self.failures -= 1
                raise OutsideError("the network is down")
            return store.get_tagged(key)

        put_if = store.put_if

    lease = Lease(Flaky(), release.holder, 2.0, clock() - 1.0)
    lease.renew()
    lease.renew()
    assert lease._until < clock() + 1.1
    lease.renew()
    assert lease.alive
    assert lease._until > clock() + 1.5


def test_a_controller_whose_lease_lapsed_gains_nothing_any_more(project):
    made = project(release__lease_s=1, release__steps=[50])

    class Asleep(Played):
        def look(self, release):
            time.sleep(1.5)
            return super().look(release)

    import modelyard.release.lease as leases

    renew, leases.Lease.renew = leases.Lease.renew, lambda _: None
    try:
        result = start(made, WAIT, watch=Asleep("advance"))
    finally:
        leases.Lease.renew = renew
    assert (result.state, result.reason) == ("rolled_back", "its lease lapsed")
    assert agree(made).champion.version == 1


def test_a_second_release_is_refused_while_one_runs(project):
    made = project()
    said = []

    def again(servers):
        if servers.looks == 1:
            for command in (lambda: start(made, WAIT, watch=Played()), lambda: resume(made, wait=True, watch=Played())):
                with pytest.raises(OutcomeError) as caught:
                    command()
                said.append(caught.value.code)

    made = project_with_short_lease(made)
    assert start(made, WAIT, watch=Played("hold", "advance", act=again)).state == "promoted"
    assert said == ["release_running", "release_running"]


def project_with_short_lease(project):
    import projects

    return projects.edit(project.root, release__lease_s=2)


def test_a_release_without_its_controller_lapses_and_is_resumed_from_its_first_step(project):
    made = project(release__lease_s=1, release__steps=[5, 100])
    store, release = begun(made)
    document.swap(store, lambda r: moves.advanced(r, r.release), why="", action="release_advanced", subject="v2")
    servers = Played()
    result = resume(made, wait=True, watch=servers)
    assert result.state == "promoted"
    assert servers.steps == [(0, 0.05), (1, 1.0)]
    assert result.release != release.id
    routing = agree(made)
    assert routing.champion.version == 2
    from modelyard.routing import audit

    told = [(e.action, e.why) for e in audit.events(store)]
    assert ("rolled_back", "the lease lapsed at step 2") in told


def test_a_lapsed_release_is_not_promoted_by_hand_and_gives_way_to_a_new_one(project):
    made = project(release__lease_s=1)
    begun(made)
    time.sleep(1.1)
    assert status(made).lease_s == 0
    with pytest.raises(OutcomeError, match="lapsed"):
        promote(made)
    assert start(made, StartRequest(version=2, wait=True), watch=Played()).state == "promoted"


def test_a_resumed_release_that_has_ended_stays_as_it_is(project):
    made = project()
    start(made, WAIT, watch=Played("roll_back"))
    before = document.read(Context.of(made).store)
    assert resume(made, wait=True, watch=Played()).state == "rolled_back"
    assert document.read(Context.of(made).store) == before


def _start(project, go, results):
    go.wait()
    try:
        results.put(start(project, WAIT, watch=Played("hold", "hold", "hold", "advance")).state)
    except OutcomeError as error:
        results.put(error.code)


def test_of_two_controllers_at_once_exactly_one_wins(project):
    made = project(release__every_s=0.3)
    go, results = CHILDREN.Event(), CHILDREN.Queue()
    children = [CHILDREN.Process(target=_start, args=(made, go, results)) for _ in range(2)]
    for child in children:
        child.start()
    go.set()
    assert sorted(results.get(timeout=60) for _ in children) == ["promoted", "release_running"]
    for child in children:
        child.join()
    assert agree(made).champion.version == 2


def test_a_holder_that_was_replaced_gives_up(project):
    made = project()
    _, release = begun(made)
    with pytest.raises(moves.EndedError):
        control(made, "somebody else", watch=Played())
    assert control(made, release.holder, watch=Played()).state == "promoted"
