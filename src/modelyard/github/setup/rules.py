"""The ruleset on main: changes come through pull requests whose checks have passed.

What the repository's people have made stricter in it stays; only what is weaker than ours is changed.
"""

from collections.abc import Callable
from typing import Any

from modelyard.github.failures import RefusedError
from modelyard.github.setup.checks import Checks
from modelyard.github.setup.steps import Step, change, later, nothing, unavailable
from modelyard.github.setup.target import ADMIN, Target

NAME = "modelyard: main"
BRANCH = "main"
_ACTIONS = 15_368  # GitHub Actions' own app: nobody else can report these checks
_REF = f"refs/heads/{BRANCH}"
Rules = dict[str, dict[str, Any]]


def steps(target: Target, checks: Checks) -> list[Step]:
    """Return the step of the ruleset."""
    said = [later("required checks", BRANCH, why) for why in checks.left_out]
    if target.read(f"branch {BRANCH}", "Contents: read", "branches", BRANCH) is None:
        why = f"there is no {BRANCH} yet: push it, then run this again"  # rules could refuse the first push
        return [later("ruleset", NAME, why), *said]
    try:
        entries = target.entries("rulesets", "Metadata: read", "rulesets")
    except RefusedError as refused:
        if not refused.is_plan:
            raise
        return [unavailable("ruleset", NAME, refused.message)]
    ours = next((each for each in entries if each["name"] == NAME and each.get("source_type") == "Repository"), None)
    return [_step(target, None if ours is None else _whole(target, ours["id"]), checks), *said]


def _whole(target: Target, number: int) -> dict[str, Any]:
    path = target.path("rulesets", number)
    return target.connection.get(path, f"show ruleset {NAME!r} of {target.name}", ADMIN)


def _step(target: Target, found: dict[str, Any] | None, checks: Checks) -> Step:
    detail = f"checks: {'; '.join(checks.names)}" if checks.names else "no required checks"
    what = f"set ruleset {NAME!r} of {target.name}"
    send: Callable[[], object]
    if found is None:
        body = _body({}, _wanted(target, checks))
        send = lambda: target.connection.post(target.path("rulesets"), body, what, ADMIN)  # noqa: E731
        return change("ruleset", NAME, "create", send, detail)
    now = {rule["type"]: rule.get("parameters") or {} for rule in found.get("rules", [])}
    merged = _merged(now, _wanted(target, checks))
    reached = _REF in ((found.get("conditions") or {}).get("ref_name") or {}).get("include", [])
    if merged == now and reached and found.get("enforcement") == "active":
        return nothing("ruleset", NAME, detail)
    body = _body(found, merged)
    send = lambda: target.connection.put(target.path("rulesets", found["id"]), body, what, ADMIN)  # noqa: E731
    return change("ruleset", NAME, "update", send, detail)


def _wanted(target: Target, checks: Checks) -> Rules:
    several = target.of_organization  # one person could never approve their own pull request
    wanted: Rules = {
        "deletion": {},
        "non_fast_forward": {},
        "pull_request": {
            "required_approving_review_count": int(several),
            "dismiss_stale_reviews_on_push": True,
            "require_code_owner_review": several,
            "require_last_push_approval": several,
            "required_review_thread_resolution": True,
        },
    }
    if checks.names:
        wanted["required_status_checks"] = {
            "strict_required_status_checks_policy": False,
            "required_status_checks": [{"context": name, "integration_id": _ACTIONS} for name in checks.names],
        }
    return wanted


def _merged(now: Rules, wanted: Rules) -> Rules:
    """Return what is there, made as strict as ours; checks of ours that ci.yml no longer has are dropped."""
    merged = {kind: dict(parameters) for kind, parameters in now.items()}
    for kind, parameters in wanted.items():
        known = merged.setdefault(kind, {})
        known |= {key: _stricter(known.get(key), value) for key, value in parameters.items()}
    if "required_status_checks" in now:
        checks = now["required_status_checks"].get("required_status_checks", [])
        others = [each for each in checks if each.get("integration_id") != _ACTIONS]
        ours = wanted.get("required_status_checks", {}).get("required_status_checks", [])
        same = {(c["context"], c.get("integration_id")) for c in checks} == {
            (c["context"], c.get("integration_id")) for c in [*others, *ours]
        }
        merged["required_status_checks"]["required_status_checks"] = checks if same else [*others, *ours]
        if not merged["required_status_checks"]["required_status_checks"]:
            del merged["required_status_checks"]
    return merged


def _stricter(now: Any, wanted: Any) -> Any:  # noqa: ANN401 - a flag or a count; anything else is ours
    if isinstance(now, bool) and isinstance(wanted, bool):
        return now or wanted
    if isinstance(now, int) and isinstance(wanted, int):
        return max(now, wanted)
    return wanted


def _body(found: dict[str, Any], rules: Rules) -> dict[str, Any]:
    refs = (found.get("conditions") or {}).get("ref_name") or {}
    reached = list(dict.fromkeys([*refs.get("include", []), _REF]))
    # who may pass by is only shown to whom may change it; what is not sent stays as it is
    return {
        "name": NAME,
        "target": "branch",
        "enforcement": "active",
        "conditions": {"ref_name": {"include": reached, "exclude": refs.get("exclude", [])}},
        "rules": [{"type": kind, **({"parameters": p} if p else {})} for kind, p in rules.items()],
    }
