"""Draws a workflow as SVG: once for a wide window, once for a phone. Colours come from the page's style sheet."""

from html import escape
from pathlib import Path

from _made import layout
from _made.card import LINE, PADDING
from _made.layout import Box, Plan
from _made.workflow import Workflow, read

WIDE, NARROW = 720, 330


def draw(path: Path) -> str:
    """Return the drawing of a workflow file as HTML."""
    return figure(read(path))


def figure(workflow: Workflow) -> str:
    """Return a drawing as HTML; the window's width chooses between its two forms."""
    wide = svg(workflow, layout.plan(workflow, WIDE, 2), "wide")
    narrow = svg(workflow, layout.plan(workflow, NARROW, 1), "narrow")
    return f'<figure class="workflow">{wide}{narrow}</figure>'


def svg(workflow: Workflow, plan: Plan, form: str) -> str:
    """Return one form of a drawing."""
    size = f'width="{plan.width}" height="{plan.height:g}" viewBox="0 0 {plan.width} {plan.height:g}"'
    name = escape(f"{workflow.name}: {', '.join(job.name for job in workflow.jobs)}")
    head = 'markerWidth="8" markerHeight="8" refX="7" refY="4" orient="auto"'
    tip = '<path class="tip" d="M0 0L8 4L0 8Z"/>'
    arrow = f'<marker id="arrow-{form}-{_word(workflow.name)}" {head}>{tip}</marker>'
    lines = "".join(_line(points, form, workflow.name) for points in plan.lines)
    boxes = "".join(_box(box) for box in plan.boxes)
    return f'<svg class="{form}" {size} role="img" aria-label="{name}"><defs>{arrow}</defs>{lines}{boxes}</svg>'


def _word(name: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in name.lower())


def _line(points: tuple[tuple[float, float], ...], form: str, name: str) -> str:
    path = "M" + "L".join(f"{x:g} {y:g}" for x, y in points)
    return f'<path class="line" d="{path}" marker-end="url(#arrow-{form}-{_word(name)})"/>'


def _box(box: Box) -> str:
    kind = "job" if box.card.key else "start"
    rect = f'<rect class="{kind}" x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" height="{box.card.height}" rx="8"/>'
    texts = "".join(
        f'<text class="{line.kind}" x="{box.x + PADDING:g}" y="{box.y + PADDING + LINE * number + 11:g}" '
        f'xml:space="preserve">{escape(line.text)}</text>'
        for number, line in enumerate(box.card.lines)
    )
    return rect + texts
