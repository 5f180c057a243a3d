import pulumi
import pytest
from recorded import build

from modelyard.infra.components import unseen
from modelyard.infra.components.monitoring.connection import GithubConnection, GithubConnectionArgs
from modelyard.infra.components.project.token import Token, TokenArgs
from modelyard.infra.components.registry.secret import OwnSecret, OwnSecretArgs

WHO = {"project": "churn", "env": "dev"}
VERSION, CONNECTION = "secretsmanager/secretVersion:SecretVersion", "cloudwatch/eventConnection:EventConnection"
MAKERS = {
    "connection": lambda: GithubConnection("it", GithubConnectionArgs(**WHO, token_secret="arn:s")),
    "token": lambda: Token("it", TokenArgs(**WHO, key_arn="arn:key")),
    "registry": lambda: OwnSecret("it", OwnSecretArgs(name="it", key_arn="arn:key", keep=False)),
}


@pytest.fixture(params=MAKERS)
def maker(request):
    return MAKERS[request.param]


@pytest.fixture
def masked():
    """A preview that may see no secret."""
    pulumi.runtime.set_config(unseen.KEY, "true")
    yield
    pulumi.runtime.set_all_config({})


def secret_values(made):
    (one,) = [*made.all(VERSION), *made.all(CONNECTION)]
    key = "authParameters" if one.type.endswith("EventConnection") else "secretString"
    assert key in one.options["secret"]
    return str(one.inputs[key])


def test_a_component_reads_or_draws_its_secret(maker):
    made = build(maker)
    assert made.asked
    assert unseen.MASK not in secret_values(made)
    assert any(word in secret_values(made) for word in ("drawn", "ghp_hidden"))


def test_in_a_preview_that_may_see_no_secret_it_asks_for_none(maker, masked):
    made = build(maker)
    assert made.asked == []
    assert unseen.MASK in secret_values(made)
