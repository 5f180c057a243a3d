"""Turns a job into lines of text that fit into a card of a drawing."""

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from _made.workflow import Job, Step, Workflow

LINE = 17
PADDING = 12
_PER_LETTER = {"title": 7.7, "mark": 6.6, "step": 6.7, "command": 6.65, "plain": 6.2, "condition": 6.65}


@dataclass(frozen=True)
class Line:
    """One line of a card; `kind` is its class in the style sheet."""

    kind: str
    text: str


@dataclass(frozen=True)
class Card:
    """What one box of a drawing says, already broken to its width."""

    key: str
    lines: tuple[Line, ...]

    @property
    def height(self) -> int:
        """Height in pixels, with its padding."""
        return LINE * len(self.lines) + 2 * PADDING - 4


def start(workflow: Workflow, width: int) -> Card:
    """Return the card of what starts a workflow."""
    lines = [Line("title", "starts"), *(Line("step", each) for each in workflow.triggers)]
    return Card("", _wrapped(lines, width))


def of_job(job: Job, width: int, alike: str) -> Card:
    """Return the card of a job; `alike` names an earlier job with the same steps."""
    lines = [Line("title", job.name), *_marks(job)]
    lines += [Line("plain", f"the steps of: {alike}")] if alike else list(_steps(job.steps))
    return Card(job.key, _wrapped(lines, width))


def _steps(steps: tuple[Step, ...]) -> Iterator[Line]:
    """Yield each step with its commands; what lies between them shares a line."""
    for with_commands, group in groupby(steps, key=lambda step: bool(step.commands)):
        if not with_commands:
            yield Line("plain", " · ".join(step.name for step in group))
            continue
        for step in group:
            yield Line("step", f"{step.name}, on failure" if step.after_failure else step.name)
            yield from (Line("command", command) for command in step.commands)


def _marks(job: Job) -> list[Line]:
    marks = [
        Line("mark", f"environment {job.environment}" if job.environment else ""),
        Line("mark", f"once for each {job.each}" if job.each else ""),
        Line("mark", "assumes an AWS role" if job.role else ""),
        Line("mark", "runs inside the VPC where a runner is set" if job.inside else ""),
        Line("condition", f"only if {job.condition}" if job.condition else ""),
    ]
    return [mark for mark in marks if mark.text]


def _wrapped(lines: list[Line], width: int) -> tuple[Line, ...]:
    broken: list[Line] = []
    for line in lines:
        letters = int((width - 2 * PADDING) / _PER_LETTER[line.kind])
        indent = "  " if line.kind in {"command", "condition"} else ""
        found = textwrap.wrap(line.text, letters, subsequent_indent=indent, break_on_hyphens=False)
        broken += [Line(line.kind, part) for part in found]
    return tuple(broken)
