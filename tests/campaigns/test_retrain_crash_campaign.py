"""Kills a retraining at forty writes, spread over all of them; each time the next call continues it, and once."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "monitoring"))

import pytest
import retrain_crashes
import retraining_project as world

from modelyard.registry.client import connect

pytestmark = [pytest.mark.campaign, pytest.mark.timeout(0)]

KILLS = max(2, 40 // int(os.environ.get("CAMPAIGN_EVERY", "1")))


def test_a_retraining_killed_at_any_write_is_continued_once(campaign_root, results):
    blank = campaign_root / "blank" / "mlflow.db"
    blank.parent.mkdir()
    connect(f"sqlite:///{blank}")
    trained = campaign_root / "trained"
    world.made(trained, blank)
    origin = retrain_crashes.ready(trained, campaign_root / "labelled")
    expected, writes = retrain_crashes.undisturbed(origin, campaign_root / "unkilled")
    trials = {at: retrain_crashes.trial(origin, campaign_root / f"at {at}", at, expected) for at in _kills(writes)}
    wrong = {at: (writes[at], what) for at, what in trials.items() if what}
    results |= {"writes": len(writes), "kills": len(trials), "ended_wrongly": len(wrong)}
    assert wrong == {}


def _kills(writes):
    # the first and the last writes are the state's own, and lie close together
    return sorted({*retrain_crashes.drawn(writes, KILLS, seed=3), 0, 1, len(writes) - 2, len(writes) - 1})
