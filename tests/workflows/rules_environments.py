"""Rules of environments: which job may become which role, where it runs, and what may run at the same time.

They hold what act cannot show: it ignores environments, concurrency and OpenID Connect.
"""

import re
from collections.abc import Iterator

from expressions import evaluate
from workflow_files import Job, Workflow

ENVIRONMENTS = ("dev", "staging", "prod")
_KINDS = "REGION|PLAN_ROLE|APPLY_ROLE|LOOP_ROLE|WATCH_ROLE|IMAGE|SERVICE_URL|RUNNER|BACKEND"
_KNOWN = re.compile(rf"MODELYARD_(?:{_KINDS})_(?:DEV|STAGING|PROD)|MODELYARD_ATTEST")
_HOSTED = "ubuntu-24.04"
_PULL_ONLY = "${{ github.event_name == 'pull_request' }}"
_OUTSIDE = ("plan", "watch")  # roles that trust no environment
_LOOKS = ("monitor", "report")
_DEPLOYS = (("deploy",), ("release", "start"), ("models", "copy"), ("infra", "up"), ("infra", "destroy"))


def roles_need_their_environment(workflows: list[Workflow]) -> Iterator[str]:
    """`apply` and `loop` trust `environment:NAME` only; `plan` and `watch` trust main, never an environment."""
    for job in _jobs(workflows):
        named = _environment(job)
        wanted = {env for what, env in job.roles() if what not in _OUTSIDE}
        if wanted and wanted != {named}:
            yield f"{job.where}: takes a role of {sorted(wanted)} in environment {named}"
        for what in sorted({what for what, _ in job.roles()} & set(_OUTSIDE)) if named else ():
            yield f"{job.where}: the {what} role trusts no environment, and this is {named}"


def who_watches_comes_from_main(workflows: list[Workflow]) -> Iterator[str]:
    """AWS refuses the role elsewhere: a job that starts there would fail late, and without saying why."""
    for job in _watching(workflows):
        variables = dict.fromkeys(re.findall(r"vars\.(\w+)", str(job.own)), "set")
        starts = {
            ref: bool(evaluate(str(job.own.get("if", "true")), {"vars": variables, "github": {"ref": ref}}))
            for ref in ("refs/heads/main", "refs/heads/other", "refs/tags/main")
        }
        if starts != {"refs/heads/main": True, "refs/heads/other": False, "refs/tags/main": False}:
            yield f"{job.where}: takes the watch role where it is not trusted: {starts}"


def who_watches_changes_nothing(workflows: list[Workflow]) -> Iterator[str]:
    """Nobody approves such a job, so it neither trains nor releases; it may ask for that."""
    for job in _watching(workflows):
        for call in job.modelyard:
            if "--retrain" in call or not call or call[0] not in _LOOKS:
                yield f"{job.where}: looks only, and calls modelyard {' '.join(call)}"


def jobs_keep_to_one_environment(workflows: list[Workflow]) -> Iterator[str]:
    for job in _jobs(workflows):
        found = {env.lower() for env in re.findall(r"vars\.MODELYARD_\w+?_(DEV|STAGING|PROD)\b", str(job.own))}
        told = {job.own.get("env", {}).get("ENVIRONMENT")} & set(ENVIRONMENTS)
        named = {_environment(job)} & set(ENVIRONMENTS)
        if job.roles() and len(found | told | named) > 1:
            yield f"{job.where}: speaks of {sorted(found | told | named)}"


def roles_are_assumed_from_the_job(workflows: list[Workflow]) -> Iterator[str]:
    for job in _jobs(workflows):
        assumed = "aws-actions/configure-aws-credentials" in job.uses
        if job.roles() and not assumed:
            yield f"{job.where}: names a role and never assumes it"
        if assumed and not job.roles():
            yield f"{job.where}: assumes a role that is no variable of an environment"


def environments_never_overlap(workflows: list[Workflow]) -> Iterator[str]:
    """What changes an environment waits for what does so in the same one, in whatever workflow."""
    for job in _jobs(workflows):
        env, group = _environment(job), _concurrency(job).get("group", "")
        if _deploys(job) and group != f"environment-{env}":
            yield f"{job.where}: changes {env} in the group {group!r}, which is not environment-{env}"
        if not _deploys(job) and group.startswith("environment-") and group != f"environment-{env}":
            yield f"{job.where}: waits in the group of another environment, {group}"


def work_is_never_cut_off(workflows: list[Workflow]) -> Iterator[str]:
    """Only a newer commit of a pull request may cancel, and nothing that has a role to change things."""
    for job in _jobs(workflows):
        levels = [job.own.get("concurrency"), job.workflow.document.get("concurrency")]
        found = [level for level in levels if level is not None]
        if not found:
            yield f"{job.where}: says nothing of concurrency"
        for level in found:
            cancels = level.get("cancel-in-progress") if isinstance(level, dict) else None
            if cancels is not False and (cancels != _PULL_ONLY or _environment(job)):
                yield f"{job.where}: cancels what is running: {cancels}"


def machines_are_known(workflows: list[Workflow]) -> Iterator[str]:
    """A job runs hosted, or on the runner of its own environment when there is one."""
    for job in _jobs(workflows):
        label = job.own.get("runs-on")
        if label == _HOSTED:
            continue
        looked_at = next((env for what, env in job.roles() if what == "watch"), "?")
        runner = f"MODELYARD_RUNNER_{(_environment(job) or looked_at).upper()}"
        run = {"run_id": 7, "run_attempt": 2}
        with_runner = evaluate(str(label), {"vars": {runner: "flights"}, "github": run})
        if (with_runner, evaluate(str(label), {"github": run})) != ("codebuild-flights-7-2", _HOSTED):
            yield f"{job.where}: runs on {label}"


