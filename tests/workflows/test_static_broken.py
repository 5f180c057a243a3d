"""Each rule of the static proof can fail: one good workflow keeps all of them, and each way to break it is named."""

from pathlib import Path

import pytest
import rules_commands
import rules_environments
import rules_hardening
import yaml
from workflow_files import Workflow

HERE = Path(__file__).parent
GOOD = (HERE / "good_workflow.yml").read_text()
BROKEN = yaml.safe_load((HERE / "broken_workflows.yaml").read_text())
WAYS = [(rule, way["before"], way["after"]) for rule, ways in BROKEN.items() for way in ways]


@pytest.fixture
def rules(tmp_path):
    """Every rule by its name, over the workflows of one repository."""
    (tmp_path / "Makefile").write_text("lint:\n\ttrue\n")
    everything = (*rules_hardening.RULES, *rules_environments.RULES, *rules_commands.RULES)
    found = {rule.__name__: rule for rule in everything}
    return found | {"targets_exist": lambda workflows: rules_commands.targets_exist(workflows, tmp_path)}


def test_a_good_workflow_keeps_every_rule(rules):
    workflows = [Workflow("good", GOOD)]
    assert {name: problems for name, rule in rules.items() if (problems := list(rule(workflows)))} == {}


def test_every_rule_is_shown_to_fail(rules):
    assert rules.keys() == BROKEN.keys()


@pytest.mark.parametrize(("rule", "before", "after"), WAYS)
def test_a_broken_workflow_is_named(rules, rule, before, after):
    assert before in GOOD
    broken = Workflow("broken", GOOD.replace(before, after, 1))
    assert list(rules[rule]([broken])), f"{rule} sees nothing wrong with {after!r}"
