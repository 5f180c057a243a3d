"""A seeded sample of the campaign: what the performance rule says of streams whose truth is known."""

import pytest
import streams
from streams import Stream

SEEDS = range(3)


@pytest.mark.parametrize("name", ["200 a day, days differ by 0.3", "30 a day", "5 a day, 2 % positives"])
def test_a_calibrated_model_is_left_alone(name):
    for seed in SEEDS:
        told = streams.watch(streams.CALM[name], seed)
        assert not any(told.calibration + told.skill)


def test_a_truth_that_moves_away_is_noticed_within_weeks():
    for seed in SEEDS:
        stream = streams.moved(Stream(per_day=30, days_differ=0.3), 1.0, 1)
        told = streams.watch(stream, seed)
        assert streams.delay(stream, told) in range(1, 6)
        assert not any(up for week, up in told.by_week if week < stream.begins)


def test_too_few_events_are_not_judged_and_the_reason_is_said():
    told = streams.watch(Stream(per_day=5, rate=0.02), 0)
    assert told.judged == 0
    reasons = [w.reason for w in streams.windows(Stream(per_day=5, rate=0.02), 0)]
    assert reasons[0] == "7 blocks (day) are too few"
    assert all(reason.endswith("rows of the rarer class are too few") for reason in reasons[1:])


def test_positives_that_never_come_are_noticed_although_none_is_seen():
    stream = streams.moved(Stream(per_day=200, rate=0.05), -9.0, 1)
    assert streams.delay(stream, streams.watch(stream, 0)) in range(1, 6)
