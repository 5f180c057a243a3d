"""What a run of act did: jobs, steps, their output, summaries, artifacts and calls of actions, from its JSON log."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Step:
    """A step of a job. `result`: success, failure, skipped; `output` is what it and an action's own steps printed."""

    name: str
    result: str
    output: str


@dataclass(frozen=True)
class Job:
    """A job. `result`: success, failure, skipped; `summary` is what its steps wrote to GITHUB_STEP_SUMMARY."""

    id: str
    result: str
    steps: tuple[Step, ...]
    summary: str
    runner: str

    def step(self, name: str) -> Step:
        """Return the step of that name."""
        found = [step for step in self.steps if step.name == name]
        assert found, f"{self.id} has no step {name!r}: {[step.name for step in self.steps]}"
        return found[0]

    @property
    def failed(self) -> list[str]:
        """Return the names of the steps that failed."""
        return [step.name for step in self.steps if step.result == "failure"]


@dataclass(frozen=True)
class Call:
    """How an action was used."""

    action: str
    inputs: dict[str, str]
    job: str


@dataclass(frozen=True)
class Outcome:
    """A run of one workflow."""

    run_id: int
    code: int
    jobs: dict[str, Job]
    artifacts: dict[str, Path]  # name -> folder with what was uploaded
    calls: tuple[Call, ...]
    log: str

    @property
    def passed(self) -> bool:
        """Return whether no job failed."""
        return self.code == 0 and all(job.result != "failure" for job in self.jobs.values())

    @property
    def failed(self) -> dict[str, list[str]]:
        """Return the failed jobs with their failed steps."""
        return {name: job.failed for name, job in self.jobs.items() if job.result == "failure"}

    def __str__(self) -> str:
        """Lay out the run for the message of an assertion."""
        lines = [f"run {self.run_id}, exit code {self.code}"]
        for job in self.jobs.values():
            lines.append(f"{job.id}: {job.result}")
            for step in job.steps if job.result != "skipped" else ():
                lines.append(f"  {step.result:8}{step.name}")
                if step.result == "failure":
                    lines += [f"    | {line}" for line in step.output.splitlines()[-30:]]
        return "\n".join(lines if self.jobs else [*lines, self.log[-4000:]])


def read(document: dict, code: int, log: str, run_id: int, place: Path) -> Outcome:
    """Return what happened in a run of the workflow `document`; a job or a step that left no word was skipped."""
    lines = list(_lines(log))
    jobs = {name: _job(name, job, lines) for name, job in document["jobs"].items()}
    artifacts = {folder.name: folder for folder in sorted((place / "artifacts").iterdir())}
    calls = [json.loads(path.read_text()) for path in sorted((place / "calls").iterdir())]
    return Outcome(run_id, code, jobs, artifacts, tuple(Call(**call) for call in calls), log)


def _lines(log: str) -> Iterator[dict]:
    for line in log.splitlines():
        if line.startswith("{"):
            try:
                yield json.loads(line)
            except ValueError:
                continue


def _job(name: str, job: dict, log: list[dict]) -> Job:
    lines = [line for line in log if line.get("jobID") == name]
    results = [line["jobResult"] for line in lines if "jobResult" in line]
    steps = tuple(_step(index, step, lines) for index, step in enumerate(job.get("steps", [])))
    summary = "".join(line["content"] for line in lines if line.get("command") == "summary")
    result = "failure" if "failure" in results else results[0] if results else "failure" if lines else "skipped"
    return Job(name, result, steps, summary, str(job.get("runs-on", "")))


def _step(index: int, step: dict, lines: list[dict]) -> Step:
    identity = str(step.get("id", index))
    own = [line for line in lines if (line.get("stepID") or [None])[0] == identity and line.get("stage") == "Main"]
    results = [line["stepResult"] for line in own if "stepResult" in line and len(line["stepID"]) == 1]
    said = [line["msg"].rstrip("\r\n") for line in own if line.get("raw_output") or line.get("level") == "error"]
    name = step.get("name") or step.get("uses") or step["run"]
    return Step(name, results[-1] if results else "skipped", "\n".join(said))