def pull_requests_change_nothing(workflows: list[Workflow]) -> Iterator[str]:
    """Their code gets neither a role to change things nor a place in the network, and from a fork no role at all."""
    for job in _jobs(workflows):
        if "pull_request" not in job.workflow.on:
            continue
        inside = any(what != "plan" for what, _ in job.roles()) or job.own.get("runs-on") != _HOSTED
        if inside and _runs_on_pull(job, fork=False):
            yield f"{job.where}: a pull request would run it with the rights of an environment"
        if job.roles() and _runs_on_pull(job, fork=True):
            yield f"{job.where}: a pull request from a fork would run it"


def nothing_follows_what_was_cut_off(workflows: list[Workflow]) -> Iterator[str]:
    """A job that was cancelled, or whose time was up, is no failure to GitHub: who comes after it has to look."""
    for job in _jobs(workflows):
        condition = str(job.own.get("if", "true"))
        if not _deploys(job) or not re.search(r"\b(always|cancelled|failure)\(", condition):
            continue  # GitHub itself asks that everything before succeeded
        variables = dict.fromkeys(re.findall(r"vars\.(\w+)", condition), "set")
        for cut_off in sorted(_before(job)):
            results = {name: {"result": _result_after(job, name, cut_off)} for name in _needs(job)}
            for event, inputs in (("push", {}), ("workflow_dispatch", _destroying(job)["inputs"])):
                github = {"event_name": event}
                if evaluate(condition, {"vars": variables, "github": github, "inputs": inputs, "needs": results}):
                    yield f"{job.where}: goes on at {event} though {cut_off} was cancelled"


def _needs(job: Job) -> list[str]:
    told = job.own.get("needs", [])
    return [told] if isinstance(told, str) else told


def _before(job: Job) -> set[str]:
    """Return every job that it waits for, those behind others too."""
    by_name = {each.id: each for each in job.workflow.jobs}
    return {name for need in _needs(job) for name in {need, *_before(by_name[need])}}


def _result_after(job: Job, name: str, cut_off: str) -> str:
    """Return the result of a job before it when another one was cut off: what waits for that is skipped."""
    if name == cut_off:
        return "cancelled"
    behind = next(each for each in job.workflow.jobs if each.id == name)
    return "skipped" if cut_off in _before(behind) else "success"


def variables_are_known(workflows: list[Workflow]) -> Iterator[str]:
    for workflow in workflows:
        for name in sorted(set(re.findall(r"vars\.(\w+)", workflow.text))):
            if not _KNOWN.fullmatch(name):
                yield f"{workflow.name}: nobody sets the variable {name}"


def destruction_is_asked_for(workflows: list[Workflow]) -> Iterator[str]:
    """`infra destroy` runs by hand only, after a job that compares the name that was typed."""
    for job in _jobs(workflows):
        for step in job.steps:
            if "infra destroy" not in step.get("run", ""):
                continue
            condition, guards = step.get("if", "true"), job.own.get("needs", [])
            by_itself = [event for event in job.workflow.on if event != "workflow_dispatch"]
            if any(evaluate(condition, {"github": {"event_name": event}, "inputs": {}}) for event in by_itself):
                yield f"{job.where}: destroys without being asked"
            if "asked" not in guards or evaluate(job.own.get("if", "true"), _destroying(job), failed=True):
                yield f"{job.where}: destroys though the name was wrong"


def _destroying(job: Job) -> dict:
    variables = dict.fromkeys(re.findall(r"vars\.(\w+)", str(job.own)), "set")
    inputs = {"what": "destroy", "environment": _environment(job)}
    return {"vars": variables, "inputs": inputs, "github": {"event_name": "workflow_dispatch"}}


def _runs_on_pull(job: Job, *, fork: bool) -> bool:
    head = "stranger/flights" if fork else "acme/flights"
    event = {"pull_request": {"head": {"repo": {"full_name": head, "fork": fork}}}}
    github = {"event_name": "pull_request", "repository": "acme/flights", "event": event}
    variables = dict.fromkeys(re.findall(r"vars\.(\w+)", str(job.own)), "set")
    return bool(evaluate(str(job.own.get("if", "true")), {"github": github, "vars": variables, "inputs": {}}))


def _deploys(job: Job) -> bool:
    return any(job.runs(*words) for words in _DEPLOYS)


def _environment(job: Job) -> str | None:
    named = job.own.get("environment")
    return named.get("name") if isinstance(named, dict) else named


def _watching(workflows: list[Workflow]) -> Iterator[Job]:
    return (job for job in _jobs(workflows) if any(what == "watch" for what, _ in job.roles()))


def _concurrency(job: Job) -> dict:
    found = job.own.get("concurrency") or job.workflow.document.get("concurrency") or {}
    return found if isinstance(found, dict) else {"group": found}


def _jobs(workflows: list[Workflow]) -> Iterator[Job]:
    for workflow in workflows:
        yield from workflow.jobs


RULES = (
    roles_need_their_environment,
    who_watches_comes_from_main,
    who_watches_changes_nothing,
    jobs_keep_to_one_environment,
    roles_are_assumed_from_the_job,
    environments_never_overlap,
    work_is_never_cut_off,
    machines_are_known,
    pull_requests_change_nothing,
    nothing_follows_what_was_cut_off,
    variables_are_known,
    destruction_is_asked_for,
)
