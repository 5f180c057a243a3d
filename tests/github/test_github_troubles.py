"""What goes wrong on the way to GitHub: limits, permissions, tokens, networks, and a run that is cut off anywhere."""

import copy
import time

import pytest
from github_answers import failure
from github_api import GitHub, Repository, serving
from setup_project import CONFIG, action, made

from modelyard.errors import OutsideError
from modelyard.github.connection import Connection, connect
from modelyard.github.setup import Wanted, apply, plan

pytestmark = pytest.mark.slow


@pytest.fixture
def project(tmp_path):
    return made(tmp_path / "churn", platform=True)


@pytest.fixture
def setup(github, modelyard, project):
    return lambda *more: modelyard("setup", "--project", project, "--json", *more)


def state(repo):
    """Everything that was set, without the numbers that differ from run to run."""
    return (
        repo.variables, sorted(repo.labels), repo.actions, repo.workflow_permissions, repo.private_reporting, repo.oidc,
        {name: (env["policy"], [p["name"] for p in env["policies"].values()], env["reviewers"])
         for name, env in repo.environments.items()},
        [(r["name"], r["rules"], r["conditions"]) for r in repo.rulesets.values()],
    )  # fmt: skip


def run(root):
    """Plan and do everything; returns what was changed."""
    planned = plan(Wanted(root))
    return [done for done in apply(planned) if done.done]


@pytest.fixture
def whole(it, github, project):
    """What an undisturbed run sets, how many writes it takes, and a way back to before."""
    before = copy.deepcopy(vars(it))

    def reset():
        vars(it).update(copy.deepcopy(before))
        (project / "modelyard.yaml").write_text(CONFIG)

    run(project)
    found, count = copy.deepcopy(state(it)), len(github.writes)
    assert run(project) == []
    return found, count, reset


@pytest.mark.parametrize("lost", [False, True], ids=["refused", "done, but the answer is lost"])
def test_a_run_that_ends_at_any_write_is_completed_by_the_next(whole, project, it, github, lost, monkeypatch):
    monkeypatch.setattr("modelyard.github.limits.SHORT_S", 0.0)  # before what is repeated
    wanted, count, reset = whole
    assert count > 15
    for number in range(1, count + 1):
        reset()
        github.drop_write(number) if lost else github.fail_write(number, failure(403, "Not now"))
        try:
            run(project)
        except OutsideError:
            assert lost or state(it) != wanted, number
        run(project)
        assert state(it) == wanted, number


def test_a_repository_whose_making_was_not_answered_is_found_by_the_next_run(setup, github, it):
    del github.repositories["me/it"]
    github.accounts["me"].plan = "pro"
    github.drop_write(1)
    assert setup("--yes").json["error"]["code"] == "unreachable"
    done = setup("--yes")
    assert done.code == 0
    assert action(done.json, "repository")["change"] == "none"
    assert sorted(github.find("me", "it").environments) == ["dev", "prod", "staging"]


def test_what_was_done_before_a_failure_is_told(setup, github):
    github.fail_write(4, failure(403, "Resource not accessible by personal access token"))
    done = setup("--yes")
    assert done.code == 3
    assert done.json["applied"] is False
    assert sum(a["done"] for a in done.json["actions"]) >= 2
    assert "the next run goes on from there" in done.json["error"]["hint"]
    assert done.json["error"]["code"] == "not_permitted"


def test_a_server_that_stumbles_is_asked_again(setup, github, it):
    github.answer(failure(502, "Server Error"), method="PUT", times=2)
    assert setup("--yes").code == 0
    assert it.workflow_permissions["default_workflow_permissions"] == "read"


def test_what_makes_something_new_is_never_repeated_by_itself(setup, github, it):
    github.answer(failure(502, "Server Error"), method="POST", path="/labels$")
    done = setup("--yes")
    assert done.code == 3
    assert [path for method, path in github.writes if path.endswith("/labels")] == ["/repos/me/it/labels"]


@pytest.mark.parametrize("status", [403, 429])
def test_a_short_limit_is_waited_for_and_said(setup, github, status):
    github.limit(retry_after=1, status=status, method="POST")
    done = setup("--yes")
    assert done.code == 0
    assert "rate limit is reached: waiting 1 s" in done.stderr


def test_a_short_primary_limit_is_waited_for(setup, github):
    github.limit("primary", reset=time.time(), path="/labels$")
    done = setup("--dry-run")
    assert done.code == 0
    assert "waiting" in done.stderr


@pytest.mark.parametrize(
    "limit", [{"kind": "primary", "reset": 4_000_000_000}, {"retry_after": 3600}, {"retry_after": 3600, "status": 429}]
)
def test_a_long_limit_ends_with_its_time(setup, github, limit):
    github.limit(**limit)
    done = setup("--dry-run")
    assert done.code == 3
    assert done.json["error"]["code"] == "rate_limited"
    assert "UTC" in done.json["error"]["message"]


def test_a_primary_limit_names_the_minute_of_its_reset(setup, github):
    github.limit("primary", reset=4_000_000_000)
    assert "2096-10-02 07:06 UTC" in setup("--dry-run").json["error"]["message"]


def test_a_limit_that_never_ends_is_not_waited_for_forever(github):
    waited = []
    found = connect()
    patient = Connection(found.client, found.credentials, patience_s=20, sleep=waited.append)
    github.limit(retry_after=7, times=1000)
    with pytest.raises(OutsideError, match="rate limit"):
        patient.get("/user", "look", "nothing")
    assert waited == [7.0, 7.0]


def test_a_secondary_limit_without_a_time_takes_a_minute(github):
    waited = []
    found = connect()
    patient = Connection(found.client, found.credentials, sleep=waited.append)
    github.limit(retry_after=None)
    assert patient.get("/user", "look", "nothing")["login"] == "me"
    assert waited == [60.0]


def test_the_server_itself_refuses_what_github_would(github):
    import json
    import urllib.error
    import urllib.request

    def ask(method, path, body=None, token="t0ken"):
        headers = {"authorization": f"Bearer {token}"} if token else {}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{github.url}{path}", data, headers, method=method)
        try:
            return urllib.request.urlopen(request).status
        except urllib.error.HTTPError as error:
            return error.code

    assert ask("GET", "/repos/me/it") == 200
    assert ask("GET", "/repos/me/none") == 404
    assert ask("GET", "/repos/me/it/nonsense") == 404
    assert github.unknown == [("GET", "/repos/me/it/nonsense")]
    assert ask("GET", "/repos/me/it", token=None) == 401
    assert ask("POST", "/repos/me/it/labels", {"name": "a", "colour": "b"}) == 422
    assert ask("POST", "/repos/me/it/labels", {"name": "a"}) == 201
    assert ask("POST", "/repos/me/it/labels", {"name": "A"}) == 422
    assert ask("PUT", "/repos/me/it/environments/prod", {"prevent_self_review": True}) == 422


def test_each_server_has_a_state_of_its_own():
    first, second = GitHub(), GitHub()
    first.add(Repository("me", "one"))
    with serving(first) as one, serving(second) as two:
        assert one != two
    assert second.repositories == {}


def test_actions_are_shown_in_words_too(modelyard, project, github):
    done = modelyard("setup", "--project", project, "--dry-run")
    assert done.code == 0
    assert "+  environment" in done.stdout
    assert (
        action(modelyard("setup", "--project", project, "--dry-run", "--json").json, "repository")["change"] == "none"
    )
