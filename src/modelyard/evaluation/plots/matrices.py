"""Truth against prediction: the confusion matrix, and the errors of a regression."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from modelyard.evaluation.plots.canvas import ACCENT, INK, MUTED, Canvas, Margins, clean
from modelyard.evaluation.plots.marks import tick
from modelyard.evaluation.results import Confusion, Evaluation

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST_CLASSES = 12
_MOST_POINTS = 400
_STRONGEST = 0.5  # of the accent colour: the ink on it stays legible in both themes


def confusion(evaluation: Evaluation) -> str:
    """Draw the counts, each row (the truth) shaded by its shares."""
    classes, counts = _limited(evaluation.confusion or Confusion(classes=[], counts=[]))
    size = len(classes)
    canvas = Canvas("Confusion", 110 + max(150.0, min(36 * size, 290)), "rows of each true class by predicted class")
    space = Margins(left=30 + min(90, 7 * max(map(len, classes), default=1)), top=62, bottom=26, right=10)
    axes = canvas.axes(space, grid="none")
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    for (truth, guess), rows in np.ndenumerate(counts):
        _cell(axes, (guess, truth), int(rows), float(shares[truth, guess]), small=size > 5)
    axes.set(xlim=(-0.5, size - 0.5), ylim=(size - 0.5, -0.5), ylabel="truth")
    axes.set_xticks(range(size), [clean(name, 84 // size + 2) for name in classes], color=INK)
    axes.set_yticks(range(size), classes, color=INK)
    axes.xaxis.tick_top()
    axes.spines[:].set_visible(False)
    canvas.text(2, canvas.height - 8, "columns: prediction; shade: share of the row", colour=MUTED)
    return canvas.svg()


def _cell(axes: "Axes", place: tuple[int, int], rows: int, share: float, *, small: bool) -> None:
    from matplotlib.patches import Rectangle

    x, y = place
    shade = 0.04 + (_STRONGEST - 0.04) * share
    axes.add_patch(Rectangle((x - 0.48, y - 0.48), 0.96, 0.96, facecolor=ACCENT, alpha=shade, linewidth=0))
    words = _short(rows) if small else f"{rows:,}\n{share:.0%}"
    axes.text(x, y, words, ha="center", va="center", color=INK, fontsize=9 if small else 11)


def _short(rows: int) -> str:
    return f"{rows:,}" if rows < 10_000 else f"{rows / 1000:.3g}k"


def _limited(found: Confusion) -> tuple[list[str], NDArray[np.int64]]:
    """Return the largest classes, the rest summed up as one."""
    counts = np.array(found.counts, dtype=np.int64).reshape(len(found.classes), len(found.classes))
    names = [clean(name, 13) for name in found.classes]
    if len(names) <= _MOST_CLASSES:
        return names, counts
    largest = np.argsort(-counts.sum(axis=1), kind="stable")[: _MOST_CLASSES - 1]
    group = np.full(len(names), _MOST_CLASSES - 1)
    group[np.sort(largest)] = np.arange(_MOST_CLASSES - 1)
    summed = np.zeros((_MOST_CLASSES, _MOST_CLASSES), dtype=np.int64)
    np.add.at(summed, (group[:, None], group[None, :]), counts)
    return [names[index] for index in np.sort(largest)] + ["(others)"], summed


def residuals(evaluation: Evaluation) -> str:
    """Draw how often the prediction is off by how much."""
    canvas = Canvas("Errors", 280, "histogram of truth minus prediction")
    axes = canvas.axes(Margins(left=58, top=30, bottom=48), grid="y")
    found = evaluation.residuals
    if found and found.counts:
        edges, counts = np.array(found.edges), np.array(found.counts)
        axes.bar(edges[:-1], counts, width=np.diff(edges) * 0.94, align="edge", color=ACCENT, alpha=0.75)
    axes.axvline(0, color=INK, linewidth=1)
    axes.set(xlabel="truth minus prediction", ylabel="rows")
    _few_ticks(axes)
    return canvas.svg()


def predicted_observed(evaluation: Evaluation) -> str:
    """Draw a sample of rows: the truth over the prediction."""
    canvas = Canvas("Predicted and observed", 340, "observed over predicted value; on the line the prediction is right")
    axes = canvas.axes(Margins(left=58, top=30, bottom=48))
    found = evaluation.residuals
    if found and found.predicted:
        step = -(-len(found.predicted) // _MOST_POINTS)
        predicted, observed = np.array(found.predicted[::step]), np.array(found.observed[::step])
        ends = [min(predicted.min(), observed.min()), max(predicted.max(), observed.max())]
        axes.plot(ends, ends, color=MUTED, linestyle=":", linewidth=1.2)
        axes.plot(predicted, observed, "o", color=ACCENT, markersize=3.4, alpha=0.4, markeredgewidth=0)
    axes.set(xlabel="predicted", ylabel="observed")
    _few_ticks(axes)
    return canvas.svg()


def _few_ticks(axes: "Axes") -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(5))
        axis.set_major_formatter(FuncFormatter(lambda value, _: tick(value)))
