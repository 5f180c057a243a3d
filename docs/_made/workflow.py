"""Reads a GitHub Actions workflow into what its drawing shows: triggers, jobs, steps and their commands."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from _made.schedule import words

Yaml = Any  # a part of a document of any shape

# A call at the place of a command: at the start of a line or of $( ), behind settings and behind `uv run`.
_CALL = re.compile(
    r"(?:^|\$\()\s*(?:[A-Z_]+=\S*\s+)*(?:uv run(?:\s+--[a-z-]+(?:[= ](?!modelyard|-)[\w./-]+)?)*\s+)?"
    r"((?:modelyard|make) [^|;&>)]*)"
)


@dataclass(frozen=True)
class Step:
    """One step: an action, or commands that a person can type too."""

    name: str
    commands: tuple[str, ...]
    after_failure: bool = False


@dataclass(frozen=True)
class Job:
    """One job, and what has to be true before it starts."""

    key: str
    name: str
    needs: tuple[str, ...]
    condition: str
    environment: str
    each: str
    inside: bool
    role: bool
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Workflow:
    """A workflow file: what starts it, and its jobs in the order of the file."""

    name: str
    triggers: tuple[str, ...]
    jobs: tuple[Job, ...]


def read(path: Path) -> Workflow:
    """Read a workflow file."""
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    started = document.get("on", document.get(True))  # YAML 1.1 takes the bare word `on` for a truth value
    jobs = tuple(_job(key, job) for key, job in document["jobs"].items())
    return Workflow(document.get("name", path.stem), tuple(_triggers(started)), jobs)


def _triggers(started: Yaml) -> Iterator[str]:
    events = {started: None} if isinstance(started, str) else started
    for event, detail in events.items() if isinstance(events, Mapping) else ((name, None) for name in events):
        yield from _trigger(event, detail or {})


def _trigger(event: str, detail: Yaml) -> Iterator[str]:
    if event == "schedule":
        yield from (words(each["cron"]) for each in detail)
    elif event == "push":
        yield f"push to {', '.join(detail.get('branches') or detail.get('tags') or ['any branch'])}"
    elif event == "workflow_dispatch":
        inputs = ", ".join(detail.get("inputs") or {})
        yield f"by hand ({inputs})" if inputs else "by hand"
    elif event == "repository_dispatch":
        yield f"event {', '.join(detail.get('types') or ['of any type'])}"
    elif event == "workflow_run":
        yield f"after {', '.join(detail['workflows'])}"
    else:
        yield event.replace("_", " ")


def _job(key: str, job: Mapping[str, Any]) -> Job:
    needs = job.get("needs") or []
    environment = job.get("environment") or ""
    return Job(
        key=key,
        name=job.get("name", key),
        needs=(needs,) if isinstance(needs, str) else tuple(needs),
        condition=_expression(job.get("if", "")),
        environment=_expression(environment if isinstance(environment, str) else environment["name"]),
        each=_each(job.get("strategy", {}).get("matrix", {})),
        inside="MODELYARD_RUNNER" in str(job.get("runs-on", "")),
        role=_takes_a_role(job),
        steps=tuple(_step(step, job.get("env", {})) for step in job.get("steps", []))
        or (Step(str(job.get("uses", "")), ()),),
    )


def _takes_a_role(job: Mapping[str, Yaml]) -> bool:
    """Tell whether a job may have a token signed, and trades it for a role of AWS."""
    permissions = job.get("permissions")
    signs = isinstance(permissions, Mapping) and permissions.get("id-token") == "write"
    return signs and any("configure-aws-credentials" in str(step.get("uses")) for step in job.get("steps", []))


def _expression(text: object) -> str:
    return re.sub(r"^\$\{\{\s*(.*?)\s*\}\}$", r"\1", " ".join(str(text).split()))


def _each(matrix: Yaml) -> str:
    if not isinstance(matrix, Mapping):
        return _expression(matrix)
    return "; ".join(
        f"{name}: {', '.join(map(str, values)) if isinstance(values, list) else _expression(values)}"
        for name, values in matrix.items()
        if name not in {"include", "exclude"}
    )


def _step(step: Mapping[str, Yaml], settings: Mapping[str, object]) -> Step:
    script = str(step.get("run", ""))
    for name, value in settings.items():
        if "${{" not in str(value):  # what the job sets is shown in its place
            script = re.sub(rf'"\$\{{?{name}\}}?"|\$\{{?{name}\b\}}?', str(value), script)
    commands = tuple(_commands(script))
    name = step.get("name") or str(step.get("uses", "")).split("@")[0] or next(iter(commands), "a command")
    return Step(name, commands, "failure()" in str(step.get("if", "")).replace("!failure()", ""))


def _commands(script: str) -> Iterator[str]:
    for line in script.replace("\\\n", " ").splitlines():
        for call in _CALL.findall(" ".join(line.split())):
            yield call.removesuffix("2").strip()  # of 2>&1
