"""Drift: how far each column lies from training, and since when."""

from modelyard.evaluation.plots.canvas import ACCENT, BAD, MUTED, WIDTH, Canvas, clean
from modelyard.monitoring.results import ColumnDrift, Drift

_MOST = 18
_ROW = 24.0


def columns(drift: Drift) -> str | None:
    """Draw how far each column lies from training in its furthest window as a bar, and the limit there as a mark."""
    shown = _furthest(drift)
    if not shown:
        return None
    canvas = Canvas("Drift", 84 + _ROW * len(shown), "distance of each column from training, with its limit")
    canvas.text(2, 34, "bar: the window furthest from training (0 to 1); mark: its limit", colour=MUTED)
    axes = canvas.place((140, 38, WIDTH - 158, canvas.height - 82), grid="x")
    values = [column.furthest[0] or 0.0 for column in shown]
    limits = [column.furthest[1] for column in shown]
    colours = [BAD if column.alert else ACCENT for column in shown]
    axes.barh(range(len(shown)), values, color=colours, height=0.55)
    for row, limit in enumerate(limits):
        axes.plot([limit] * 2, [row - 0.42, row + 0.42], color=MUTED, linewidth=2)
    axes.set(ylim=(len(shown) - 0.4, -0.6), xlim=(0, 1.08 * max(*values, *limits)))
    axes.set_yticks(range(len(shown)))
    axes.set_yticklabels([clean(column.name, 20) for column in shown])
    axes.set_xlabel("distance (KS; categories: TV)")
    return canvas.svg()


def windows(drift: Drift) -> str | None:
    """Draw each column's windows side by side, the darker the further; a frame where its limit is passed."""
    shown = [column for column in _furthest(drift) if column.windows]
    if not shown:
        return None
    starts = sorted({window.since for column in shown for window in column.windows})
    canvas = Canvas("Drift by window", 84 + _ROW * len(shown), "distance over limit, by column and window")
    canvas.text(2, 34, "darker: nearer to the limit; red: beyond it, or another share is missing", colour=MUTED)
    axes = canvas.place((140, 38, WIDTH - 158, canvas.height - 82))
    for row, column in enumerate(shown):
        for window in column.windows:
            ratio = 0.0 if window.distance is None or not window.limit else window.distance / window.limit
            at = starts.index(window.since)
            colour, alpha = (BAD, 0.95) if window.drifts else (ACCENT, 0.06 + 0.7 * min(ratio, 1.0))
            axes.fill_between([at - 0.46, at + 0.46], row - 0.42, row + 0.42, color=colour, alpha=alpha, linewidth=0)
    axes.set(ylim=(len(shown) - 0.4, -0.6), xlim=(-0.6, len(starts) - 0.4))
    axes.set_yticks(range(len(shown)))
    axes.set_yticklabels([clean(column.name, 20) for column in shown])
    marked = sorted({0, len(starts) // 2, len(starts) - 1})
    axes.set_xticks(marked)
    axes.set_xticklabels([starts[at][:10] for at in marked], fontsize=9.5)
    for side in axes.spines.values():
        side.set_visible(False)
    return canvas.svg()


def _furthest(drift: Drift) -> list[ColumnDrift]:
    both = [*drift.predictions, *drift.columns]
    return sorted(both, key=lambda c: (not c.alert, -((c.furthest[0] or 0.0) / (c.furthest[1] or 1.0))))[:_MOST]
