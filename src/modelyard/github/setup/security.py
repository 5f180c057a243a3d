"""What Actions may do in the repository, how weaknesses are reported, and by which name workflows sign in at AWS."""

from modelyard.github.failures import RefusedError
from modelyard.github.setup.steps import Step, change, nothing, unavailable
from modelyard.github.setup.target import ADMIN, Target

_READ = "Administration: read"
_WORKFLOW = {"default_workflow_permissions": "read", "can_approve_pull_request_reviews": False}


def steps(target: Target, *, signs_in: bool) -> list[Step]:
    """Return the steps; `signs_in` where workflows take roles at AWS."""
    rest = [_subject(target)] if signs_in else []
    return [_reporting(target), _workflow(target), _actions(target), *rest]


def _reporting(target: Target) -> Step:
    kind, name = "private vulnerability reporting", target.name
    if target.private:
        return unavailable(kind, name, "only for public repositories")
    parts = ("private-vulnerability-reporting",)
    found = target.read("private vulnerability reporting", _READ, *parts)
    if found is None:
        return unavailable(kind, name, "GitHub does not offer it here")
    if found.get("enabled"):
        return nothing(kind, name)
    what = f"let people report weaknesses of {name} privately"
    return change(kind, name, "update", lambda: target.connection.put(target.path(*parts), None, what, ADMIN))


def _workflow(target: Target) -> Step:
    kind, detail = "workflow permissions", "read only, and no approvals"
    found = target.read("the permissions of workflows", _READ, "actions", "permissions", "workflow")
    if found is not None and all(found.get(key) == value for key, value in _WORKFLOW.items()):
        return nothing(kind, target.name, detail)
    path, what = target.path("actions", "permissions", "workflow"), f"set the permissions of workflows of {target.name}"
    return change(kind, target.name, "update", lambda: target.connection.put(path, _WORKFLOW, what, ADMIN), detail)


def _actions(target: Target) -> Step:
    """Require that actions are named by commit, where GitHub has the setting; which actions may run is not touched."""
    kind, detail = "actions", "on, and only by commit"
    found = target.read("the settings of Actions", _READ, "actions", "permissions")
    if found is not None and "sha_pinning_required" not in found:
        return unavailable(kind, target.name, "this GitHub cannot require that actions are named by commit")
    if found is not None and found.get("enabled") and found["sha_pinning_required"]:
        return nothing(kind, target.name, detail)
    allowed = (found or {}).get("allowed_actions") or "all"
    body = {"enabled": True, "allowed_actions": allowed, "sha_pinning_required": True}
    path, what = target.path("actions", "permissions"), f"set which actions {target.name} may use"
    return change(kind, target.name, "update", lambda: target.connection.put(path, body, what, ADMIN), detail)


def _subject(target: Target) -> Step:
    """Roles know the default subject in both its forms; one that was made up is known to none of them."""
    kind, parts = "oidc subject", ("actions", "oidc", "customization", "sub")
    try:
        found = target.read("the OIDC subject", "Actions: read", *parts)
    except RefusedError as refused:
        if not refused.is_plan:
            raise
        return unavailable(kind, target.name, refused.message)
    if not target.exists or found is None or found.get("use_default", True):
        form = "by number" if target.exists and (found or {}).get("use_immutable_subject") else "default"
        return nothing(kind, target.name, form)
    body = {"use_default": True, "use_immutable_subject": True}
    path, what = target.path(*parts), f"set the OIDC subject of {target.name}"
    detail = f"was made of {', '.join(found.get('include_claim_keys') or ['other claims'])}"
    return change(
        kind, target.name, "update", lambda: target.connection.put(path, body, what, "Actions: write"), detail
    )
