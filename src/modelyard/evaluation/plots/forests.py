"""One line per part of the rows, per column, or per group, each with its interval."""

from typing import TYPE_CHECKING

from modelyard.evaluation.plots.canvas import ACCENT, BAD, GOOD, INK, MUTED, SECOND, Canvas, Margins, clean
from modelyard.evaluation.plots.marks import interval, short_ticks
from modelyard.evaluation.results import Estimate, Evaluation, Fairness, Slice
from modelyard.evaluation.words import metric

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ROW = 24.0  # height of one line, CSS pixels
_MOST_SLICES = 24
_MOST_COLUMNS = 20
_MOST_GROUPS = 24


def slices(evaluation: Evaluation) -> str:
    """Draw the metric on each slice with its interval, the worst first, against the whole."""
    worst = sorted(evaluation.slices, key=lambda part: part.metric.value, reverse=not evaluation.greater_is_better)
    shown = sorted(worst[:_MOST_SLICES], key=lambda part: part.column)
    rest = len(worst) - len(shown)
    canvas = Canvas(
        "Slices",
        84 + _ROW * len(shown),
        f"{metric(evaluation.metric)} on parts of the rows, with 95 % intervals",
    )
    note = f"worst {len(shown)} of {len(worst)}; " if rest else ""
    canvas.text(2, 32, f"{note}dashed: all rows; right: rows in the slice", colour=MUTED)
    overall = evaluation.metrics.get(evaluation.metric)
    names = [clean(f"{part.column} = {part.value}", 27) for part in shown]
    axes = _forest(canvas, names, [part.metric for part in shown], [_slice_colour(part) for part in shown])
    if overall is not None:
        axes.axvline(overall.value, color=MUTED, linestyle="--", linewidth=1.1)
    for row, part in enumerate(shown):
        axes.text(
            1.02,
            row,
            f"{part.rows:,}",
            transform=axes.get_yaxis_transform(),
            fontsize=9.5,
            color=MUTED,
            va="center",
        )
    axes.set_xlabel(metric(evaluation.metric))
    return canvas.svg()


def _slice_colour(part: Slice) -> str:
    harmed = part.versus is not None and part.versus.difference.high is not None and part.versus.difference.high < 0
    return BAD if harmed else ACCENT


def importance(evaluation: Evaluation) -> str:
    """Draw how much the metric worsens when a column is shuffled."""
    ranked = sorted(evaluation.importance, key=lambda part: -part.drop)[:_MOST_COLUMNS]
    canvas = Canvas(
        "Importance",
        82 + _ROW * len(ranked),
        f"loss of {metric(evaluation.metric)} when one column is shuffled",
    )
    rest = len(evaluation.importance) - len(ranked)
    canvas.text(
        2,
        32,
        f"strongest {len(ranked)} of {len(evaluation.importance)}" if rest else "all columns",
        colour=MUTED,
    )
    axes = canvas.axes(Margins(left=172, top=44, bottom=40, right=20), grid="x")
    for row, part in enumerate(ranked):
        axes.barh(row, part.drop, height=0.56, color=ACCENT, alpha=0.7)
        axes.plot([part.drop - part.deviation, part.drop + part.deviation], [row, row], color=INK, linewidth=1.2)
    axes.axvline(0, color=MUTED, linewidth=1)
    axes.set(ylim=(len(ranked) - 0.4, -0.6), xlabel=f"loss of {metric(evaluation.metric)}")
    axes.set_yticks(range(len(ranked)), [clean(part.column, 25) for part in ranked], color=INK)
    axes.spines["left"].set_visible(False)
    short_ticks(axes)
    return canvas.svg()


def fairness(evaluation: Evaluation) -> str:
    """Draw each rate by group, with its interval."""
    lines = [(found, group) for found in evaluation.fairness for group in found.groups][:_MOST_GROUPS]
    canvas = Canvas("Fairness", 84 + _ROW * len(lines), "rates by group, with 95 % intervals")
    names = [clean(f"{found.rate}: {group}", 27) for found, group in lines]
    tones: dict[str, str] = dict.fromkeys((_key(found) for found, _ in lines), ACCENT)
    for index, key in enumerate(tones):
        tones[key] = (ACCENT, SECOND, GOOD)[index % 3]
    estimates = [found.groups[group] for found, group in lines]
    axes = _forest(canvas, names, estimates, [tones[_key(found)] for found, _ in lines])
    axes.set_xlabel("rate")
    return canvas.svg()


def _key(found: Fairness) -> str:
    return f"{found.column} {found.rate}"


def _forest(canvas: Canvas, names: list[str], estimates: list[Estimate], colours: list[str]) -> "Axes":
    axes = canvas.axes(Margins(left=184, top=44, bottom=42, right=48), grid="x")
    for row, (estimate, colour) in enumerate(zip(estimates, colours, strict=True)):
        interval(axes, estimate, row, colour)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_yticks(range(len(names)), names, color=INK)
    axes.spines["left"].set_visible(False)
    short_ticks(axes)
    return axes
