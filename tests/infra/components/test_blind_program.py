import pulumi
import pulumi_aws as aws
from recorded import build

from modelyard.infra.engine.blind import Blind

VERSION = "aws:secretsmanager/secretVersion:SecretVersion"
CONNECTION = "aws:cloudwatch/eventConnection:EventConnection"
HIDDEN = {
    (VERSION, "kept"): [("secretString",)],
    (VERSION, "dropped"): [("secretString",)],
    (CONNECTION, "hub"): [("authParameters", "apiKey", "value")],
}


def ignored(tmp_path):
    """What each resource of a program is told to leave alone."""
    blind = Blind("demo", tmp_path, HIDDEN)
    opts = pulumi.ResourceOptions(transformations=[blind._left_alone])

    def program():
        own = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(ignore_changes=["versionStages"]))
        aws.secretsmanager.SecretVersion("kept", secret_id="s", secret_string="new", opts=own)
        aws.secretsmanager.SecretVersion("dropped", secret_id="s", opts=opts)
        aws.secretsmanager.SecretVersion("new", secret_id="s", secret_string="new", opts=opts)
        key = {"api_key": {"key": "Authorization", "value": "new"}}
        aws.cloudwatch.EventConnection("hub", authorization_type="API_KEY", auth_parameters=key, opts=opts)

    return {one.name: one.options["ignore"] for one in build(program).seen}


def test_what_is_masked_is_not_compared_unless_the_program_gives_it_no_more(tmp_path):
    assert ignored(tmp_path) == {
        "kept": ["versionStages", "secretString"],
        "dropped": [],
        "new": [],
        "hub": ["authParameters.apiKey.value"],
    }
