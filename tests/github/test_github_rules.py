"""The ruleset on main, and the checks it requires: those of the repository's own ci.yml, whatever they are called."""

import pytest
from setup_project import CI, action, changes, made

from modelyard.errors import RequestError
from modelyard.github.setup import checks

NAME = "modelyard: main"


@pytest.fixture
def project(tmp_path):
    return made(tmp_path / "churn")


@pytest.fixture
def setup(github, modelyard, project):
    return lambda *more: modelyard("setup", "--project", project, "--yes", "--json", *more)


@pytest.fixture
def ours(setup, it):
    """The ruleset, after it was made."""
    setup()
    (found,) = it.rulesets.values()
    return found


def rule(ruleset, kind):
    return next((each.get("parameters", {}) for each in ruleset["rules"] if each["type"] == kind), None)


def contexts(ruleset):
    return [each["context"] for each in rule(ruleset, "required_status_checks")["required_status_checks"]]


def test_main_is_changed_through_pull_requests_whose_checks_pass(ours):
    assert (ours["name"], ours["enforcement"]) == (NAME, "active")
    assert ours["conditions"]["ref_name"] == {"include": ["refs/heads/main"], "exclude": []}
    assert {each["type"] for each in ours["rules"]} == {
        "deletion", "non_fast_forward", "pull_request", "required_status_checks"
    }  # fmt: skip
    assert contexts(ours) == ["Code, data and model", "infra"]
    sources = {c["integration_id"] for c in rule(ours, "required_status_checks")["required_status_checks"]}
    assert sources == {15_368}


def test_one_person_needs_nobodys_approval(ours):
    assert rule(ours, "pull_request")["required_approving_review_count"] == 0


def test_an_organizations_pull_requests_need_one(setup, github):
    from github_api import Account, Repository

    github.account(Account("acme", "Organization", plan="team"))
    found = github.add(Repository("acme", "churn", private=False))
    setup("--repository", "acme/churn")
    (made_it,) = found.rulesets.values()
    assert rule(made_it, "pull_request")["required_approving_review_count"] == 1
    assert rule(made_it, "pull_request")["require_code_owner_review"] is True


def test_a_job_that_is_renamed_is_required_by_its_new_name(ours, setup, project):
    file = project / ".github" / "workflows" / "ci.yml"
    file.write_text(CI.replace("  infra:", "  platform:"))
    assert changes(setup().json) == {("ruleset", NAME): "update"}
    assert contexts(ours) == ["Code, data and model", "platform"]


def test_checks_of_others_stay(ours, setup, it):
    rule(ours, "required_status_checks")["required_status_checks"].append({"context": "sonar", "integration_id": 5})
    assert changes(setup().json) == {}
    rule(ours, "required_status_checks")["required_status_checks"].pop(0)
    setup()
    assert sorted(contexts(ours)) == ["Code, data and model", "infra", "sonar"]


def test_what_people_made_stricter_stays(ours, setup):
    rule(ours, "pull_request")["required_approving_review_count"] = 2
    rule(ours, "required_status_checks")["strict_required_status_checks_policy"] = True
    ours["rules"].append({"type": "required_linear_history"})
    assert changes(setup().json) == {}
    ours["rules"] = [each for each in ours["rules"] if each["type"] != "deletion"]
    assert changes(setup().json) == {("ruleset", NAME): "update"}
    assert rule(ours, "pull_request")["required_approving_review_count"] == 2
    assert rule(ours, "required_linear_history") == {}
    assert rule(ours, "deletion") == {}


@pytest.mark.parametrize(
    "weaker",
    [
        {"enforcement": "disabled"},
        {"conditions": {"ref_name": {"include": ["refs/heads/other"], "exclude": []}}},
    ],
)
def test_what_people_made_weaker_is_restored(ours, setup, weaker):
    ours |= weaker
    assert changes(setup().json) == {("ruleset", NAME): "update"}
    assert ours["enforcement"] == "active"
    assert "refs/heads/main" in ours["conditions"]["ref_name"]["include"]


def test_who_may_pass_by_stays(ours, setup):
    ours |= {"enforcement": "disabled", "bypass_actors": [{"actor_id": 5, "actor_type": "RepositoryRole"}]}
    setup()
    assert ours["enforcement"] == "active"
    assert ours["bypass_actors"] == [{"actor_id": 5, "actor_type": "RepositoryRole"}]


def test_other_rulesets_are_not_touched(setup, it):
    it.rulesets[5] = {"id": 5, "name": "mine", "source_type": "Repository", "rules": []}
    setup()
    assert it.rulesets[5] == {"id": 5, "name": "mine", "source_type": "Repository", "rules": []}
    assert len(it.rulesets) == 2


def test_rules_wait_for_main(setup, it):
    it.branches = set()
    assert "push it" in action(setup().json, "ruleset")["detail"]
    assert it.rulesets == {}


def test_without_a_workflow_no_check_is_required(setup, it, project):
    (project / ".github" / "workflows" / "ci.yml").unlink()
    done = setup()
    (found,) = it.rulesets.values()
    assert rule(found, "required_status_checks") is None
    assert "there is no .github/workflows/ci.yml" in action(done.json, "required checks")["detail"]


def names(tmp_path, text):
    path = tmp_path / ".github" / "workflows" / "ci.yml"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    return checks.read(tmp_path)


JOBS, ON = "jobs: {a: {}}", "on: pull_request\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"on: pull_request\n{JOBS}", ("a",)),
        (f"on: [push, pull_request]\n{JOBS}", ("a",)),
        (f"'on': {{pull_request: {{branches: [main]}}}}\n{JOBS}", ("a",)),
        ("on: pull_request\njobs: {a: {name: Tests}, b: {}}", ("Tests", "b")),
        (ON + "jobs: {a: {strategy: {matrix: {py: ['3.11', '3.12'], os: [x]}}}}", ("a (3.11, x)", "a (3.12, x)")),
        (ON + "jobs: {a: {name: 'py ${{ matrix.py }}', strategy: {matrix: {py: [1, 2]}}}}", ("py 1", "py 2")),
    ],
)  # fmt: skip
def test_checks_are_named_as_github_names_them(tmp_path, text, expected):
    assert names(tmp_path, text) == checks.Checks(expected)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"on: push\n{JOBS}", "does not run on pull_request"),
        (f"on: {{pull_request: {{paths: [src]}}}}\n{JOBS}", "only for some files (paths)"),
        (f"on: {{pull_request: {{branches: [develop]}}}}\n{JOBS}", "does not run for main"),
        ("on: pull_request\njobs: {a: {uses: ./.github/workflows/b.yml}}", "job a"),
        ("on: pull_request\njobs: {a: {name: '${{ inputs.x }}'}}", "job a"),
        ("on: pull_request\njobs: {a: {strategy: {matrix: {include: [{x: 1}]}}}}", "job a"),
        ("on: pull_request\njobs: {a: {strategy: {matrix: '${{ fromJSON(x) }}'}}}", "job a"),
    ],
)
def test_a_check_that_might_never_come_is_not_required(tmp_path, text, said):
    found = names(tmp_path, text)
    assert found.names == ()
    assert said in found.left_out[0]


@pytest.mark.parametrize("text", ["[]", "jobs: [1]", "a: {b", "\x00"])
def test_a_file_that_is_no_workflow_is_named(tmp_path, text):
    with pytest.raises(RequestError, match=r"ci\.yml"):
        names(tmp_path, text)
