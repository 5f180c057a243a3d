"""ci.yml of a platform's repository, executed; its infra.yml and update.yml are those of an ML repository."""

import subprocess
import sys
from pathlib import Path

import pytest
from acting import REPOSITORY, commit, git, warm
from events import pull_request, push

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]
UV = str(Path(sys.executable).parent / "uv")


@pytest.fixture(scope="module")
def platform(tmp_path_factory):
    """A platform's repository, made and locked."""
    folder = tmp_path_factory.mktemp("made")
    project = folder / "platform"
    words = ["--template", "platform", "--account", "123456789012", "--github", REPOSITORY, "--yes", "--quiet"]
    _done(folder, sys.executable, "-m", "modelyard.cli", "new", str(project), *words)
    _done(project, UV, "venv", "--quiet", "--relocatable", "--python", sys.executable, ".venv")
    _done(project, UV, "sync", "--quiet", "--locked")
    _done(project, str(project / ".venv" / "bin" / "modelyard"), "infra", "plan", "--env", "dev")
    warm(project, (project / ".venv").rename(folder / "environment"))
    return project


def _done(folder, *command):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"


def test_a_change_is_planned_priced_and_told_and_one_that_breaks_a_control_fails(act, platform, github):
    number = github.repository.pull()["number"]
    main = git(platform, "rev-parse", "HEAD")
    good = act(platform, "ci", "pull_request", payload=pull_request(number, base_sha=main), github_api=github.url)
    assert good.passed, str(good)
    (comment,) = [one["body"] for one in github.repository.comments.values()]
    for env in ("dev", "staging", "prod"):
        assert env in comment
    assert "USD" in comment

    program = platform / "stacks" / "network" / "__main__.py"
    program.write_text(program.read_text() + 'aws.s3.Bucket("open", bucket="acme-open")\n')
    program.write_text(program.read_text().replace("import pulumi\n", "import pulumi\nimport pulumi_aws as aws\n", 1))
    commit(platform, "A bucket of our own")
    bad = act(platform, "ci", "push", payload=push(), github_api=github.url)
    assert set(bad.failed) == {"check", "plan"}, str(bad)
    assert bad.failed["plan"] == ["Plan"]
    assert "S3" in bad.jobs["plan"].summary
