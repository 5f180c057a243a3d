"""The environments dev, staging and prod: only main may deploy to them, and prod asks a reviewer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from modelyard.github.failures import RefusedError
from modelyard.github.setup.reviewers import Review, Reviewer
from modelyard.github.setup.steps import Step, change, later, nothing
from modelyard.github.setup.target import ADMIN, Target

NAMES = ("dev", "staging", "prod")
BRANCH = "main"
_CUSTOM = {"protected_branches": False, "custom_branch_policies": True}
_READ = "Actions: read"


def steps(target: Target, review: Review) -> list[Step]:
    """Return the steps of the three environments."""
    return [step for name in NAMES for step in _of(target, name, review)]


def _of(target: Target, name: str, review: Review) -> list[Step]:
    found = target.read(f"environment {name}", _READ, "environments", name)
    there = nothing("environment", name)
    if found is None:
        there = change("environment", name, "create", lambda: _put(target, name, {}))
    rest = [_branch_rule(target, name, found)]
    if name == "prod":
        rest.append(_reviewers(target, name, found, review))
    return [there, *rest]


def _branch_rule(target: Target, name: str, found: dict[str, Any] | None) -> Step:
    label = f"{name}: only {BRANCH}"
    policies = _policies(target, name, found)
    custom = found is not None and found.get("deployment_branch_policy") == _CUSTOM
    if custom and [_is_ours(policy) for policy in policies] == [True]:
        return nothing("branch rule", label)
    others = ", ".join(_said(policy) for policy in policies if not _is_ours(policy))
    what = "update" if found is not None and found.get("deployment_branch_policy") else "create"
    detail = f"removes {others}" if others else ""
    return change("branch rule", label, what, lambda: _restrict(target, name), detail)


def _restrict(target: Target, name: str) -> None:
    found = target.read(f"environment {name}", _READ, "environments", name)
    if (found or {}).get("deployment_branch_policy") != _CUSTOM:
        _put(target, name, {"deployment_branch_policy": _CUSTOM})
    path = target.path("environments", name, "deployment-branch-policies")
    what = f"let only {BRANCH} deploy to {name} of {target.name}"
    known = _policies(target, name, {"deployment_branch_policy": _CUSTOM})
    if not any(map(_is_ours, known)):  # first, so that there is no moment without a rule
        target.connection.post(path, {"name": BRANCH, "type": "branch"}, what, ADMIN)
    for policy in known:
        if not _is_ours(policy):
            target.connection.delete(f"{path}/{policy['id']}", what, ADMIN)


def _is_ours(policy: dict[str, Any]) -> bool:
    """Tell whether a rule lets the branch in; a tag may have its name too."""
    return policy["name"] == BRANCH and policy.get("type", "branch") == "branch"


def _said(policy: dict[str, Any]) -> str:
    return f"tag {policy['name']}" if policy.get("type") == "tag" else str(policy["name"])


def _policies(target: Target, name: str, found: dict[str, Any] | None) -> list[dict[str, Any]]:
    if not found or found.get("deployment_branch_policy") != _CUSTOM:
        return []
    parts = ("environments", name, "deployment-branch-policies")
    return target.entries(f"the branch rules of {name}", _READ, *parts, item="branch_policies")


def _reviewers(target: Target, name: str, found: dict[str, Any] | None, review: Review) -> Step:
    now = current(found)
    wanted = review.beside(now.reviewers)
    others_review = review.prevents_self(wanted)
    said = ", ".join(each.name for each in wanted) or "nobody"
    if not wanted:
        return later("reviewers", name, "nobody reviews: name somebody with --reviewer LOGIN or ORG/TEAM")
    if set(wanted) == set(now.reviewers) and (now.prevent_self_review or not others_review):
        return nothing("reviewers", name, said)
    body = {
        "reviewers": [each.body for each in wanted],
        "prevent_self_review": others_review or now.prevent_self_review,
    }
    detail = said if body["prevent_self_review"] else f"{said}; alone, so who starts a release may approve it too"
    what = "update" if now.reviewers else "create"
    return change("reviewers", name, what, lambda: _put(target, name, body), detail)


@dataclass(frozen=True)
class Current:
    """What protects an environment now."""

    reviewers: Sequence[Reviewer] = ()
    prevent_self_review: bool = False
    wait_timer: int = 0


def current(found: dict[str, Any] | None) -> Current:
    """Return the protection that GitHub tells of."""
    rules = {rule.get("type"): rule for rule in (found or {}).get("protection_rules", [])}
    asked = rules.get("required_reviewers", {})
    return Current(
        tuple(Reviewer.of(each) for each in asked.get("reviewers", [])),
        bool(asked.get("prevent_self_review")),
        int(rules.get("wait_timer", {}).get("wait_timer", 0)),
    )


def _put(target: Target, name: str, more: dict[str, Any]) -> None:
    """Change something of an environment: what is not sent would be taken away, so everything else is sent as it is."""
    found = target.read(f"environment {name}", _READ, "environments", name)
    now = current(found)
    body = {
        "wait_timer": now.wait_timer,
        "reviewers": [each.body for each in now.reviewers],
        "prevent_self_review": now.prevent_self_review,
        "deployment_branch_policy": (found or {}).get("deployment_branch_policy"),
    }
    # an account without rules for private repositories refuses them even where they are empty
    body = {key: value for key, value in (body | more).items() if value}
    what = f"set environment {name} of {target.name}"
    try:
        target.connection.put(target.path("environments", name), body, what, ADMIN)
    except RefusedError as refused:
        if refused.status != 404 or not target.private:
            raise
        message = f"GitHub offers no environments for {target.name}: private repositories have none in a free account."
        hint = "Make the repository public, or change the account's plan."
        raise RefusedError(404, message, hint, is_plan=True) from refused
