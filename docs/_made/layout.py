"""Places the jobs of a workflow: each below what it needs, side by side where there is room."""

from collections.abc import Mapping
from dataclasses import dataclass

from _made import card
from _made.card import Card
from _made.workflow import Job, Workflow

GAP = 34
_BETWEEN = 16
_LANE = 9
_WIDEST = 460


@dataclass(frozen=True)
class Box:
    """A card and where it is."""

    card: Card
    row: int
    x: float
    y: float
    width: float

    @property
    def middle(self) -> float:
        """Where lines enter and leave."""
        return self.x + self.width / 2

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.y + self.card.height


@dataclass(frozen=True)
class Plan:
    """A whole drawing: boxes, and lines as their corner points."""

    width: int
    height: float
    boxes: tuple[Box, ...]
    lines: tuple[tuple[tuple[float, float], ...], ...]


def plan(workflow: Workflow, width: int, most: int) -> Plan:
    """Lay a workflow out in `width` pixels, with at most `most` jobs side by side."""
    sources_of = edges(workflow)
    rows = _rows(workflow, sources_of, most)
    place = {key: number for number, row in enumerate(rows) for key in row}
    bypassing = {target for target, sources in sources_of.items() for s in sources if place[target] - place[s] > 1}
    lanes = {target: number for number, target in enumerate(sorted(bypassing, key=lambda key: place[key]))}
    margin = _LANE * len(lanes) + (8 if lanes else 0)
    boxes = _boxes(workflow, rows, width, margin)
    lines = tuple(
        _line(boxes[source], boxes[target], lanes.get(target), boxes)
        for target, sources in sources_of.items()
        for source in sources
    )
    return Plan(width, max(box.bottom for box in boxes.values()) + 4, tuple(boxes.values()), lines)


def edges(workflow: Workflow) -> dict[str, list[str]]:
    """Return target -> sources, without what follows from other lines; who needs nobody needs the start."""
    needs = {job.key: set(job.needs) for job in workflow.jobs}
    above = {key: _above(key, needs) for key in needs}
    return {
        job.key: [n for n in job.needs if not any(n in above[other] for other in job.needs if other != n)] or [""]
        for job in workflow.jobs
    }


def _above(key: str, needs: Mapping[str, set[str]]) -> set[str]:
    return needs[key].union(*(_above(other, needs) for other in needs[key]))


def _rows(workflow: Workflow, sources_of: Mapping[str, list[str]], most: int) -> list[list[str]]:
    ranks: dict[str, int] = {"": 0}
    while len(ranks) <= len(workflow.jobs):
        for job in workflow.jobs:
            if all(source in ranks for source in sources_of[job.key]):
                ranks[job.key] = 1 + max(ranks[source] for source in sources_of[job.key])
    rows: list[list[str]] = []
    for rank in range(max(ranks.values()) + 1):
        keys = [key for key, own in ranks.items() if own == rank]
        rows += [keys[at : at + most] for at in range(0, len(keys), most)]
    return rows


def _boxes(workflow: Workflow, rows: list[list[str]], width: int, margin: int) -> dict[str, Box]:
    jobs = {job.key: job for job in workflow.jobs}
    boxes: dict[str, Box] = {}
    y = 2.0
    for number, row in enumerate(rows):
        each = min(_WIDEST, (width - margin - 2 - _BETWEEN * (len(row) - 1)) / len(row))
        cards = [
            card.of_job(jobs[key], int(each), _alike(workflow, jobs[key])) if key else card.start(workflow, int(each))
            for key in row
        ]
        x = margin + (width - margin - each * len(row) - _BETWEEN * (len(row) - 1)) / 2
        for at, found in enumerate(cards):
            boxes[found.key] = Box(found, number, x + at * (each + _BETWEEN), y, each)
        y = max(boxes[key].bottom for key in row) + GAP
    return boxes


def _alike(workflow: Workflow, job: Job) -> str:
    """Return the name of an earlier job that takes the same steps, their environment apart."""
    for other in workflow.jobs[: workflow.jobs.index(job)]:
        if [step.name for step in other.steps] == [step.name for step in job.steps]:
            return other.name
    return ""


def _line(source: Box, target: Box, lane: int | None, boxes: Mapping[str, Box]) -> tuple[tuple[float, float], ...]:
    """Go down through the gap between rows; past a whole row it goes along a lane on the left."""
    beside = sorted(box.x for box in boxes.values() if box.row == target.row).index(target.x)
    enter = target.y - 13 - 6 * beside  # each target has a height of its own, so that lines do not run into each other
    if target.row - source.row == 1:
        return (
            (source.middle, source.bottom),
            (source.middle, enter),
            (target.middle, enter),
            (target.middle, target.y),
        )
    leave = max(box.bottom for box in boxes.values() if box.row == source.row) + 7
    x = 4 + _LANE * (lane or 0)
    return (
        (source.middle, source.bottom),
        (source.middle, leave),
        (x, leave),
        (x, enter),
        (target.middle, enter),
        (target.middle, target.y),
    )
