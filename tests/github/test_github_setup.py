"""Setting a repository up: the plan, what is made, nothing the second time, and what a plan of the account lacks."""

import pytest
from github_api import Account, Token
from setup_project import CONFIG, action, changes, made

EVERYTHING = {
    ("numbers", "modelyard.yaml"): "update",
    ("label", "modelyard-alert"): "create",
    ("label", "modelyard-update"): "create",
    ("label", "dependencies"): "create",
    ("private vulnerability reporting", "me/it"): "update",
    ("workflow permissions", "me/it"): "update",
    ("actions", "me/it"): "update",
    ("ruleset", "modelyard: main"): "create",
}


@pytest.fixture
def project(tmp_path):
    return made(tmp_path / "churn")


@pytest.fixture
def setup(github, modelyard, project):
    return lambda *more: modelyard("setup", "--project", project, "--json", *more)


def test_a_dry_run_shows_the_plan_and_changes_nothing(setup, github, project):
    done = setup("--dry-run")
    assert done.code == 0, done.stdout
    assert changes(done.json) == EVERYTHING
    assert done.json["applied"] is False
    assert github.writes == []
    assert (project / "modelyard.yaml").read_text() == CONFIG


def test_the_repository_is_set_up(setup, it, github):
    done = setup("--yes")
    assert done.code == 0, done.stdout
    assert done.json["applied"] is True
    assert changes(done.json) == EVERYTHING
    assert all(a["done"] for a in done.json["actions"] if a["change"] in {"create", "update"})
    assert it.workflow_permissions == {
        "default_workflow_permissions": "read",
        "can_approve_pull_request_reviews": False,
    }
    assert it.actions == {"enabled": True, "allowed_actions": "all", "sha_pinning_required": True}
    assert it.private_reporting
    assert sorted(it.labels) == ["dependencies", "modelyard-alert", "modelyard-update"]
    assert github.unknown == []


def test_a_second_run_changes_nothing(setup, github):
    setup("--yes")
    before = len(github.writes)
    done = setup()  # asks nothing either: there is nothing to confirm
    assert done.code == 0, done.stdout
    assert changes(done.json) == {}
    assert done.json["applied"] is True
    assert len(github.writes) == before


def test_the_plan_is_shown_before_anything_is_changed(setup):
    done = setup("--yes")
    assert "modelyard: main" in done.stderr
    assert "create" in done.stderr


def test_nobody_to_ask_is_a_refusal(setup, github):
    done = setup()
    assert done.code == 2
    assert done.json["error"]["code"] == "not_confirmed"
    assert github.writes == []


def test_without_a_platform_there_are_no_environments_and_no_variables(setup, it):
    kinds = {a["kind"] for a in setup("--yes").json["actions"]}
    assert not kinds & {"environment", "branch rule", "reviewers", "variable", "variables", "oidc subject"}
    assert it.environments == {}


def test_a_repository_that_is_not_there_is_made_private(setup, github, project):
    del github.repositories["me/it"]
    plan = setup("--dry-run").json
    assert action(plan, "repository")["change"] == "create"
    done = setup("--yes")
    assert done.code == 0, done.stdout
    made_it = github.find("me", "it")
    assert made_it.private
    assert f"repository_id: {made_it.id}  # filled in" in (project / "modelyard.yaml").read_text()
    assert done.json["next"] == [
        "git commit --message 'Know the repository by number' modelyard.yaml",
        "git remote add origin https://github.com/me/it.git",
        "git push -u origin main",
        "modelyard github setup",
    ]
    assert action(done.json, "ruleset")["change"] == "later"
    assert action(done.json, "private vulnerability reporting")["change"] == "unavailable"


def test_what_is_left_for_later_is_done_when_main_is_there(setup, github):
    github.account(Account("acme", "Organization", plan="team", members={"me"}))
    setup("--yes", "--repository", "acme/churn")
    made_it = github.find("acme", "churn")
    assert made_it.rulesets == {}
    made_it.branches = {"main"}
    done = setup("--yes", "--repository", "acme/churn")
    assert changes(done.json) == {("ruleset", "modelyard: main"): "create"}


