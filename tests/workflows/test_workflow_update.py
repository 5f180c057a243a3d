"""update.yml, executed: a newer version waits in a folder of uv, and a local GitHub takes what is proposed."""

import newer
import pytest
from acting import TOKEN, commit, git
from events import scheduled

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]  # the first of them makes and locks the project
APP = {"MODELYARD_APP_ID": "Iv1.0123456789abcdef", "MODELYARD_APP_KEY": "a private key"}
APP_TOKEN = "ghs_app0000000000000000000000000000000000"


@pytest.fixture
def api(github):
    """GitHub, which knows the app as well: both tokens have exactly their rights."""
    from github_api import Token

    job = {"contents": "read", "issues": "write", "metadata": "read"}
    app = {**dict.fromkeys(("contents", "pull_requests", "workflows"), "write"), "metadata": "read"}
    github.api.token(Token(TOKEN, "github-actions[bot]", kind="actions", may=job))
    github.api.token(Token(APP_TOKEN, "me", may=app))
    return github


@pytest.fixture
def run(act, project, api, tmp_path):
    """Run update.yml with a newer version to be had."""

    def ran(**more):
        newer.wheel(project, tmp_path / "index")
        environment = {"UV_FIND_LINKS": str(tmp_path / "index")}
        return act(
            project, "update", "schedule", payload=scheduled(), github_api=api.url, environment=environment, **more
        )

    return ran


def issues(api):
    return list(api.repository.issues.values())


def test_with_an_app_an_update_is_a_pull_request(run, api, project):
    before = git(project, "rev-parse", "main")
    outcome = run(secrets=APP)
    assert outcome.passed, str(outcome)
    (pull,) = issues(api)
    assert pull["pull"]
    assert pull["head"]["ref"] == "modelyard-update"
    assert newer.VERSION in pull["title"]
    assert "Makefile" in pull["body"]
    assert newer.NEW.strip() in git(project, "show", "modelyard-update:Makefile")
    assert git(project, "rev-parse", "main") == before
    assert outcome.jobs["update"].step("Open or update the issue").result == "skipped"
    assert newer.VERSION in outcome.jobs["update"].summary
    (asked,) = [call.inputs for call in outcome.calls if call.action == "create-github-app-token"]
    assert {name for name in asked if name.startswith("permission-")} == {
        "permission-contents", "permission-pull-requests", "permission-workflows"
    }  # fmt: skip


def test_without_an_app_an_issue_says_how_to_update(run, api, project):
    outcome = run()
    assert outcome.passed, str(outcome)
    (issue,) = issues(api)
    assert not issue["pull"]
    assert "modelyard update" in issue["body"]
    assert newer.VERSION in issue["body"]
    assert "modelyard-update" not in git(project, "branch", "--list")
    assert outcome.jobs["update"].step("Open or update the pull request").result == "skipped"


def test_a_conflict_is_shown_and_never_committed(run, api, project):
    path = project / "Makefile"
    path.write_text(path.read_text().replace(newer.OLD, "help: ## Our own words\n"))
    commit(project)
    outcome = run(secrets=APP)
    assert outcome.passed, str(outcome)
    (pull,) = issues(api)
    assert newer.NEW.strip() in pull["body"]
    proposed = git(project, "show", "modelyard-update:Makefile")
    assert "help: ## Our own words" in proposed
    assert not any(line.startswith(("<<<<<<<", ">>>>>>>")) for line in proposed.splitlines())


def test_an_app_that_is_not_installed_fails_the_job(run, api):
    outcome = run(secrets=APP, failing=["create-github-app-token"])
    assert outcome.failed == {"update": ["Become the app"]}, str(outcome)
    assert issues(api) == []
