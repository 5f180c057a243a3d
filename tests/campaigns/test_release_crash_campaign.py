"""Kills the controller of a release at two hundred random writes; each time the next command ends it well."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "release"))

import projects
import pytest
import release_crashes
import releasing

from modelyard.registry.client import connect

pytestmark = pytest.mark.campaign

KILLS = 200 // int(os.environ.get("CAMPAIGN_EVERY", "1"))


def test_two_hundred_kills_of_a_controller_are_brought_to_a_right_end(campaign_root, results):
    origin = campaign_root / "release"
    releasing.make(origin, connect)
    projects.edit(origin, release__lease_s=1, release__every_s=0.02, release__hold_s=0, release__steps=[50, 100])
    wrong = release_crashes.sample(origin, campaign_root, seed=4, count=KILLS)
    results |= {"kills": KILLS, "ended_wrongly": len(wrong)}
    assert wrong == {}
