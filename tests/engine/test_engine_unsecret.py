"""A preview where the state can be read and its secrets cannot be opened: as on a pull request."""

import tempfile

import pytest
from small import target

from modelyard.infra.engine import run as engine

PROGRAM = """\
import pulumi
import pulumi_aws as aws

from modelyard.infra.components.project.token import Token, TokenArgs

config = pulumi.Config()
token = pulumi.Output.secret(config.get("token") or "hunter2")
bucket = aws.s3.Bucket("data", bucket="acme-data", tags={"size": config.get("size") or "1"})
Token("service", TokenArgs(project="churn", env="dev", key_arn=bucket.arn))
header = {"key": "Authorization", "value": pulumi.Output.concat("Bearer ", token)}
for name, about in {"told": config.get("about"), "hub": "always"}.items():
    aws.cloudwatch.EventConnection(
        name,
        name=f"acme-{name}",
        description=about or "first",
        authorization_type="API_KEY",
        auth_parameters={"api_key": header},
    )
if config.get("more"):
    aws.sns.Topic("more", name="more", policy=token, opts=pulumi.ResourceOptions(depends_on=[bucket]))
pulumi.export("token", token)
"""
ABOVE = """\
import pulumi
import pulumi_aws as aws

below = pulumi.StackReference("organization/modelyard-demo/dev")
aws.ssm.Parameter("token", name="/token", type="SecureString", value=below.require_output("token"))
"""
SECRETS = {
    "aws:secretsmanager/secretVersion:SecretVersion",
    "aws:ssm/parameter:Parameter",
    "aws:secretsmanager/getRandomPassword:getRandomPassword",
}


def changes(outcome):
    return [(layer.create, layer.update, layer.delete) for layer in outcome.layers]


@pytest.fixture
def layers(tmp_path):
    return lambda **config: [target(tmp_path, PROGRAM, **config), target(tmp_path, ABOVE, name="upper")]


@pytest.fixture
def held(tmp_path):
    return lambda: {each: each.read_bytes() for each in (tmp_path / "state").rglob("*") if each.is_file()}


@pytest.mark.slow
def test_without_the_passphrase_all_but_secret_values_is_compared(run, cloud, layers, held, tmp_path, monkeypatch):
    engine.up(run, layers())
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "not the one")
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    cloud.closed, before = frozenset(SECRETS), held()
    found = engine.preview(run, layers(token="another", about="second", size="2", more="yes"), dict)
    assert changes(found) == [(1, 2, 0), (0, 0, 0)]  # a new topic; the bucket, and what is told of one connection
    assert found.secrets_compared is False
    assert held() == before
    assert list((tmp_path / "tmp").iterdir()) == []
