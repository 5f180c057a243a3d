"""Which bodies GitHub takes: a JSON schema per route; anything else is refused as it refuses it."""

import jsonschema
from github_answers import Refused, failure


def _of(required=(), **properties):
    return {
        "type": "object", "additionalProperties": False, "required": list(required), "properties": properties
    }  # fmt: skip


STRING, BOOL, NULLABLE = {"type": "string"}, {"type": "boolean"}, {"type": ["string", "null"]}
NAME = {"type": "string", "minLength": 1}
STRINGS = {"type": "array", "items": STRING}
COLOR = {"type": "string", "pattern": "^[0-9a-fA-F]{6}$"}
POLICY = {
    "oneOf": [
        {"type": "null"},
        _of(["protected_branches", "custom_branch_policies"], protected_branches=BOOL, custom_branch_policies=BOOL),
    ]
}
REVIEWERS = {
    "type": ["array", "null"],
    "maxItems": 6,
    "items": _of(["type", "id"], type={"enum": ["User", "Team"]}, id={"type": "integer"}),
}
CHECKS = _of(
    ["required_status_checks", "strict_required_status_checks_policy"],
    strict_required_status_checks_policy=BOOL, do_not_enforce_on_create=BOOL,
    required_status_checks={
        "type": "array", "items": _of(["context"], context=NAME, integration_id={"type": "integer"})
    },
)  # fmt: skip
REVIEWS = _of(
    ["dismiss_stale_reviews_on_push", "require_code_owner_review", "require_last_push_approval",
     "required_approving_review_count", "required_review_thread_resolution"],
    dismiss_stale_reviews_on_push=BOOL, require_code_owner_review=BOOL, require_last_push_approval=BOOL,
    required_approving_review_count={"type": "integer", "minimum": 0, "maximum": 10},
    required_review_thread_resolution=BOOL,
    allowed_merge_methods={"type": "array", "items": {"enum": ["merge", "squash", "rebase"]}},
    required_reviewers={"type": "array"},
)  # fmt: skip
RULE = {
    "oneOf": [
        _of(["type"], type={"enum": ["deletion", "non_fast_forward", "required_linear_history", "creation"]}),
        _of(["type", "parameters"], type={"const": "required_status_checks"}, parameters=CHECKS),
        _of(["type", "parameters"], type={"const": "pull_request"}, parameters=REVIEWS),
    ]
}
RULESET = _of(
    ["name", "enforcement"],
    name=NAME, target={"enum": ["branch", "tag", "push"]}, enforcement={"enum": ["active", "disabled", "evaluate"]},
    conditions=_of(ref_name=_of(include=STRINGS, exclude=STRINGS)), rules={"type": "array", "items": RULE},
    bypass_actors={"type": "array", "items": {"type": "object"}},
)  # fmt: skip
REPOSITORY = _of(
    ["name"], name={"type": "string", "pattern": "^[A-Za-z0-9._-]{1,100}$"}, private=BOOL, description=STRING,
    visibility={"enum": ["public", "private", "internal"]}, auto_init=BOOL, has_issues=BOOL, has_projects=BOOL,
    has_wiki=BOOL, delete_branch_on_merge=BOOL, allow_squash_merge=BOOL, allow_merge_commit=BOOL,
    allow_rebase_merge=BOOL,
)  # fmt: skip

BODIES = {
    "repository": REPOSITORY,
    "repository change": {**REPOSITORY, "required": []},
    "environment": _of(
        wait_timer={"type": "integer", "minimum": 0, "maximum": 43_200}, prevent_self_review=BOOL,
        reviewers=REVIEWERS, deployment_branch_policy=POLICY,
    ),
    "branch policy": _of(["name"], name=NAME, type={"enum": ["branch", "tag"]}),
    "variable": _of(["name", "value"], name={"type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_]*$"}, value=STRING),
    "variable change": _of(name=NAME, value=STRING),
    "label": _of(["name"], name=NAME, color=COLOR, description={"type": "string", "maxLength": 100}),
    "label change": _of(new_name=NAME, color=COLOR, description={"type": "string", "maxLength": 100}),
    "ruleset": RULESET,
    "ruleset change": {**RULESET, "required": []},
    "actions": _of(
        ["enabled"], enabled=BOOL, allowed_actions={"enum": ["all", "local_only", "selected"]},
        sha_pinning_required=BOOL,
    ),
    "selected actions": _of(github_owned_allowed=BOOL, verified_allowed=BOOL, patterns_allowed=STRINGS),
    "workflow permissions": _of(
        default_workflow_permissions={"enum": ["read", "write"]}, can_approve_pull_request_reviews=BOOL
    ),
    "oidc": _of(["use_default"], use_default=BOOL, include_claim_keys=STRINGS, use_immutable_subject=BOOL),
    "issue": _of(["title"], title=NAME, body=STRING, labels=STRINGS, assignees=STRINGS),
    "issue change": _of(
        title=NAME, body=STRING, labels=STRINGS, assignees=STRINGS, state={"enum": ["open", "closed"]},
        state_reason={"enum": ["completed", "not_planned", "reopened", "duplicate", None]},
    ),
    "labels": _of(["labels"], labels=STRINGS),
    "comment": _of(["body"], body=NAME),
    "pull": _of(["title", "head", "base"], title=NAME, head=NAME, base=NAME, body=STRING, draft=BOOL,
                maintainer_can_modify=BOOL),
    "pull change": _of(title=NAME, body=STRING, base=NAME, state={"enum": ["open", "closed"]}),
    "dispatch": _of(["event_type"], event_type={"type": "string", "minLength": 1, "maxLength": 100},
                    client_payload={"type": "object", "maxProperties": 10}),
    "workflow dispatch": _of(["ref"], ref=NAME, inputs={"type": "object", "maxProperties": 25}),
}  # fmt: skip


def checked(kind, body):
    """Return the body, or refuse it."""
    if body is None or not isinstance(body, dict):
        raise Refused(failure(400, "Problems parsing JSON"))
    problem = next(iter(jsonschema.Draft202012Validator(BODIES[kind]).iter_errors(body)), None)
    if problem is not None:
        place = ".".join(str(part) for part in problem.absolute_path) or "root"
        raise Refused(failure(422, f"Invalid request.\n\nFor '{place}', {problem.message}.", errors=[problem.message]))
    return body
