"""Plain `pulumi`, typed in `infra/` of an ML repository that `new` made: its small stack's file is enough."""

import pytest
import yaml
from test_plain_pulumi import host, pulumi_in

from modelyard.scaffold.pristine import pristine

__all__ = ["host"]

ACCOUNT = "123456789012"
SEEN = """
pulumi.export("seen", [settings.project, settings.env, settings.account, settings.region])
"""
PROJECT = {
    "name": "churn",
    "task": "binary",
    "data": {"source": "data/churn.parquet", "target": "churned"},
    "evaluation": {"metric": "roc_auc"},
    "environments": {"dev": {"store": f"s3://churn-dev-store-{ACCOUNT}/churn"}},
}


@pytest.fixture
def infra(tmp_path):
    """The folder, with the head of its program: the rest needs the layers below."""
    answers = {"project_name": "churn", "platform": "own", "platform_name": "churn", "account": ACCOUNT}
    pristine("tabular", {**answers, "region": "eu-west-1"}, tmp_path / "churn")
    (tmp_path / "churn/modelyard.yaml").write_text(yaml.safe_dump(PROJECT), encoding="utf-8")
    program = tmp_path / "churn/infra/__main__.py"
    text = program.read_text(encoding="utf-8")
    head, found, _ = text.partition("settings = read(ProjectLayer)\n")
    assert found
    program.write_text(head + found + SEEN, encoding="utf-8")
    settings = program.with_name("Pulumi.yaml")  # this environment instead of the repository's own
    settings.write_text(
        settings.read_text(encoding="utf-8").replace("    virtualenv: ../.venv\n", ""), encoding="utf-8"
    )
    return program.parent


@pytest.mark.slow
def test_the_stack_s_file_and_platform_yaml_together_are_the_configuration(backend, host, infra):
    pulumi_in(infra, "stack", "init", "organization/modelyard-project/churn.dev", "--non-interactive")
    named = ("--stack", "churn.dev", "--config-file", "Pulumi.dev.yaml", "--non-interactive")
    pulumi_in(infra, "up", "--yes", "--skip-preview", *named)
    seen = pulumi_in(infra, "stack", "output", "seen", "--json", "--stack", "churn.dev")
    assert yaml.safe_load(seen) == ["churn", "dev", ACCOUNT, "eu-west-1"]


@pytest.mark.slow
def test_a_stack_that_only_bears_the_environment_s_name_makes_nothing(backend, host, infra):
    pulumi_in(infra, "stack", "init", "organization/modelyard-project/dev", "--non-interactive")
    with pytest.raises(AssertionError, match=r"would make everything of 'churn\.dev' a second time"):
        pulumi_in(infra, "up", "--yes", "--skip-preview", "--non-interactive", "--stack", "dev")
