"""The routes of GitHub's REST API for rules, Actions and security of a repository."""

from github_answers import Answer, failure, not_found, paged
from github_bodies import checked
from github_settings import OF, UPGRADE, route
from github_state import NUMBERS


@route("GET", rf"{OF}/rulesets", "metadata=read")
def rulesets(api, asked, token, repo, at):
    if "rulesets" in api.lacking(repo):
        return failure(403, UPGRADE)
    return paged(asked, [_brief(ruleset) for ruleset in repo.rulesets.values()])


def _brief(ruleset):
    return {key: value for key, value in ruleset.items() if key not in {"rules", "conditions", "bypass_actors"}}


@route("GET", rf"{OF}/rulesets/(?P<id>\d+)", "metadata=read")
def ruleset(api, asked, token, repo, at):
    found = repo.rulesets.get(int(at["id"]))
    return not_found() if found is None else Answer(200, found)


@route("POST", rf"{OF}/rulesets", "administration=write")
def add_ruleset(api, asked, token, repo, at):
    if "rulesets" in api.lacking(repo):
        return failure(403, UPGRADE)
    body = checked("ruleset", asked.body)
    if any(known["name"] == body["name"] for known in repo.rulesets.values()):
        return failure(422, "Validation Failed", errors=["Name must be unique"])
    number = next(NUMBERS)
    defaults = {"target": "branch", "bypass_actors": [], "conditions": {}, "rules": []}
    made = {**defaults, **body, "id": number, "source": repo.full_name, "source_type": "Repository"}
    repo.rulesets[number] = made | {"rules": [_filled(rule) for rule in made["rules"]]}
    return Answer(201, repo.rulesets[number])


@route("PUT", rf"{OF}/rulesets/(?P<id>\d+)", "administration=write")
def change_ruleset(api, asked, token, repo, at):
    found, body = repo.rulesets.get(int(at["id"])), checked("ruleset change", asked.body)
    if found is None:
        return not_found()
    found |= body
    found["rules"] = [_filled(rule) for rule in found["rules"]]
    return Answer(200, found)


def _filled(rule):
    """Add what GitHub adds to a rule: an answer is never the body that was sent."""
    added = {
        "required_status_checks": {"do_not_enforce_on_create": False},
        "pull_request": {"allowed_merge_methods": ["merge", "squash", "rebase"], "required_reviewers": []},
    }
    if "parameters" not in rule:
        return rule
    return {"type": rule["type"], "parameters": {**added.get(rule["type"], {}), **rule["parameters"]}}


@route("GET", rf"{OF}/private-vulnerability-reporting", "administration=read")
def private_reporting(api, asked, token, repo, at):
    if "private_reporting" in api.lacking(repo):
        return not_found()
    return Answer(200, {"enabled": repo.private_reporting})


@route("PUT", rf"{OF}/private-vulnerability-reporting", "administration=write")
def enable_private_reporting(api, asked, token, repo, at):
    if "private_reporting" in api.lacking(repo):
        return failure(422, "Private vulnerability reporting cannot be enabled for this repository.")
    repo.private_reporting = True
    return Answer(204)


@route("GET", rf"{OF}/actions/permissions", "administration=read")
def actions(api, asked, token, repo, at):
    known = dict(repo.actions)
    if "sha_pinning" in api.lacking(repo):
        known.pop("sha_pinning_required")
    return Answer(200, known)


@route("PUT", rf"{OF}/actions/permissions", "administration=write")
def put_actions(api, asked, token, repo, at):
    repo.actions |= checked("actions", asked.body)
    return Answer(204)


@route("GET", rf"{OF}/actions/permissions/workflow", "administration=read")
def workflow_permissions(api, asked, token, repo, at):
    return Answer(200, repo.workflow_permissions)


@route("PUT", rf"{OF}/actions/permissions/workflow", "administration=write")
def put_workflow_permissions(api, asked, token, repo, at):
    body = checked("workflow permissions", asked.body)
    if "workflow_write" in repo.lacks and body.get("default_workflow_permissions") == "write":
        return failure(409, "Conflict")
    repo.workflow_permissions |= body
    return Answer(204)


@route("GET", rf"{OF}/actions/oidc/customization/sub", "actions=read")
def oidc(api, asked, token, repo, at):
    return Answer(200, repo.oidc)


@route("PUT", rf"{OF}/actions/oidc/customization/sub", "actions=write")
def put_oidc(api, asked, token, repo, at):
    body = checked("oidc", asked.body)
    repo.oidc = repo.oidc | body
    if body["use_default"]:
        repo.oidc.pop("include_claim_keys", None)
    return Answer(201, {})
