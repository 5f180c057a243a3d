"""Performance over time: what was predicted and what came true, with the moments of new versions marked."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from modelyard.evaluation.plots.canvas import ACCENT, BAD, GOOD, MUTED, SECOND, Canvas, Margins
from modelyard.evaluation.results import Estimate
from modelyard.evaluation.words import metric
from modelyard.monitoring.results import MonitorResult, PerformanceWindow
from modelyard.report.data import Periods

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST = 60
_HEIGHT = 260.0


def calibration(history: Sequence[MonitorResult]) -> str | None:
    """Draw mean prediction and rate of each window; None where no window has labels."""
    shown = [w for w in _windows(history) if w.predicted is not None and w.observed is not None]
    if not shown:
        return None
    canvas = Canvas("Calibration over time", _HEIGHT, "mean prediction and observed rate by window")
    canvas.text(2, 34, "● predicted", colour=ACCENT)
    canvas.text(86, 34, "◆ came true, with the gap's 95 % interval", colour=SECOND)
    axes = canvas.axes(Margins(top=52, bottom=32), grid="y")
    for at, window in enumerate(shown):
        gap = window.gap
        if gap is not None and gap.low is not None and gap.high is not None and window.predicted is not None:
            ends = [window.predicted - gap.low, window.predicted - gap.high]
            axes.plot([at, at], ends, color=BAD if window.miscalibrated else SECOND, linewidth=2)
    axes.plot(range(len(shown)), [w.predicted for w in shown], "-o", color=ACCENT, markersize=5)
    axes.plot(range(len(shown)), [w.observed for w in shown], "D", color=SECOND, markersize=5)
    _timeline(axes, shown)
    return canvas.svg()


def skill(history: Sequence[MonitorResult]) -> str | None:
    """Draw the skill of each window with its interval; None where there is none."""
    shown = [w for w in _windows(history) if w.skill is not None]
    if not shown:
        return None
    canvas = Canvas("Skill over time", _HEIGHT, "skill by window; zero is the training rate alone")
    canvas.text(2, 34, "1 is perfect; at 0 it is no better than the training rate", colour=MUTED)
    axes = canvas.axes(Margins(top=52, bottom=32), grid="y")
    axes.axhline(0.0, color=MUTED, linestyle="--", linewidth=1.2)
    for at, window in enumerate(shown):
        if window.skill is not None:
            _upright(axes, window.skill, at, BAD if window.useless else ACCENT)
    _timeline(axes, shown)
    return canvas.svg()


def periods(found: Periods) -> str:
    """Draw two versions side by side in each stretch of time, with block intervals."""
    canvas = Canvas("Before and after", 300, f"{metric(found.metric)} of the version before and of the retrained one")
    canvas.text(2, 34, "● before", colour=SECOND)
    canvas.text(70, 34, "● retrained", colour=ACCENT)
    canvas.text(156, 34, "○ on rows that it was fitted on", colour=MUTED)
    axes = canvas.axes(Margins(top=52, bottom=32), grid="y")
    for at, period in enumerate(found.periods):
        _upright(axes, period.old, at - 0.14, SECOND)
        _upright(axes, period.new, at + 0.14, ACCENT, hollow=period.seen_by_new)
    axes.set_xticks(range(len(found.periods)))
    axes.set_xticklabels([period.name[:3] for period in found.periods])
    axes.set_ylabel(metric(found.metric))
    return canvas.svg()


def _windows(history: Sequence[MonitorResult]) -> list[PerformanceWindow]:
    """Return the newest word on each version and window, oldest window first."""
    newest = {(w.version, w.since, w.until): w for result in history for w in result.performance.windows}
    return sorted(newest.values(), key=lambda w: (w.since, w.version))[-_MOST:]


def _upright(axes: "Axes", value: Estimate, at: float, colour: str, *, hollow: bool = False) -> None:
    if value.low is not None and value.high is not None:
        axes.plot([at, at], [value.low, value.high], color=colour, linewidth=2, alpha=0.5 if hollow else 1.0)
    axes.plot([at], [value.value], "o", color=colour, markersize=6, markerfacecolor="none" if hollow else colour)


def _timeline(axes: "Axes", shown: Sequence[PerformanceWindow]) -> None:
    """Name the windows, and mark where another version begins to answer."""
    marked = sorted({0, len(shown) // 2, len(shown) - 1})
    axes.set_xticks(marked)
    axes.set_xticklabels([shown[at].since[:10] for at in marked], fontsize=9.5)
    for at in range(1, len(shown)):
        if shown[at].version != shown[at - 1].version:
            axes.axvline(at - 0.5, color=GOOD, linewidth=1.4)
            label = f"v{shown[at].version} retrained"
            axes.text(at - 0.42, 0.97, label, transform=axes.get_xaxis_transform(), fontsize=9.5, color=GOOD, va="top")
