"""What a platform adds: environments with their rules, variables from its outputs, and the OIDC subject."""

import subprocess

import pytest
from github_api import Account
from setup_project import action, changes, made

from modelyard.github.setup import outputs
from modelyard.infra.engine.results import Outcome

CUSTOM = {"protected_branches": False, "custom_branch_policies": True}
ROLE = "arn:aws:iam::123456789012:role/churn-dev"


@pytest.fixture
def project(tmp_path):
    return made(tmp_path / "churn", platform=True)


@pytest.fixture
def up(monkeypatch):
    """The outputs that `modelyard infra outputs` would tell, by environment; an error where there is one."""
    told = {}

    def tell(request, *_, **__):
        found = told.get(request.env, {})
        if isinstance(found, Exception):
            raise found
        return Outcome(layers=(), outputs=found)

    monkeypatch.setattr("modelyard.infra.engine.outputs", tell)
    return told


def layers(env="dev"):
    roles = {name: f"{ROLE}-{env}-{name}" for name in ("plan", "apply", "loop", "watch")}
    return {
        "account": {"role_arns": {"churn": {env: roles}, "other": {env: {}}}},
        "ci": {"runners": {"churn": f"acme-{env}-churn"}},
        "project": {"image_repository": f"123.dkr.ecr/churn-{env}", "url": f"https://churn-{env}.acme.dev"},
    }


@pytest.fixture
def setup(github, modelyard, project, up):
    return lambda *more: modelyard("setup", "--project", project, "--json", *more)


def names(it, env):
    return [policy["name"] for policy in it.environments[env]["policies"].values()]


def test_three_environments_that_only_main_may_deploy_to(setup, it):
    done = setup("--yes")
    assert done.code == 0, done.stdout
    assert sorted(it.environments) == ["dev", "prod", "staging"]
    assert [names(it, env) for env in it.environments] == [["main"]] * 3
    assert changes(setup("--dry-run").json) == {}


def test_other_branches_lose_their_way_in(setup, it, github):
    setup("--yes")
    it.environments["prod"]["policies"][7] = {"id": 7, "name": "release/*", "type": "branch"}
    it.environments["dev"]["policy"] = {"protected_branches": True, "custom_branch_policies": False}
    it.environments["dev"]["policies"] = {}
    done = setup("--yes")
    assert changes(done.json) == {
        ("branch rule", "dev: only main"): "update",
        ("branch rule", "prod: only main"): "update",
    }
    assert action(done.json, "branch rule", "prod: only main")["detail"] == "removes release/*"
    assert names(it, "prod") == names(it, "dev") == ["main"]


def test_a_person_alone_reviews_and_may_approve_themselves(setup, it, github):
    done = setup("--yes")
    prod = it.environments["prod"]
    assert [each["reviewer"]["login"] for each in prod["reviewers"]] == ["me"]
    assert prod["prevent_self_review"] is False
    assert "alone" in action(done.json, "reviewers")["detail"]
    assert it.environments["dev"]["reviewers"] == []


def test_named_reviewers_may_not_approve_themselves(setup, it, github):
    github.account(Account("ann"))
    github.account(Account("acme", "Organization", teams={"ml": 77}))
    assert setup("--yes", "--reviewer", "ann", "--reviewer", "acme/ml").code == 0
    prod = it.environments["prod"]
    assert [(each["type"], each["reviewer"]["id"]) for each in prod["reviewers"]] == [
        ("User", github.accounts["ann"].id),
        ("Team", 77),
    ]
    assert prod["prevent_self_review"] is True


def test_reviewers_wait_timer_and_rules_that_are_there_stay(setup, it, github):
    github.account(Account("ann"))
    github.account(Account("bob"))
    setup("--yes", "--reviewer", "ann")
    it.environments["prod"]["wait_timer"] = 30
    assert changes(setup("--dry-run").json) == {}
    setup("--yes", "--reviewer", "bob")
    prod = it.environments["prod"]
    assert [each["reviewer"]["login"] for each in prod["reviewers"]] == ["ann", "bob"]
    assert prod["wait_timer"] == 30
    assert names(it, "prod") == ["main"]


