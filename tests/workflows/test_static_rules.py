"""Every rule over the workflows of every variant of a generated repository, and over ours."""

from pathlib import Path

import pytest
import rules_commands
import rules_environments
import rules_hardening
from variants import VARIANTS, repository
from workflow_files import load

pytestmark = pytest.mark.slow

RULES = (*rules_hardening.RULES, *rules_environments.RULES, *rules_commands.RULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("variant", VARIANTS)
def test_a_rule_holds(variant, rule):
    assert list(rule(load(repository(variant)))) == []


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_target_of_make_exists(variant):
    project = repository(variant)
    assert list(rules_commands.targets_exist(load(project), project)) == []


@pytest.mark.parametrize(("variant", "names"), VARIANTS.items())
def test_a_variant_has_its_workflows_and_no_other(variant, names):
    assert {workflow.name for workflow in load(repository(variant))} == names


@pytest.mark.parametrize("name", ["infra", "update"])
def test_a_platform_repository_has_the_same_file(name):
    path = Path(".github/workflows") / f"{name}.yml"
    assert (repository("platform") / path).read_text() == (repository("own") / path).read_text()


def test_the_same_action_has_the_same_pin_everywhere():
    everything = [workflow for variant in VARIANTS for workflow in load(repository(variant))]
    assert list(rules_hardening.actions_are_pinned(everything)) == []
