"""A controller that is killed at any write leaves a state that the next command brings to one of the right ends."""

import random
import shutil

import projects
import pytest
import release_crashes as crashes

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def origin(two_versions, tmp_path_factory):
    """The project, with a lease that is over soon."""
    root = tmp_path_factory.mktemp("origin") / "project"
    shutil.copytree(two_versions, root)
    projects.edit(root, release__lease_s=1, release__every_s=0.02, release__hold_s=0, release__steps=[50, 100])
    return root


def test_a_seeded_sample_of_kills_is_brought_to_a_right_end(origin, tmp_path):
    assert crashes.sample(origin, tmp_path, seed=random.Random(4).randrange(1000), count=10) == {}


def test_a_kill_right_after_the_promotion_is_a_promotion(origin, tmp_path):
    root = tmp_path / "project"
    shutil.copytree(origin, root)
    _, writes, _ = crashes.in_child(root, ["advance"])
    shutil.rmtree(root)
    # the last document before the registry follows: the event, the log and the aliases are still owed
    at = max(i for i, write in enumerate(writes) if write.startswith("open .lock")) + 3
    assert crashes.trial(origin, root, [at], ["advance"]) == ""