@pytest.mark.parametrize(
    ("named", "said"),
    [
        (["nobody"], "no user 'nobody'"),
        (["acme/none"], "no team 'acme/none'"),
        (["acme"], "no user 'acme'"),
        ([f"u{n}" for n in range(7)], "would have 7 reviewers"),
    ],
)
def test_a_reviewer_that_cannot_be_is_refused_before_anything(setup, github, named, said):
    github.account(Account("acme", "Organization", teams={"ml": 77}))
    for number in range(7):
        github.account(Account(f"u{number}"))
    done = setup("--yes", *[part for name in named for part in ("--reviewer", name)])
    assert done.code == 2
    assert said in done.json["error"]["message"]
    assert github.writes == []


def test_an_organization_without_a_named_reviewer_is_told_so(setup, github):
    github.account(Account("acme", "Organization", plan="team", members={"me"}))
    setup("--yes", "--repository", "acme/churn")
    assert github.find("acme", "churn").environments["prod"]["reviewers"] == []
    assert "--reviewer" in action(setup("--dry-run", "--repository", "acme/churn").json, "reviewers")["detail"]


def test_a_plan_without_reviewers_still_gets_everything_else(setup, it, up, github):
    it.private, github.accounts["me"].plan = True, "pro"
    up["prod"] = layers("prod")
    done = setup("--yes")
    assert done.code == 0, done.stdout
    assert action(done.json, "reviewers")["change"] == "unavailable"
    assert "billing plan" in action(done.json, "reviewers")["detail"]
    assert names(it, "prod") == ["main"]
    assert it.variables["MODELYARD_LOOP_ROLE_PROD"] == f"{ROLE}-prod-loop"


def test_a_plan_without_branch_rules_still_gets_everything_else(setup, it):
    it.lacks.add("branch_policies")
    done = setup("--yes")
    assert done.code == 0, done.stdout
    assert action(done.json, "branch rule", "dev: only main")["change"] == "unavailable"
    assert sorted(it.environments) == ["dev", "prod", "staging"]
    assert [each["reviewer"]["login"] for each in it.environments["prod"]["reviewers"]] == ["me"]


def test_variables_are_those_of_the_outputs(setup, it, up):
    up["dev"] = layers()
    setup("--yes")
    assert it.variables == {
        "MODELYARD_REGION_DEV": "eu-west-1",
        "MODELYARD_PLAN_ROLE_DEV": f"{ROLE}-dev-plan",
        "MODELYARD_APPLY_ROLE_DEV": f"{ROLE}-dev-apply",
        "MODELYARD_LOOP_ROLE_DEV": f"{ROLE}-dev-loop",
        "MODELYARD_WATCH_ROLE_DEV": f"{ROLE}-dev-watch",
        "MODELYARD_IMAGE_DEV": "123.dkr.ecr/churn-dev",
        "MODELYARD_SERVICE_URL_DEV": "https://churn-dev.acme.dev",
        "MODELYARD_RUNNER_DEV": "acme-dev-churn",
        "MODELYARD_BACKEND_DEV": it.variables["MODELYARD_BACKEND_DEV"],
    }
    assert it.variables["MODELYARD_BACKEND_DEV"].startswith("s3://acme-")


def test_a_value_that_moved_is_changed_and_one_that_is_gone_is_removed(setup, it, up):
    up["dev"] = layers()
    setup("--yes")
    up["dev"]["project"]["url"] = "https://new.acme.dev"
    del up["dev"]["ci"]
    it.variables["MINE"] = "stays"
    done = setup("--yes")
    assert changes(done.json) == {
        ("variable", "MODELYARD_SERVICE_URL_DEV"): "update",
        ("variable", "MODELYARD_RUNNER_DEV"): "delete",
    }
    assert it.variables["MODELYARD_SERVICE_URL_DEV"] == "https://new.acme.dev"
    assert "MODELYARD_RUNNER_DEV" not in it.variables
    assert it.variables["MINE"] == "stays"


def test_an_environment_that_is_not_up_is_said_and_the_rest_is_set(setup, it, up):
    up["staging"] = layers("staging")
    done = setup("--yes")
    assert done.code == 0
    waiting = {a["name"]: a["detail"] for a in done.json["actions"] if a["kind"] == "variables"}
    assert set(waiting) == {"dev", "prod"}
    assert "modelyard infra up --env dev" in waiting["dev"]
    assert {name.rpartition("_")[2] for name in it.variables} == {"STAGING"}


