"""Who answers while a release runs: sticky, monotone in the share, salted; the champion alone without a lease."""

from itertools import pairwise
from math import sqrt
from types import SimpleNamespace

import pytest

from modelyard.routing import Ref, Release
from modelyard.routing.release import bucket, clock
from modelyard.serving.assign import Split
from modelyard.serving.state import State

ONE, TWO = Ref(version=1, sha256="1"), Ref(version=2, sha256="2")
CHAMPION, CHALLENGER = SimpleNamespace(ref=ONE), SimpleNamespace(ref=TWO)
ENTITIES = [f"customer {n}" for n in range(4000)]


def state(percent, salt="a", shadow=False, lapses=60.0, challenger=CHALLENGER, running="running"):
    release = Release(
        id=salt, state=running, challenger=TWO, champion=ONE, steps=(percent,), step=0, lease_s=30, shadow=shadow,
        started="", step_since="",
    )  # fmt: skip
    return State(version=CHAMPION, split=Split(release, challenger, clock() + lapses))


def chosen(found):
    return {e for e in ENTITIES if found.assign(e, "r").version is CHALLENGER}


def test_without_a_model_nobody_answers():
    assert State().assign("e", "r") is None


def test_without_a_release_the_champion_answers_everything():
    found = State(version=CHAMPION)
    assert found.assign(None, "r") == (CHAMPION, "champion", True, None)
    assert found.shadow is None


def test_an_entity_keeps_its_version_whatever_the_request():
    found = state(50)
    for entity in ENTITIES[:200]:
        assert len({found.assign(entity, f"request {n}").version.ref.version for n in range(20)}) == 1


@pytest.mark.parametrize("percent", [0.5, 5, 25, 50, 95])
def test_the_share_is_what_the_step_says(percent):
    share, n = percent / 100, len(ENTITIES)
    assert abs(len(chosen(state(percent))) - share * n) < 5 * sqrt(n * share * (1 - share))
    requests = sum(state(percent).assign(None, f"request {k}").version is CHALLENGER for k in range(n))
    assert abs(requests - share * n) < 5 * sqrt(n * share * (1 - share))


def test_a_growing_share_takes_nobody_back():
    steps = [chosen(state(percent)) for percent in (1, 5, 25, 50, 75, 100)]
    assert all(a < b for a, b in pairwise(steps))
    assert steps[-1] == set(ENTITIES)


def test_another_release_draws_other_entities():
    one, other = chosen(state(25, "one")), chosen(state(25, "other"))
    expected = len(ENTITIES) / 16
    assert abs(len(one & other) - expected) < 5 * sqrt(expected)


def test_buckets_are_even_and_take_any_text():
    found = [bucket("salt", entity) for entity in ENTITIES]
    assert min(found) >= 0
    assert max(found) < 1
    assert abs(sum(found) / len(found) - 0.5) < 0.03
    for text in ("", "é", "\ud800", "x" * 100_000, "\0"):
        assert 0 <= bucket("s" * 500, text) < 1


def test_roles_stickiness_and_fallback_are_told():
    found = state(100)
    assert found.assign("e", "r") == (CHALLENGER, "challenger", True, CHAMPION)
    assert found.assign(None, "r") == (CHALLENGER, "challenger", False, CHAMPION)
    assert state(1e-9).assign(None, "r") == (CHAMPION, "champion", False, None)


def test_a_lapsed_lease_leaves_everything_to_the_champion_at_once():
    found = state(100, lapses=-0.001)
    assert found.assign("e", "r") == (CHAMPION, "champion", True, None)
    assert state(100, shadow=True, lapses=-0.001).shadow is None
    assert found.split.share == 0


def test_a_challenger_that_is_not_loaded_gets_no_traffic():
    found = state(100, challenger=None)
    assert found.assign("e", "r").version is CHAMPION
    assert found.split.share == 0


def test_a_shadow_is_asked_and_never_answers():
    found = state(100, shadow=True)
    assert found.shadow is CHALLENGER
    assert found.assign("e", "r") == (CHAMPION, "champion", True, None)
    assert state(100).shadow is None
