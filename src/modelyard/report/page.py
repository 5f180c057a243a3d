"""Renders the report: one HTML page with everything in it, readable without a network and without scripts."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from modelyard.evaluation import words
from modelyard.evaluation.plots import draw
from modelyard.report import plots
from modelyard.report.columns import cards, table
from modelyard.report.data import ReportData
from modelyard.report.facts import importances, split_parts, tiles, trail
from modelyard.report.verdict import banner
from modelyard.report.violations import violations

if TYPE_CHECKING:
    from jinja2 import Environment

_TEMPLATES = Path(__file__).parent / "templates"


def page(data: ReportData) -> str:
    """Return the page: HTML that refers to nothing outside itself, and runs nothing."""
    evaluation = data.evaluation
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            data=data,
            banner=banner(data),
            tiles=tiles(data),
            cards=cards(data),
            columns=table(data),
            violations=violations(data),
            parts=split_parts(data),
            trail=trail(data),
            importances=importances(data),
            pictures=(draw(evaluation, data.gate) if evaluation is not None else {}) | plots.draw(data),
        )
    )


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "metric": words.metric,
        "number": words.number,
        "short": words.short,
        "percent": words.percent,
        "size": words.size,
        "plural": words.plural,
        "estimate": lambda found: words.fixed(found.value, words.places(found.value, found.low, found.high)),
        "interval": lambda found: words.interval(found.value, found.low, found.high),
        "shorter": lambda text, length: text if len(text) <= length else text[: length - 1] + "…",
        "visible": lambda text: str(text) or "(empty)",
    }
    return environment