def test_an_account_of_before_there_was_a_role_to_look_with_is_said(setup, it, up):
    up["dev"] = layers()
    del up["dev"]["account"]["role_arns"]["churn"]["dev"]["watch"]
    done = setup("--yes")
    assert done.code == 0
    assert "modelyard infra up --env dev" in action(done.json, "variables", "dev")["detail"]
    assert "MODELYARD_WATCH_ROLE_DEV" not in it.variables
    assert it.variables["MODELYARD_LOOP_ROLE_DEV"] == f"{ROLE}-dev-loop"


def test_outputs_that_cannot_be_read_take_nothing_away(setup, it, up):
    from modelyard.errors import OutsideError

    up["dev"] = layers()
    setup("--yes")
    before = dict(it.variables)
    up["dev"] = OutsideError("AWS does not answer.", "Log in.")
    done = setup("--yes")
    assert done.code == 0
    assert "AWS does not answer. Log in." in action(done.json, "variables", "dev")["detail"]
    assert it.variables == before


def test_a_state_on_this_machine_is_no_backend_for_workflows(setup, it, up, monkeypatch, tmp_path):
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"file://{tmp_path}/state")
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "")
    up["dev"] = layers()
    setup("--yes")
    assert "MODELYARD_BACKEND_DEV" not in it.variables
    assert it.variables["MODELYARD_REGION_DEV"] == "eu-west-1"


def test_a_masked_output_is_no_value(setup, it, up):
    up["dev"] = layers()
    up["dev"]["project"]["url"] = "[secret]"
    setup("--yes")
    assert "MODELYARD_SERVICE_URL_DEV" not in it.variables


def test_over_a_shared_platform_the_outputs_of_its_layers_are_read(setup, it, up, project):
    path = project / "infra" / "platform.yaml"
    path.write_text(path.read_text().replace("mode: own", "mode: shared"))
    up["dev"] = layers()
    setup("--yes")
    assert it.variables["MODELYARD_LOOP_ROLE_DEV"] == f"{ROLE}-dev-loop"


def test_a_subject_that_was_made_up_becomes_the_one_that_roles_know(setup, it):
    it.oidc = {"use_default": False, "include_claim_keys": ["repo", "context"]}
    done = setup("--yes")
    assert action(done.json, "oidc subject")["detail"] == "was made of repo, context"
    assert it.oidc == {"use_default": True, "use_immutable_subject": True}


def test_the_default_subject_is_left_in_either_form(setup, it):
    it.oidc = {"use_default": True, "use_immutable_subject": False}
    assert action(setup("--yes").json, "oidc subject")["change"] == "none"
    assert it.oidc["use_immutable_subject"] is False


def test_the_outputs_of_one_repository_among_several_are_told_apart():
    found = {
        "account": {"role_arns": {"churn": {"dev": {"loop": "a"}}, "other": {"dev": {"loop": "b"}}}},
        "project:churn": {"image_repository": "i"},
        "project:other": {"image_repository": "j"},
    }
    assert outputs.values(found, "churn", "dev") == {"LOOP_ROLE": "a", "IMAGE": "i"}
    assert outputs.values(found, "other", "dev") == {"LOOP_ROLE": "b", "IMAGE": "j"}
    assert outputs.values(found, "churn", "prod") == {"IMAGE": "i"}
    assert outputs.values({}, "churn", "dev") == {}


@pytest.mark.parametrize("more", [[], ["--install-cli"]])
def test_pulumi_is_fetched_only_when_that_is_asked_for(github, modelyard, project, monkeypatch, more):
    asked = []
    monkeypatch.setattr(
        "modelyard.infra.engine.outputs", lambda request, **_: asked.append(request) or Outcome(layers=(), outputs={})
    )
    assert modelyard("setup", "--project", project, "--dry-run", *more).code == 0
    assert [each.env for each in asked] == ["dev", "staging", "prod"]
    assert {each.install_cli for each in asked} == {bool(more)}
    assert {each.layers for each in asked} == {("account", "ci", "project")}


def test_the_branch_of_the_template_is_pushed_with_main(setup, it, project):
    it.branches = set()
    for command in (
        ["init", "--quiet"],
        ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "--allow-empty", "-m", "x"],
    ):
        subprocess.run(["git", *command], cwd=project, check=True)
    assert "git push -u origin main" in setup("--dry-run").json["next"]
    subprocess.run(["git", "branch", "modelyard-template"], cwd=project, check=True)
    assert "git push -u origin main modelyard-template" in setup("--dry-run").json["next"]
