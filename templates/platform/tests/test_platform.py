"""What has to stay true of the platform, whatever is changed in platform.yaml or in a layer's program."""

from functools import cache
from pathlib import Path

import pytest

from modelyard.infra.platform import Platform, load
from modelyard.infra.platform.model import Repository
from modelyard.infra.review import Review, review

ROOT = Path(__file__).parents[1]
PLATFORM = load(ROOT / "platform.yaml")


def planned(platform: Platform, env: str) -> Review:
    name = next(name for name in platform.environments if name == env)
    return review(platform, name, ejected=ROOT / "stacks")


@cache
def as_it_is(env: str) -> Review:
    return planned(PLATFORM, env)


@pytest.fixture(params=list(PLATFORM.environments))
def environment(request: pytest.FixtureRequest) -> Review:
    return as_it_is(request.param)


def test_nothing_would_stop_an_up(environment: Review) -> None:
    assert not environment.problems
    assert not [finding for finding in environment.violations if finding.severity == "mandatory"]


def test_it_costs_less_than_its_budget(environment: Review) -> None:
    budgets = {name: section.budget.monthly_usd for name, section in PLATFORM.environments.items()}
    assert environment.cost.monthly_usd <= {str(name): usd for name, usd in budgets.items()}[environment.env]


def test_the_programs_are_those_of_this_repository() -> None:
    layers = {path.parent.name for path in (ROOT / "stacks").glob("*/__main__.py")}
    assert {layer.name for layer in as_it_is(next(iter(PLATFORM.environments))).layers} <= layers


def test_a_repository_that_joins_gets_a_service() -> None:
    joined = (*PLATFORM.repositories, Repository(name="one-more"))
    grown = PLATFORM.model_copy(update={"repositories": joined})
    first = planned(grown, next(iter(PLATFORM.environments)))
    assert not first.problems
    project = next(layer for layer in first.layers if layer.name == "project")
    assert "one-more" in project.outputs
