"""What is wrong with how a machine is set up for AWS is said so, and not blamed on the network."""

import json

import pytest
from typer.testing import CliRunner

from modelyard.cli import app

PLATFORM = """\
name: acme
account: "123456789012"
region: eu-west-1
kubernetes: false
github: {owner: acme}
repositories: [{name: churn}]
"""
ROLE = "role_arn = arn:aws:iam::123456789012:role/x"
SSO = """\
[profile a]
sso_session = s
sso_account_id = 123456789012
sso_role_name = x
[sso-session s]
sso_start_url = https://example.awsapps.com/start
sso_region = eu-west-1
sso_registration_scopes = sso:account:access
"""


@pytest.fixture
def asked(tmp_path, monkeypatch):
    """Return what `infra leftovers` says with a config file and variables, none of which leads to a network."""
    (tmp_path / "platform.yaml").write_text(PLATFORM)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")

    def ask(config, **variables):
        monkeypatch.setattr("boto3.DEFAULT_SESSION", None)  # or it would keep what the one before has read
        (tmp_path / "config").write_text(config)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        result = CliRunner().invoke(app, ["infra", "leftovers", "--env", "dev", "--project", str(tmp_path), "--json"])
        assert result.exit_code == 3, result.output
        return json.loads(result.stdout)["error"]

    return ask


@pytest.mark.parametrize(
    ("config", "variables", "named"),
    [
        ("[default\nregion = = [", {}, "Unable to parse config file"),
        ("[profile a]\ncredential_process = /bin/false\n", {"AWS_PROFILE": "a"}, "custom-process"),
        ("[profile a]\ncredential_process = /no/such/thing\n", {"AWS_PROFILE": "a"}, "/no/such/thing"),
        (f"[profile a]\n{ROLE}\nweb_identity_token_file = /no/token\n", {"AWS_PROFILE": "a"}, "/no/token"),
        (f"[profile a]\n{ROLE}\nsource_profile = b\n[profile b]\n{ROLE}\nsource_profile = a\n",
         {"AWS_PROFILE": "a"}, "Infinite loop"),
        ("", {"AWS_ENDPOINT_URL": "nowhere", "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}, "nowhere"),
    ],
)  # fmt: skip
def test_settings_that_cannot_be_used_are_named(asked, config, variables, named):
    error = asked(config, **variables)
    assert error["code"] == "bad_aws_settings"
    assert named in error["message"]
    assert "network" not in error["hint"]


@pytest.mark.parametrize(
    ("config", "named"), [("", "profile (a) could not be found"), ("[profile a]\naws_access_key_id = k\n", "Partial")]
)
def test_a_profile_that_has_no_credentials_is_named(asked, config, named):
    error = asked(config, AWS_PROFILE="a")
    assert error["code"] == "no_credentials"
    assert named in error["message"]
    assert "AWS_PROFILE" in error["hint"]


def test_a_session_that_nobody_signed_in_to_says_how(asked):
    error = asked(SSO, AWS_PROFILE="a")
    assert error["code"] in {"no_credentials", "expired_credentials"}
    assert "aws sso login" in error["hint"]


def test_an_address_where_nobody_answers_is_the_network(asked):
    keys = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}
    assert asked("", AWS_ENDPOINT_URL="http://127.0.0.1:9", **keys)["code"] == "no_network"
