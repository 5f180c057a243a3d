"""Rules that every workflow keeps, whoever starts it: rights, pins, secrets, scripts, time-outs.

A rule takes all workflows of a repository and returns one sentence for each place that breaks it.
"""

import re
from collections import defaultdict
from collections.abc import Iterator

from workflow_files import Job, Workflow

_PIN = re.compile(r"uses:\s*(?P<action>[\w./-]+)@(?P<commit>\S+)(?:\s+#\s*(?P<version>\S+))?\s*$", re.MULTILINE)
_ALLOWED_SECRETS = {"MODELYARD_APP_ID", "MODELYARD_APP_KEY", "MODELYARD_TOKEN", "GITHUB_TOKEN"}
_KEYS = re.compile(
    r"aws-(secret-)?access-key|AWS_(SECRET_)?ACCESS_KEY|PULUMI_ACCESS_TOKEN|PYPI_(API_)?TOKEN", re.IGNORECASE
)
_ASSUMES = "aws-actions/configure-aws-credentials"
_ATTESTS = ("actions/attest-build-provenance", "actions/attest")
_PUBLISHES = "pypa/gh-action-pypi-publish"


def rights_are_given_by_job(workflows: list[Workflow]) -> Iterator[str]:
    for workflow in workflows:
        if workflow.document.get("permissions") != {}:
            yield f"{workflow.name}: `permissions: {{}}` is missing at the top"
        for job in workflow.jobs:
            if not isinstance(job.own.get("permissions"), dict):
                yield f"{job.where}: names no permissions of its own"


def rights_are_least(workflows: list[Workflow]) -> Iterator[str]:
    for job in _jobs(workflows):
        given = job.own.get("permissions")
        given = given if isinstance(given, dict) else {}
        needed = _needed(job)
        for right in sorted(given.keys() | needed.keys()):
            if given.get(right) != needed.get(right):
                has, needs = given.get(right, "no"), needed.get(right, "no")
                yield f"{job.where}: has {has} right to {right}, and its steps need {needs}"


def _needed(job: Job) -> dict[str, str]:
    """Return the rights that the steps of a job need, and nothing else justifies."""
    attests = any(action in job.uses for action in _ATTESTS)
    needed = {
        # GitHub counts a repository_dispatch as writing contents
        "contents": "write" if _monitors(job, "--dispatch") else "read" if "actions/checkout" in job.uses else "",
        "id-token": "write" if attests or _ASSUMES in job.uses or _PUBLISHES in job.uses else "",
        "attestations": "write" if attests else "",
        "pull-requests": "write" if job.runs("github", "comment") else "",
        "actions": "read" if job.runs("github", "restore") else "",
        "issues": "write" if _writes_issues(job) else "",
    }
    return {right: level for right, level in needed.items() if level}


def _writes_issues(job: Job) -> bool:
    proposes = any(call[:2] == ["github", "propose"] and "--issue" in call for call in job.modelyard)
    return proposes or _monitors(job, "--issue")


def _monitors(job: Job, option: str) -> bool:
    return any(call[:1] == ["monitor"] and option in call for call in job.modelyard)


def actions_are_pinned(workflows: list[Workflow]) -> Iterator[str]:
    pins: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for workflow in workflows:
        named = len(re.findall(r"^\s*(?:- )?uses:", workflow.text, re.MULTILINE))
        found = list(_PIN.finditer(workflow.text))
        if named != len(found):
            yield f"{workflow.name}: {named - len(found)} actions are not pinned"
        for pin in found:
            if not re.fullmatch(r"[0-9a-f]{40}", pin["commit"]):
                yield f"{workflow.name}: {pin['action']}@{pin['commit']} is no commit"
            if not re.fullmatch(r"v\d+(\.\d+){2}", pin["version"] or ""):
                yield f"{workflow.name}: {pin['action']} has no version such as v1.2.3 beside its commit"
            pins[pin["action"]].add((pin["commit"], pin["version"]))
    yield from (f"{action} has several pins: {sorted(found)}" for action, found in pins.items() if len(found) > 1)


def checkouts_keep_no_credentials(workflows: list[Workflow]) -> Iterator[str]:
    for job in _jobs(workflows):
        for step in job.steps:
            checks_out = step.get("uses", "").startswith("actions/checkout@")
            if checks_out and step.get("with", {}).get("persist-credentials") is not False:
                yield f"{job.where}: a checkout keeps its credentials"


def scripts_have_no_expressions(workflows: list[Workflow]) -> Iterator[str]:
    for job in _jobs(workflows):
        for step in job.steps:
            if "${{" in step.get("run", ""):
                yield f"{job.where}: an expression in the script of {step.get('name')!r}"
            if "github-script" in step.get("uses", ""):
                yield f"{job.where}: a script of an action"


def nobody_keeps_keys(workflows: list[Workflow]) -> Iterator[str]:
    for workflow in workflows:
        for key in _KEYS.finditer(workflow.text):
            yield f"{workflow.name}: a long-lived key, {key[0]}"
        expressions = " ".join(re.findall(r"\$\{\{(.*?)\}\}", workflow.text, re.DOTALL))
        for secret in sorted(set(re.findall(r"(?<![\w.])secrets\.(\w+)", expressions)) - _ALLOWED_SECRETS):
            yield f"{workflow.name}: the secret {secret} is not one of ours"
        if "secrets: inherit" in workflow.text:
            yield f"{workflow.name}: secrets are inherited"


def triggers_are_safe(workflows: list[Workflow]) -> Iterator[str]:
    for workflow in workflows:
        for event in sorted(workflow.on.keys() & {"pull_request_target", "workflow_run", "issue_comment"}):
            yield f"{workflow.name}: runs code of others with our rights, on {event}"


def jobs_end(workflows: list[Workflow]) -> Iterator[str]:
    for job in _jobs(workflows):
        if not 0 < job.own.get("timeout-minutes", 0) <= 360:
            yield f"{job.where}: has no time-out of at most six hours"


def steps_are_named(workflows: list[Workflow]) -> Iterator[str]:
    for job in _jobs(workflows):
        names = [step.get("name") for step in job.steps]
        if None in names or len(set(names)) != len(names):
            yield f"{job.where}: a step has no name, or that of another"


def _jobs(workflows: list[Workflow]) -> Iterator[Job]:
    for workflow in workflows:
        yield from workflow.jobs


RULES = (
    rights_are_given_by_job,
    rights_are_least,
    actions_are_pinned,
    checkouts_keep_no_credentials,
    scripts_have_no_expressions,
    nobody_keeps_keys,
    triggers_are_safe,
    jobs_end,
    steps_are_named,
)
