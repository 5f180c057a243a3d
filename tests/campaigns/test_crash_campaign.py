"""Kills a run before every single one of its writes, and at random moments; each time the next run ends it well."""

import os
import random
import shutil

import crashing
import projects
import pytest

from modelyard.registry.client import connect

pytestmark = pytest.mark.campaign

EVERY = int(os.environ.get("CAMPAIGN_EVERY", "1"))  # 1 tries every write, 10 every tenth
MOMENTS = max(1, 60 // EVERY)


@pytest.fixture(scope="session")
def world(campaign_root):
    """An untouched project, and what an undisturbed run leaves: its state, its writes, its seconds."""
    origin, twin = campaign_root / "origin", campaign_root / "twin"
    projects.make(origin)
    (origin / ".modelyard").mkdir()
    connect(f"sqlite:///{origin / '.modelyard' / 'mlflow.db'}")
    shutil.copytree(origin, twin)
    code, writes = crashing.in_child(twin)
    assert code == 0
    return origin, crashing.state(twin), writes


def test_a_kill_before_any_write_is_finished_by_the_next_run(world, campaign_root, results):
    origin, expected, writes = world
    wrong = {}
    for at in range(0, len(writes), EVERY):
        root = campaign_root / f"at {at}"
        shutil.copytree(origin, root)
        crashing.in_child(root, kill_at=at)
        code, _ = crashing.in_child(root)
        found = crashing.state(root)
        if code != 0 or found != expected:
            wrong[at] = (writes[at], code, [k for k in expected if found.get(k) != expected[k]])
        shutil.rmtree(root)
    results["before a write"] = {"kills": len(range(0, len(writes), EVERY)), "ended_wrongly": len(wrong)}
    assert wrong == {}


def test_a_kill_at_any_moment_is_finished_by_the_next_run(world, campaign_root, results):
    origin, expected, _ = world
    draw, wrong = random.Random(7), {}
    for number in range(MOMENTS):
        root = campaign_root / f"moment {number}"
        shutil.copytree(origin, root)
        after = [draw.uniform(0.05, 3.0) for _ in range(draw.randrange(1, 4))]
        for seconds in after:
            crashing.in_child(root, kill_after_s=seconds)
        code, _ = crashing.in_child(root)
        if code != 0 or crashing.state(root) != expected:
            wrong[number] = (after, code)
        shutil.rmtree(root)
    results["at a random moment"] = {"trials": MOMENTS, "ended_wrongly": len(wrong)}
    assert wrong == {}
