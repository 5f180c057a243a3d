"""The routes of GitHub's REST API that set up a repository."""

import re
import subprocess

from github_answers import Answer, Refused, failure, invalid, not_found, paged
from github_bodies import checked
from github_state import NUMBERS, Repository

ROUTES = []
OF = r"/repos/(?P<owner>[\w.-]+)/(?P<name>[\w.-]+)"
UPGRADE = "Upgrade to GitHub Pro or make this repository public to enable this feature."
REVIEWERS = (
    "Failed to create the environment protection rule. "
    "Please ensure the billing plan supports the required reviewers protection rule."
)


def route(method, pattern, needs=None):
    """Register a handler `(api, asked, token, repository or None, parts)`."""

    def keep(handler):
        ROUTES.append((method, re.compile(f"{pattern}$"), needs, handler))
        return handler

    return keep


@route("GET", "/rate_limit")
def rate_limit(api, asked, token, repo, at):
    return Answer(200, {"resources": {"core": {"limit": 5000, "remaining": 4999, "reset": 1, "used": 1}}})


@route("GET", "/user")
def me(api, asked, token, repo, at):
    if token.kind == "actions":
        raise Refused(failure(403, "Resource not accessible by integration"))
    return Answer(200, api.user(token.login))


@route("GET", r"/users/(?P<login>[\w-]+)")
def user(api, asked, token, repo, at):
    return Answer(200, api.user(at["login"]))


@route("GET", r"/orgs/(?P<org>[\w-]+)/teams/(?P<team>[\w-]+)", "members=read")
def team(api, asked, token, repo, at):
    account = api.accounts.get(at["org"].lower())
    if account is None or account.type != "Organization" or at["team"] not in account.teams:
        return not_found()
    return Answer(200, {"id": account.teams[at["team"]], "slug": at["team"], "name": at["team"]})


@route("POST", "/user/repos", "administration=write")
def create_own(api, asked, token, repo, at):
    return _create(api, asked, token, token.login)


@route("POST", r"/orgs/(?P<org>[\w-]+)/repos", "administration=write")
def create_for_organization(api, asked, token, repo, at):
    account = api.accounts.get(at["org"].lower())
    if account is None or account.type != "Organization":
        return not_found()
    if token.login not in account.members:
        return failure(403, "You need admin access to the organization before adding a repository to it.")
    return _create(api, asked, token, account.login)


def _create(api, asked, token, owner):
    body = checked("repository", asked.body)
    if api.find(owner, body["name"]) is not None:
        taken = {"resource": "Repository", "code": "custom", "field": "name"}
        errors = [taken | {"message": "name already exists on this account"}]
        return failure(422, "Repository creation failed.", errors=errors)
    private = body.get("private", body.get("visibility") == "private")
    made = api.add(Repository(owner, body["name"], private=private, settings=body, branches=set()))
    if token.sees is not None:
        token.sees.add(made.full_name)
    return Answer(201, api.shown(made, asked))


@route("GET", OF, "metadata=read")
def repository(api, asked, token, repo, at):
    return Answer(200, api.shown(repo, asked))


@route("PATCH", OF, "administration=write")
def change(api, asked, token, repo, at):
    repo.settings |= checked("repository change", asked.body)
    repo.private = repo.settings.get("private", repo.private)
    return Answer(200, api.shown(repo, asked))


@route("GET", rf"{OF}/environments", "actions=read")
def environments(api, asked, token, repo, at):
    return paged(asked, [_environment(e) for e in repo.environments.values()], "environments")


@route("GET", rf"{OF}/environments/(?P<env>[^/]+)", "actions=read")
def environment(api, asked, token, repo, at):
    found = repo.environments.get(at["env"])
    return not_found() if found is None else Answer(200, _environment(found))


@route("PUT", rf"{OF}/environments/(?P<env>[^/]+)", "administration=write")
def put_environment(api, asked, token, repo, at):
    body = checked("environment", asked.body or {})
    if refused := _of_plan(api, repo, body):
        return refused
    reviewers = body.get("reviewers") or []
    if body.get("prevent_self_review") and not reviewers:
        return failure(422, "Failed to create or update the environment protection rule. Required reviewers must "
                            "have at least one reviewer to set prevent_self_review.")  # fmt: skip
    unknown = [r for r in reviewers if api.reviewer(r) is None]
    if unknown:
        return failure(422, "Failed to create or update the environment protection rule.", errors=unknown)
    policy = body.get("deployment_branch_policy")
    if policy and policy["protected_branches"] == policy["custom_branch_policies"]:
        return failure(422, "protected_branches and custom_branch_policies cannot have the same value")
    old = repo.environments.get(at["env"], {"id": next(NUMBERS), "policies": {}})
    custom = bool(policy and policy["custom_branch_policies"])
    repo.environments[at["env"]] = {
        "id": old["id"], "name": at["env"], "policy": policy, "policies": old["policies"] if custom else {},
        "wait_timer": body.get("wait_timer", 0), "prevent_self_review": body.get("prevent_self_review", False),
        "reviewers": [{"type": r["type"], "reviewer": api.reviewer(r)} for r in reviewers],
    }  # fmt: skip
    return Answer(200, _environment(repo.environments[at["env"]]))


