"""Marks that several pictures share: an estimate with its interval, and short numbers on an axis."""

from typing import TYPE_CHECKING

from modelyard.evaluation.results import Estimate

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def interval(axes: "Axes", estimate: Estimate, row: float, colour: str) -> None:
    """Draw a dot with its interval on line `row`."""
    low, high = estimate.low, estimate.high
    if low is not None or high is not None:
        ends = [estimate.value if low is None else low, estimate.value if high is None else high]
        axes.plot(ends, [row, row], color=colour, linewidth=2, solid_capstyle="butt")
    axes.plot([estimate.value], [row], "o", color=colour, markersize=6)


def short_ticks(axes: "Axes") -> None:
    """Put about four short numbers on the x axis."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: tick(value)))


def tick(value: float) -> str:
    """Return an axis label of at most six characters or so, with a true minus sign."""
    size = abs(value)
    for limit, divisor, suffix in ((1e9, 1e9, "G"), (1e6, 1e6, "M"), (1e4, 1e3, "k")):
        if limit <= size < 1e13:
            return f"{value / divisor:.3g}{suffix}".replace("-", "\N{MINUS SIGN}")
    return f"{value:.4g}".replace("-", "\N{MINUS SIGN}")