def test_an_organization_gets_its_repository_where_the_token_may(setup, github):
    github.account(Account("acme", "Organization"))
    done = setup("--yes", "--repository", "acme/churn")
    assert done.code == 3
    assert "You need admin access to the organization" in done.json["error"]["message"]
    github.accounts["acme"].members.add("me")
    assert setup("--yes", "--repository", "acme/churn").code == 0


def test_a_private_repository_of_a_free_account_has_no_rulesets_and_the_rest_is_done(setup, it):
    it.private = True
    done = setup("--yes")
    assert done.code == 0, done.stdout
    lacking = {a["kind"]: a["detail"] for a in done.json["actions"] if a["change"] == "unavailable"}
    assert set(lacking) == {"private vulnerability reporting", "ruleset"}
    assert "Upgrade to GitHub Pro" in lacking["ruleset"]
    assert len(it.labels) == 3
    assert it.workflow_permissions["default_workflow_permissions"] == "read"


def test_a_repository_that_exists_unseen_is_told_from_one_that_does_not(setup, github, it):
    it.private = True
    github.token(Token("t0ken", "me", sees=set()))
    done = setup("--yes")
    assert done.code == 3
    assert "me/it exists, but this token does not see it" in done.json["error"]["message"]


def test_the_repository_has_moved(setup, github, it):
    github.moved["me/it"] = it
    del github.repositories["me/it"]
    it.name = "churn"
    github.add(it)
    done = setup("--dry-run")
    assert done.code == 2
    assert "has moved to me/churn" in done.json["error"]["message"]


def test_an_archived_repository_is_refused_before_anything(setup, it, github):
    it.archived = True
    assert setup("--yes").json["error"]["code"] == "archived"
    assert github.writes == []


def test_settings_that_the_organization_decides_are_said_and_passed_over(setup, github, it):
    from github_answers import failure

    github.answer(failure(409, "Conflict"), method="PUT", path="/actions/permissions/workflow$")
    done = setup("--yes")
    assert done.code == 0
    assert action(done.json, "workflow permissions")["change"] == "unavailable"
    assert it.actions["sha_pinning_required"]


def test_a_github_without_pinning_by_commit_is_left_as_it_is(setup, it):
    it.lacks.add("sha_pinning")
    assert action(setup("--yes").json, "actions")["change"] == "unavailable"
    assert it.actions["sha_pinning_required"] is False


def test_which_actions_may_run_stays_as_it_was(setup, it):
    it.actions = {"enabled": False, "allowed_actions": "selected", "sha_pinning_required": False}
    setup("--yes")
    assert it.actions == {"enabled": True, "allowed_actions": "selected", "sha_pinning_required": True}


def test_labels_keep_their_colour(setup, it):
    it.labels["dependencies"] = {"name": "Dependencies", "color": "ffffff"}
    assert ("label", "dependencies") not in changes(setup("--yes").json)
    assert it.labels["dependencies"]["color"] == "ffffff"


def test_the_label_of_alerts_is_that_of_the_configuration(setup, it, project):
    with (project / "modelyard.yaml").open("a") as file:
        file.write("monitoring: {alerts: {issue: {label: watch}}}\n")
    setup("--yes")
    assert "watch" in it.labels
    assert "modelyard-alert" not in it.labels


def test_many_labels_are_found_over_pages(setup, it):
    for number in range(250):
        it.labels[f"l{number}"] = {"name": f"l{number}"}
    it.labels["modelyard-alert"] = {"name": "modelyard-alert"}
    assert ("label", "modelyard-alert") not in changes(setup("--dry-run").json)


def test_a_folder_without_configuration_is_no_project(github, modelyard, tmp_path):
    done = modelyard("setup", "--project", tmp_path, "--dry-run", "--json")
    assert done.code == 2
    assert done.json["error"]["code"] == "no_project"


def test_no_repository_is_named_anywhere(setup, project):
    (project / "modelyard.yaml").write_text(CONFIG.split("# Where")[0])
    done = setup("--dry-run")
    assert done.code == 2
    assert done.json["error"]["code"] == "no_repository"
