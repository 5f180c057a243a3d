"""Small pictures of one column, drawn without matplotlib: a wide table has hundreds."""

from html import escape

import numpy as np

from modelyard.evaluation.plots.canvas import ACCENT, themed
from modelyard.reference.distance import Floats
from modelyard.reference.distribution import Distribution

_BINS = 28
_WIDTH, _HEIGHT = 224, 48


def histogram(column: Distribution) -> str:
    """Return bars over equal steps from the 0.5 % to the 99.5 % quantile, as SVG; empty without values."""
    heights = _heights(column)
    if not heights:
        return ""
    step = _WIDTH / len(heights)
    tallest = max(heights) or 1
    bars = []
    for index, height in enumerate(heights):
        tall = max(1.2, height / tallest * (_HEIGHT - 2)) if height > 0 else 0
        bars.append(f"M{index * step + 0.5:.1f} {_HEIGHT}v-{tall:.1f}h{step - 1:.1f}v{tall:.1f}z")
    label = escape(f"Distribution of {column.name}")
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{label}" preserveAspectRatio="none">'
        f'<title>{label}</title><path d="{"".join(bars)}" style="{themed(f"fill:{ACCENT}")}"/></svg>'
    )


def ends(column: Distribution) -> tuple[float, float] | None:
    """Return where the histogram begins and ends."""
    if not column.edges:
        return None
    low = column.edges[_first(column.at_most, 0.005)]
    high = column.edges[_first(column.at_most, 0.995)]
    return low, high


def _first(shares: list[float], level: float) -> int:
    return min(int(np.searchsorted(shares, level)), len(shares) - 1)


def _heights(column: Distribution) -> list[float]:
    """Return the share of values in each step, from the quantile edges: even between edges, exact on them."""
    span = ends(column)
    if span is None:
        return []
    low, high = span
    if not high > low:
        return [0.0] * (_BINS // 2) + [1.0] + [0.0] * (_BINS // 2)
    limits = _limits(column, low, high)
    # Each edge counts twice, from below and from above, so that the mass on it stays a step.
    places = np.repeat(np.array(column.edges), 2)
    ranks = np.stack([column.below, column.at_most], axis=1).ravel()
    return np.maximum(np.diff(np.interp(limits, places, ranks)), 0).tolist()


def _limits(column: Distribution, low: float, high: float) -> Floats:
    """Return the limits of the bars; whole numbers are never cut, so no bar lacks numbers."""
    if all(edge % 1 == 0 for edge in column.edges) and high - low < 2**40:
        step = np.ceil((high - low + 1) / _BINS)
        return np.arange(low - 0.5, high + step, step)
    limits = np.linspace(low, high, _BINS + 1)
    limits[0], limits[-1] = np.nextafter(low, -np.inf), np.nextafter(high, np.inf)
    return limits
