"""infra.yml, executed: the real Pulumi engine over a strict stand-in for AWS, in a platform without Kubernetes."""

import sys
from pathlib import Path

import moto_aws
import pytest
from acting import commit
from events import by_hand, pull_request, push, scheduled
from toolchain import tool

sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))

from standin_cloud.aws import Aws
from standin_cloud.cloud import Cloud
from standin_cloud.service import serve

from modelyard.infra.platform.eject import eject

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]  # the first of them makes and locks the project
ACCOUNT = "123456789012"
ENVIRONMENTS = ("dev", "staging", "prod")


class _Aws(Aws):
    """Gives an archive back as it came: the stand-in keeps its text, which looks like drift to a refresh."""

    def Read(self, request, context):  # noqa: N802
        found = super().Read(request, context)
        for given, answered in ((request.inputs, found.inputs), (request.properties, found.properties)):
            if found.id and "code" in given:
                answered["code"] = given["code"]
        return found


@pytest.fixture
def cloud():
    """AWS: what is in it, and what was asked of it."""
    held = Cloud()
    service = _Aws(held)
    server, held.port = serve(service)
    yield held
    service.stopping.set()
    server.stop(None)


@pytest.fixture
def platform(platform_project):
    """A repository with an account, and a platform without Kubernetes."""
    for path in (platform_project / "modelyard.yaml", *(platform_project / "infra").glob("*.yaml")):
        text = path.read_text().replace("000000000000", ACCOUNT).replace("kubernetes: true", "kubernetes: false")
        path.write_text(text)
    commit(platform_project, "Our account")
    return platform_project


@pytest.fixture
def aws():
    """What our own code asks of AWS beside the engine: who is signed in, what is left."""
    with moto_aws.serving() as world:
        yield world["AWS_ENDPOINT_URL"]


@pytest.fixture
def run(act, platform, cloud, github, aws, tmp_path):
    """Run infra.yml; `configured` are the environments that have roles."""

    def ran(event, payload, *, configured=("dev",), runner=""):
        state = tmp_path / "state"
        state.mkdir(exist_ok=True)
        variables = {}
        for env in configured:
            name = env.upper()
            roles = {
                f"MODELYARD_{what}_ROLE_{name}": f"arn:aws:iam::{ACCOUNT}:role/{what}" for what in ("PLAN", "APPLY")
            }
            variables |= roles | {
                f"MODELYARD_REGION_{name}": "us-east-1",
                f"MODELYARD_BACKEND_{name}": f"file://{state}",
            }
        environment = {
            "PULUMI_DEBUG_PROVIDERS": f"aws:{cloud.port}",
            "PULUMI_HOME": str(tmp_path / "pulumi"),
            "PULUMI_CONFIG_PASSPHRASE": "of the tests",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL": aws,
        }
        programs = (Path(tool("pulumi")).parent,)
        return act(
            platform, "infra", event, payload=payload, variables=variables, environment=environment, programs=programs,
            github_api=github.url, timeout=400,
        )  # fmt: skip

    return ran


def assumed(outcome):
    roles = [call.inputs["role-to-assume"] for call in outcome.calls if call.action == "configure-aws-credentials"]
    return [role.rpartition("/")[2] for role in roles]


def comments(github):
    return [one["body"] for one in github.repository.comments.values()]


def test_a_pull_request_is_previewed_where_there_is_a_role(run, cloud, github):
    outcome = run("pull_request", pull_request(github.repository.pull()["number"]))
    assert outcome.passed, str(outcome)
    assert outcome.jobs["preview-dev"].step("Preview").result == "success"
    left_out = {name for name, job in outcome.jobs.items() if job.result == "skipped"}
    assert left_out == outcome.jobs.keys() - {"preview-dev"}
    assert assumed(outcome) == ["PLAN"]
    (comment,) = comments(github)
    for layer in ("account", "network", "registry", "project"):
        assert layer in outcome.jobs["preview-dev"].summary
        assert layer in comment
    assert not cloud.resources


def test_a_preview_that_breaks_a_control_fails_and_says_which(run, cloud, github, platform):
    (program,) = (
        platform / "infra" / name for name in eject(platform, "network").files if name.endswith("__main__.py")
    )
    bucket = 'import pulumi_aws as aws\n\naws.s3.Bucket("open", bucket="acme-dev-open")\n'
    program.write_text(program.read_text() + bucket)
    commit(platform, "A bucket of our own")
    outcome = run("pull_request", pull_request(github.repository.pull()["number"]))
    assert outcome.failed == {"preview-dev": ["Preview"]}, str(outcome)
    (comment,) = comments(github)
    for told in (outcome.jobs["preview-dev"].summary, comment):
        assert "mandatory" in told
    assert not cloud.resources


def test_a_pull_request_from_a_fork_gets_no_role(run, github):
    outcome = run("pull_request", pull_request(fork=True))
    assert {job.result for job in outcome.jobs.values()} == {"skipped"}
    assert assumed(outcome) == []
    assert comments(github) == []


def test_a_wrong_name_destroys_nothing(run, cloud):
    outcome = run("workflow_dispatch", by_hand(what="destroy", environment="dev", name="staging"))
    assert outcome.failed == {"asked": ["Compare the name that was typed"]}, str(outcome)
    assert {outcome.jobs[env].result for env in ENVIRONMENTS} == {"skipped"}
    assert "type the name of the environment to destroy, dev" in outcome.jobs["asked"].summary
    assert assumed(outcome) == []


def test_main_brings_it_up_drift_is_found_and_by_its_name_it_is_destroyed(run, cloud):
    made = run("push", push())
    assert made.passed, str(made)
    assert made.jobs["dev"].step("Make or change").result == "success"
    assert made.jobs["staging"].result == "skipped"
    assert assumed(made) == ["APPLY"]
    assert cloud.resources

    calm = run("schedule", scheduled())
    assert calm.passed, str(calm)
    bucket = next(one for one in cloud.resources.values() if one.token == "aws:s3/bucket:Bucket")
    bucket.inputs["tags"] = {"who": "somebody, by hand"}
    drifted = run("schedule", scheduled())
    assert drifted.failed == {"preview-dev": ["Look for drift"]}, str(drifted)
    assert "differ from the configuration" in drifted.jobs["preview-dev"].summary

    gone = run("workflow_dispatch", by_hand(what="destroy", environment="dev", name="dev"))
    assert gone.passed, str(gone)
    assert gone.jobs["dev"].step("Make or change").result == "skipped"
    assert cloud.resources == {}
