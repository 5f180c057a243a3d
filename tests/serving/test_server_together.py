"""Rows that arrive together are scored together, and nobody can tell but by the clock."""

import asyncio
import dataclasses
import json

import numpy as np
import pytest
from released import FEATURES, Asked, frame, released

from modelyard.serving.assign import Assigned
from modelyard.serving.reply import Request
from modelyard.serving.turn import _ALONE, _FEW

pytestmark = pytest.mark.slow

ROWS = [{"a": i / 10 - 1, "b": "xy"[i % 2], "n": i} for i in range(20)]


def request(row):
    return Request("POST", "/predict", {b"content-type": b"application/json"}, json.dumps(row).encode())


def together(asked, rows=ROWS, turns=1):
    """Ask for all rows in one turn of the event loop, so many turns; return the answers of the last."""

    async def ask():
        waiting = [asked.app.respond(request(row)) for row in rows]
        return [await reply for reply in waiting]

    for _ in range(turns):
        replies = asyncio.run(ask())
    return [(reply.status, json.loads(reply.body)) for reply in replies]


def routed(asked, challenger, *places):
    """Assign the requests in these places of each turn to `challenger`, the others to the champion."""
    champion, at = asked.version, iter(range(10_000))

    @dataclasses.dataclass(frozen=True)
    class Fixed(type(asked.follower.state)):
        def assign(self, entity, number):
            if next(at) % len(ROWS) in places:
                return Assigned(challenger, "challenger", True, champion)
            return Assigned(champion, "champion", True, None)

    known = {f.name: getattr(asked.follower.state, f.name) for f in dataclasses.fields(asked.follower.state)}
    asked.follower.state = Fixed(**known)


def other(version, **changed):
    ref = version.ref.model_copy(update={"version": 2})
    return dataclasses.replace(version, ref=ref, shape=dataclasses.replace(version.shape, version=2), **changed)


def timed(asked, version, role):
    return sum(asked.app.metrics.series((str(version), role)).scorer.counts())


@pytest.mark.parametrize("features", [None, FEATURES], ids=["identity", "features"])
@pytest.mark.parametrize("estimator", ["linear", "boosting"])
def test_rows_asked_together_get_the_digits_that_each_gets_alone(estimator, features, tmp_path):
    asked = Asked(released(tmp_path, frame(), estimator=estimator, features=features), tmp_path)
    alone = [asked.predict(row).json() for row in ROWS]
    for (status, answer), expected in zip(together(asked), alone, strict=True):
        assert status == 200
        assert answer["probabilities"] == expected["probabilities"]
        assert answer["predictions"] == expected["predictions"]


def test_each_of_them_is_answered_by_the_version_it_was_assigned_to(tmp_path):
    asked = Asked(released(tmp_path), tmp_path)
    routed(asked, other(asked.version, write=lambda scores, number: (b'{"version": 2}', 0.0)), 3, 4, 19)
    assert [i for i, (_, answer) in enumerate(together(asked)) if answer["version"] == 2] == [3, 4, 19]


def test_a_row_that_fails_is_answered_by_the_champion_and_the_others_are_not_touched(tmp_path):
    asked = Asked(released(tmp_path), tmp_path)
    champion = asked.version

    def score(rows):
        if any(row[2] == 4 for row in rows):
            raise ValueError("four")
        return champion.score(rows)

    routed(asked, other(champion, score=score, one=lambda row: score([row])), 3, 4, 5)
    answers = together(asked)
    assert {status for status, _ in answers} == {200}
    challenger = asked.app.metrics.series(("2", "challenger"))
    assert challenger.failures() == 1
    assert [line["error"] for line in asked.lines if line.get("error")] == ["ValueError"]


def answered(asked):
    return sum(asked.app.metrics.series(("1", "champion")).request.counts())


def test_a_row_without_a_number_fails_by_itself(tmp_path):
    asked = Asked(released(tmp_path), tmp_path)
    champion = asked.version

    def score(rows):
        return np.where([[row[2] == 7] for row in rows], np.nan, champion.score(rows))

    asked.follower.state = dataclasses.replace(
        asked.follower.state, version=dataclasses.replace(champion, score=score, one=lambda row: score([row]))
    )
    assert [i for i, (status, _) in enumerate(together(asked)) if status != 200] == [7]


def test_only_rows_that_were_scored_alone_are_timed(tmp_path):
    asked = Asked(released(tmp_path), tmp_path)
    together(asked)
    assert timed(asked, 1, "champion") == 0
    together(asked, ROWS[:_FEW])
    assert timed(asked, 1, "champion") == _FEW


def test_a_server_that_is_always_busy_still_times_both_versions(tmp_path):
    asked = Asked(released(tmp_path), tmp_path)
    routed(asked, other(asked.version), 3)
    together(asked, turns=_ALONE)
    assert (timed(asked, 1, "champion"), timed(asked, 2, "challenger")) == (len(ROWS) - 1, 1)


def test_what_was_asked_together_is_counted_one_by_one(tmp_path):
    asked = Asked(released(tmp_path), tmp_path)
    together(asked)
    page = asked.get("/metrics").text
    assert 'modelyard_predictions_total{version="1",role="champion"} 20' in page
    assert 'modelyard_request_seconds_count{version="1",role="champion"} 20' in page


def test_every_answer_of_a_turn_is_sent_before_the_first_is_counted(tmp_path):
    asked, counted = Asked(released(tmp_path), tmp_path), []

    async def ask():
        for row in ROWS:
            asked.app.respond(request(row)).then(lambda _: counted.append(answered(asked)))
        await asyncio.sleep(0.1)

    asyncio.run(ask())
    assert counted == [0] * len(ROWS)
    assert answered(asked) == len(ROWS)


def test_an_answer_that_cannot_be_told_leaves_the_others_of_its_turn(tmp_path):
    asked, told = Asked(released(tmp_path), tmp_path), []

    async def ask():
        asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context["exception"]))
        first, *others = [asked.app.respond(request(row)) for row in ROWS]
        first.then(lambda _: 1 / 0)
        return [await reply for reply in others]

    assert {reply.status for reply in asyncio.run(ask())} == {200}
    assert [type(error) for error in told] == [ZeroDivisionError]
