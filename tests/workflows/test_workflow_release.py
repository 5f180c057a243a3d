"""release.yml, executed: images go to services that moto and a played ECS hold, and a real server is smoke-tested."""

import hashlib
import shutil
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest
import services
import yaml
from acting import commit, git
from events import push

sys.path.insert(0, str(Path(__file__).parents[1] / "smoke"))
sys.path.insert(0, str(Path(__file__).parents[1] / "serving"))

import smoked

from modelyard.deploy import Target
from modelyard.infra import platform as platforms

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]  # the first of them makes and locks the project
ENVIRONMENTS = ("dev", "staging", "prod")


@pytest.fixture(scope="module")
def stores(tmp_path_factory):
    """Where the environments keep their models: the same champion in each, trained once."""
    return tmp_path_factory.mktemp("stores")


@pytest.fixture(scope="module")
def trained(made, stores):
    """A repository of the account, whose three environments have a model."""
    project = Path(shutil.copytree(made("own"), stores / "flights", symlinks=True))
    platform = project / "infra" / "platform.yaml"
    document = yaml.safe_load(platform.read_text())
    document |= {"account": services.ACCOUNT, "region": services.REGION, "kubernetes": False}
    platform.write_text(yaml.safe_dump(document))
    config = yaml.safe_load((project / "modelyard.yaml").read_text())
    config["environments"] = {"local": {}} | {env: {"store": str(stores / env)} for env in ENVIRONMENTS}
    config["release"] = {"p99_ms": 5000}  # the machine of the tests may be busy
    config.setdefault("gate", {})["latency_ms"] = 5000
    (project / "modelyard.yaml").write_text(yaml.safe_dump(config, sort_keys=False))
    commit(project, "Our account")
    done = _modelyard(project, "run", "--env", "dev")
    assert done.returncode == 0, done.stdout + done.stderr
    for env in ENVIRONMENTS[1:]:
        shutil.copytree(stores / "dev", stores / env)
    shutil.rmtree(project / ".modelyard", ignore_errors=True)
    return project


@pytest.fixture(scope="module")
def url(trained):
    """A server of the champion, which is the same everywhere."""
    with smoked.serving(trained, MODELYARD_ENV="dev") as address:
        smoked.ready(address)
        yield address


@pytest.fixture
def project(trained, tmp_path):
    return Path(shutil.copytree(trained, tmp_path / "flights", symlinks=True))


@pytest.fixture
def run(act, project, url, tmp_path):
    """Run release.yml; `running` have an older image, `urls` are services that are not the good one."""
    with ExitStack() as stack:

        def ran(event, payload, *, running=(), urls=None, course=None, configured=ENVIRONMENTS, **more):
            platform = platforms.load(project / "infra" / "platform.yaml")
            targets = [Target.of(platform, env, "flights") for env in ENVIRONMENTS]
            account = stack.enter_context(services.account(targets, running))
            if course:
                account.services["dev"].course = course
            variables = {}
            for target in targets:
                if target.env in configured:
                    facts = {
                        "LOOP_ROLE": f"arn:aws:iam::{services.ACCOUNT}:role/loop-{target.env}",
                        "REGION": services.REGION,
                        "IMAGE": target.repository_url,
                        "SERVICE_URL": (urls or {}).get(target.env, url),
                    }
                    variables |= {f"MODELYARD_{name}_{target.env.upper()}": value for name, value in facts.items()}
            programs = [services.docker(tmp_path / "programs")]
            environment = {"AWS_ENDPOINT_URL": account.url}
            outcome = act(
                project, "release", event, payload=payload, variables=variables, environment=environment,
                programs=programs, timeout=400, **more,
            )  # fmt: skip
            return outcome, account

        yield ran


def digest(project):
    return f"sha256:{hashlib.sha256(git(project, 'rev-parse', 'HEAD').encode()).hexdigest()}"


def _modelyard(project, *words):
    command = [sys.executable, "-m", "modelyard.cli", *words]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)


def test_one_image_goes_through_all_environments(run, project):
    outcome, account = run("push", push())
    assert outcome.passed, str(outcome)
    assert {name: job.result for name, job in outcome.jobs.items()} == {
        **dict.fromkeys(("image", *ENVIRONMENTS), "success"), "cut-off": "skipped",
    }  # fmt: skip
    (built,) = [call for call in outcome.calls if call.action == "build-push-action"]
    assert built.inputs["sbom"] == "true"
    assert [call for call in outcome.calls if call.action.startswith("attest")] == []  # a private repository
    for env, service in account.services.items():
        assert service.image == f"{service.target.repository_url}@{digest(project)}"
        assert digest(project) in outcome.jobs[env].summary
        assert "golden" in outcome.jobs[env].summary
    roles = [call.inputs["role-to-assume"] for call in outcome.calls if call.action == "configure-aws-credentials"]
    assert [role.rpartition("-")[2] for role in roles] == list(ENVIRONMENTS)


def test_a_service_that_fails_its_smoke_test_gets_its_image_back_and_prod_nothing(run, project, url):
    def broken(handler, number, status, headers, body):
        return (500, headers, b"{}") if handler.path.startswith("/predict") else (status, headers, body)

    with smoked.between(broken, url) as (bad, _):
        outcome, account = run("push", push(), running=ENVIRONMENTS, urls={"staging": bad})
    assert outcome.failed == {"staging": ["Smoke test under load"]}, str(outcome)
    assert outcome.jobs["prod"].result == "skipped"
    assert outcome.jobs["staging"].step("Put the image before back").result == "success"
    images = {env: service.image.partition("@")[2] for env, service in account.services.items()}
    assert images == {"dev": digest(project), "staging": services.OLD, "prod": services.OLD}
    assert "FAILED" in outcome.jobs["staging"].summary or "golden" in outcome.jobs["staging"].summary


def test_an_alarm_takes_the_image_back_and_the_way_ends_there(run):
    outcome, account = run("push", push(), running=ENVIRONMENTS, course=services.BY_ALARM)
    assert outcome.failed == {"dev": ["Deploy"]}, str(outcome)
    assert outcome.jobs["dev"].step("Smoke test under load").result == "skipped"
    assert {outcome.jobs[env].result for env in ("staging", "prod")} == {"skipped"}
    assert "rolled back" in outcome.jobs["dev"].summary
    assert {service.image.partition("@")[2] for service in account.services.values()} == {services.OLD}


def test_nothing_is_built_where_nothing_is_configured(run):
    outcome, _ = run("push", push(), configured=())
    assert {job.result for job in outcome.jobs.values()} == {"skipped"}
    assert outcome.calls == ()


def test_an_image_that_cannot_be_built_goes_nowhere(run):
    outcome, _ = run("push", push(), failing=["build-push-action"])
    assert outcome.failed == {"image": ["Build"]}, str(outcome)
    assert {outcome.jobs[env].result for env in ENVIRONMENTS} == {"skipped"}
