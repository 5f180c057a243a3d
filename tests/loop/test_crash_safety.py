import random
import shutil
import signal

import crashing
import pytest

pytestmark = pytest.mark.slow

KILLED = -signal.SIGKILL


def copy(origin, tmp_path):
    root = tmp_path / "project é"
    shutil.copytree(origin, root)
    return root


def nth(writes, name, number):
    """Return the position of the write called `name` that comes as `number` of its kind."""
    return [i for i, write in enumerate(writes) if write.partition(" .tmp")[0] == name][number]


@pytest.mark.parametrize(
    "place",
    [
        ("open model.json", 0, "the model is written, and nothing says what it is"),
        ("os.rmdir .bundle", 0, "the bundle is in the store, no registry knows it"),
    ],
    ids=lambda place: place[2],
)
def test_a_run_killed_while_it_trains_or_packs_ends_as_an_undisturbed_one(place, untouched, undisturbed, tmp_path):
    expected, writes = undisturbed
    at = next(i for i, w in enumerate(writes) if w.startswith(place[0]))
    root = copy(untouched, tmp_path)
    assert crashing.in_child(root, kill_at=at)[0] == KILLED
    assert crashing.in_child(root)[0] == 0
    assert crashing.state(root) == expected


@pytest.fixture(scope="session")
def registering(judged, tmp_path_factory):
    """The writes of a run that has only its registration left."""
    root = tmp_path_factory.mktemp("registering") / "project"
    shutil.copytree(judged, root)
    code, writes = crashing.in_child(root)
    assert code == 0
    return writes


@pytest.mark.parametrize(
    ("name", "number", "later"),
    [
        ("os.link", -2, 0),  # before routing knows the version
        ("os.link", -2, 1),  # routing knows it, the audit chain does not
        ("os.link", -1, 2),  # the chain knows it, the registry's aliases do not
        ("commit", -1, 2),  # all is done, and nothing says so
        ("os.link", -2, -8),  # amid the registration
        ("os.link", -2, -4),
    ],
)
def test_a_run_killed_while_it_registers_ends_as_an_undisturbed_one(
    name, number, later, judged, registering, undisturbed, tmp_path
):
    root = copy(judged, tmp_path)
    at = nth(registering, name, number) + later
    assert crashing.in_child(root, kill_at=at)[0] == KILLED
    assert crashing.in_child(root)[0] == 0
    assert crashing.state(root) == undisturbed[0]


def test_a_run_killed_again_and_again_ends_as_an_undisturbed_one(untouched, undisturbed, tmp_path):
    root = copy(untouched, tmp_path)
    draw = random.Random(1)
    most, kills = 40, 0
    while crashing.in_child(root, kill_at=draw.randrange(most))[0] == KILLED:
        most += 12
        kills += 1
    assert kills >= 3
    assert crashing.in_child(root)[0] == 0
    assert crashing.state(root) == undisturbed[0]


def test_a_repeated_training_that_is_killed_is_not_taken_for_finished(untouched, undisturbed, tmp_path):
    root = copy(untouched, tmp_path)
    assert crashing.in_child(root, stages=("train",))[0] == 0
    _, writes = crashing.in_child(root, stages=("train",), force=True)
    at = writes.index("open model.json")
    assert crashing.in_child(root, kill_at=at, stages=("train",), force=True)[0] == KILLED
    assert crashing.in_child(root)[0] == 0
    assert crashing.state(root) == undisturbed[0]


def test_nothing_half_registered_is_seen_after_a_kill(judged, registering, tmp_path):
    root = copy(judged, tmp_path)
    assert crashing.in_child(root, kill_at=nth(registering, "os.link", -2) - 4)[0] == KILLED
    seen = crashing.state(root)
    assert seen["routing"]["champion"] is None
    assert [v for v in seen["versions"] if "champion" in v[3]] == []
    assert seen["chain"] == "intact"
