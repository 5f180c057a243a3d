"""The model against its references: each metric beside the dummy's, each difference beside its margin."""

from typing import TYPE_CHECKING

import numpy as np

from modelyard.evaluation.plots.canvas import (
    ACCENT,
    BAD,
    GOOD,
    INK,
    MUTED,
    SECOND,
    WARN,
    WIDTH,
    Canvas,
    Margins,
    clean,
)
from modelyard.evaluation.plots.marks import interval, short_ticks, tick
from modelyard.evaluation.results import Comparison, Evaluation, GateResult
from modelyard.evaluation.words import metric, number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_VERDICT = {"pass": GOOD, "fail": BAD, "inconclusive": WARN}


def metrics(evaluation: Evaluation) -> str:
    """Draw each metric on a scale of its own: the model with its interval, the dummy as a ring."""
    names = sorted(evaluation.metrics, key=lambda name: name != evaluation.metric)
    canvas = Canvas("Metrics", 52 + 40 * len(names), "each metric with its 95 % interval, beside the dummy")
    canvas.text(2, 34, "● model, 95 % interval", colour=ACCENT)
    canvas.text(150, 34, "○ dummy", colour=MUTED)
    champion = evaluation.versus_champion
    if champion is not None:
        canvas.text(226, 34, f"◆ {clean(champion.reference, 26)}", colour=SECOND)
    for row, name in enumerate(names):
        top = 66 + 40 * row
        canvas.text(2, top, clean(metric(name), 21), size=11, weight="bold" if name == evaluation.metric else "normal")
        axes = canvas.place((150, canvas.height - top - 8, WIDTH - 168, 22))
        _metric(axes, evaluation, name)
    return canvas.svg()


def _metric(axes: "Axes", evaluation: Evaluation, name: str) -> None:
    estimate, dummy = evaluation.metrics[name], evaluation.dummy.get(name)
    champion = evaluation.versus_champion
    other = champion.other if champion is not None and champion.metric == name else None
    axes.spines["left"].set_visible(False)
    axes.set_yticks([])
    if dummy is not None and np.isfinite(dummy):
        axes.plot([dummy], [0], "o", markerfacecolor="none", markeredgecolor=MUTED, markersize=7)
    if other is not None:
        axes.plot([other], [0], "D", color=SECOND, markersize=6)
    interval(axes, estimate, 0, ACCENT)
    seen = [v for v in (estimate.value, estimate.low, estimate.high, dummy, other) if v is not None and np.isfinite(v)]
    low, high = min(seen, default=0), max(seen, default=1)
    room = (high - low) * 0.12 or abs(high) * 0.1 or 0.1
    axes.set(xlim=(low - room, high + room), ylim=(-1, 1))
    axes.set_xticks([low, high] if high > low else [low])
    axes.set_xticklabels([tick(value) for value in axes.get_xticks()], fontsize=9.5)


def margins(evaluation: Evaluation, gate: GateResult | None) -> str:
    """Draw each comparison's difference with its interval, and what the rows can resolve around zero."""
    found = (evaluation.versus_dummy, evaluation.versus_champion, evaluation.versus_pinned)
    shown = [comparison for comparison in found if comparison is not None]
    canvas = Canvas("Margin", 90 + 56 * len(shown), "model minus reference with its interval; right of zero is better")
    line = "; red line: the gate's threshold" if any(_threshold(one, gate) is not None for one in shown) else ""
    canvas.text(2, 32, f"grey: too small to be told from zero{line}", colour=MUTED)
    axes = canvas.axes(Margins(left=14, top=40, bottom=42), grid="x")
    for row, comparison in enumerate(shown):
        _margin(axes, comparison, row, gate)
    axes.set(
        ylim=(len(shown) - 0.05, -0.05),
        xlabel=f"difference in {clean(metric(evaluation.metric))}; right is better",
    )
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    short_ticks(axes)
    return canvas.svg()


def _margin(axes: "Axes", comparison: Comparison, row: int, gate: GateResult | None) -> None:
    """Draw one comparison on the lines from `row` to `row + 1`: words above, the interval below."""
    words = f"{clean(comparison.reference, 30)}: {_signed(comparison.difference.value)}"
    blind, low, high = comparison.resolvable, row + 0.44, row + 0.9
    axes.text(0.0, row + 0.24, words, transform=axes.get_yaxis_transform(), fontsize=10.5, color=INK, va="center")
    if np.isfinite(blind):
        axes.fill_between([-blind, blind], low, high, color=MUTED, alpha=0.16, linewidth=0)
    axes.plot([0, 0], [low, high], color=INK, linewidth=1)
    interval(axes, comparison.difference, (low + high) / 2, _colour(comparison, gate))
    threshold = _threshold(comparison, gate)
    if threshold is not None:
        axes.plot([threshold] * 2, [low, high], color=BAD, linewidth=1.6)


def _rule_name(comparison: Comparison) -> str:
    return comparison.reference.split(" ")[0]  # dummy, champion, pinned


def _threshold(comparison: Comparison, gate: GateResult | None) -> float | None:
    rules = [rule for rule in gate.rules if _rule_name(comparison) in rule.name] if gate else []
    threshold = rules[0].threshold if rules else None
    return threshold if threshold is not None and np.isfinite(threshold) else None


def _colour(comparison: Comparison, gate: GateResult | None) -> str:
    rules = [rule for rule in gate.rules if _rule_name(comparison) in rule.name] if gate else []
    return _VERDICT[rules[0].verdict] if rules else ACCENT


def _signed(value: float) -> str:
    return f"+{number(value)}" if value > 0 else number(value)
