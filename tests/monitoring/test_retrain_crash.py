"""A retraining killed at any write is continued by the next call, and done once; the campaign tries many writes."""

import pytest
import retrain_crashes

# seven whole retrainings, of which the set-up counts too: minutes each on a machine that does much else
pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]


def test_a_killed_retraining_is_continued(trained, tmp_path):
    origin = retrain_crashes.ready(trained, tmp_path / "ready")
    expected, writes = retrain_crashes.undisturbed(origin, tmp_path / "undisturbed")
    for at in retrain_crashes.drawn(writes, 2, seed=11):
        assert retrain_crashes.trial(origin, tmp_path / "project é", at, expected) == {}, (at, writes[at])