def _of_plan(api, repo, body):
    """Return what an account says that has no such rules; reviewers and timers it refuses even where they are none."""
    lacking = api.lacking(repo)
    if "environments" in lacking:
        return not_found()
    if "reviewers" in lacking and {"reviewers", "wait_timer", "prevent_self_review"} & set(body):
        return failure(422, REVIEWERS)
    return failure(403, UPGRADE) if body.get("deployment_branch_policy") and "branch_policies" in lacking else None


def _environment(found):
    rules = []
    if found["wait_timer"]:
        rules.append({"id": 1, "type": "wait_timer", "wait_timer": found["wait_timer"]})
    if found["reviewers"]:
        more = {"prevent_self_review": found["prevent_self_review"], "reviewers": found["reviewers"]}
        rules.append({"id": 2, "type": "required_reviewers", **more})
    if found["policy"]:
        rules.append({"id": 3, "type": "branch_policy"})
    return {
        "id": found["id"], "name": found["name"], "protection_rules": rules, "can_admins_bypass": True,
        "deployment_branch_policy": found["policy"],
    }  # fmt: skip


@route("GET", rf"{OF}/environments/(?P<env>[^/]+)/deployment-branch-policies", "actions=read")
def branch_policies(api, asked, token, repo, at):
    found = repo.environments.get(at["env"])
    return not_found() if found is None else paged(asked, list(found["policies"].values()), "branch_policies")


@route("POST", rf"{OF}/environments/(?P<env>[^/]+)/deployment-branch-policies", "administration=write")
def add_branch_policy(api, asked, token, repo, at):
    body, found = checked("branch policy", asked.body), repo.environments.get(at["env"])
    if found is None or not (found["policy"] or {}).get("custom_branch_policies"):
        return not_found()
    wanted = (body["name"], body.get("type", "branch"))
    if wanted in {(policy["name"], policy["type"]) for policy in found["policies"].values()}:
        return Answer(303)
    number = next(NUMBERS)
    found["policies"][number] = {"id": number, "name": body["name"], "type": body.get("type", "branch")}
    return Answer(200, found["policies"][number])


@route("DELETE", rf"{OF}/environments/(?P<env>[^/]+)/deployment-branch-policies/(?P<id>\d+)", "administration=write")
def remove_branch_policy(api, asked, token, repo, at):
    found = repo.environments.get(at["env"])
    if found is None or found["policies"].pop(int(at["id"]), None) is None:
        return not_found()
    return Answer(204)


@route("GET", rf"{OF}/actions/variables", "actions_variables=read")
def variables(api, asked, token, repo, at):
    entries = [{"name": name, "value": value} for name, value in sorted(repo.variables.items())]
    return paged(asked, entries, "variables", most=30)


@route("POST", rf"{OF}/actions/variables", "actions_variables=write")
def add_variable(api, asked, token, repo, at):
    body = checked("variable", asked.body)
    if body["name"].upper() in repo.variables:
        return failure(409, "Already exists - Variable already exists")
    repo.variables[body["name"].upper()] = body["value"]
    return Answer(201, {})


@route("PATCH", rf"{OF}/actions/variables/(?P<variable>\w+)", "actions_variables=write")
def change_variable(api, asked, token, repo, at):
    body = checked("variable change", asked.body)
    if at["variable"].upper() not in repo.variables:
        return not_found()
    repo.variables[at["variable"].upper()] = body["value"]
    return Answer(204)


@route("DELETE", rf"{OF}/actions/variables/(?P<variable>\w+)", "actions_variables=write")
def remove_variable(api, asked, token, repo, at):
    return not_found() if repo.variables.pop(at["variable"].upper(), None) is None else Answer(204)


@route("GET", rf"{OF}/branches/(?P<branch>[^/]+)", "contents=read")
def branch(api, asked, token, repo, at):
    if not has_branch(repo, at["branch"]):
        return failure(404, "Branch not found")
    return Answer(200, {"name": at["branch"], "protected": False, "commit": {"sha": "c" * 40}})


def has_branch(repo, branch):
    """Return whether the repository has the branch: its git knows, or the set that the test gave."""
    if repo.git is None:
        return repo.branches is None or branch in repo.branches
    command = ["git", "-C", str(repo.git), "rev-parse", "--verify", "--quiet", f"refs/heads/{branch}"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@route("GET", rf"{OF}/labels", "issues=read")
def labels(api, asked, token, repo, at):
    return paged(asked, list(repo.labels.values()))


@route("POST", rf"{OF}/labels", "issues=write")
def add_label(api, asked, token, repo, at):
    body = checked("label", asked.body)
    if body["name"].lower() in repo.labels:
        return invalid("Label", "name", "already_exists")
    repo.labels[body["name"].lower()] = {"id": next(NUMBERS), "color": "ededed", "description": None, **body}
    return Answer(201, repo.labels[body["name"].lower()])
