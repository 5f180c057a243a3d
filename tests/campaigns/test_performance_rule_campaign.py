"""Runs the performance rule over streams whose truth is known; counts false alarms, misses and weeks until an alert."""

import os
import statistics
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "monitoring"))

import streams

pytestmark = [pytest.mark.campaign, pytest.mark.timeout(0)]

SEEDS = int(os.environ.get("CAMPAIGN_SEEDS", "100"))
MOVES = {"0.3 at once": (0.3, 1), "0.6 at once": (0.6, 1), "1.0 at once": (1.0, 1), "0.6 over 8 weeks": (0.6, 8)}


@pytest.fixture(scope="module", autouse=True)
def described(results):
    """Says what is measured."""
    results |= {"seeds": SEEDS, "weeks_of_calm": 26, "calm": {}, "weeks_after_move": 12, "moved": {}}


@pytest.mark.parametrize("name", streams.CALM)
def test_a_calibrated_model_is_left_alone_for_half_a_year(name, results):
    told = [streams.watch(streams.CALM[name], seed) for seed in range(SEEDS)]
    looks = sum(t.judged for t in told)
    alarmed = {kind: sum(any(getattr(t, kind)) for t in told) / SEEDS for kind in ("calibration", "skill")}
    row = {"judged_looks": looks, **{f"streams_with_{kind}_alarm": share for kind, share in alarmed.items()}}
    results["calm"][name] = row
    print(f"\ncalm, {name}: {row}")  # noqa: T201 - the rates are what a campaign is for
    assert max(alarmed.values()) <= 0.15  # 26 looks at the 99 % level, of which neighbours share their rows


@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("name", streams.CALM)
def test_a_truth_that_moves_away_is_noticed(name, move, results):
    size, over = MOVES[move]
    stream = streams.moved(streams.CALM[name], size, over)
    told = [streams.watch(stream, seed) for seed in range(SEEDS)]
    delays = [d for t in told if (d := streams.delay(stream, t)) is not None]
    row = {"missed": round(1 - len(delays) / SEEDS, 3), "median_weeks": statistics.median(delays) if delays else None}
    results["moved"][f"{name}, {move}"] = row
    print(f"\nmoved, {name}, {move}: {row}")  # noqa: T201 - as above
    if size >= 1 and name not in streams.HARD:
        assert row["missed"] <= 0.05
