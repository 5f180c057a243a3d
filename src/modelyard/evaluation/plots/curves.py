"""Curves of a classifier: ROC, precision against recall, and reliability."""

from typing import TYPE_CHECKING, Literal

from modelyard.evaluation.plots.canvas import ACCENT, INK, LINES, MUTED, Canvas, Margins, clean
from modelyard.evaluation.results import Curve, Evaluation

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_HEIGHT = 340.0
_MARGINS = Margins(left=52, bottom=48, top=34)


def roc(evaluation: Evaluation) -> str:
    """Draw the true positive rate over the false positive rate, one line per class."""
    canvas = Canvas("ROC curve", _HEIGHT, "true positive rate over false positive rate; the higher the better")
    axes = _unit_axes(canvas, "false positive rate", "true positive rate")
    axes.plot([0, 1], [0, 1], color=MUTED, linestyle=":", linewidth=1.2)
    _lines(axes, evaluation.roc, "lower right")
    return canvas.svg()


def precision_recall(evaluation: Evaluation) -> str:
    """Draw precision over recall, with the share of positives as the level of a guess."""
    canvas = Canvas("Precision and recall", _HEIGHT, "precision over recall; the higher the better")
    axes = _unit_axes(canvas, "recall", "precision")
    held_out = evaluation.held_out
    if held_out.positives is not None and held_out.rows and len(evaluation.precision_recall) == 1:
        share = held_out.positives / held_out.rows
        axes.axhline(share, color=MUTED, linestyle=":", linewidth=1.2)
        axes.text(0.01, share - 0.015, "guessing", color=MUTED, fontsize=10, ha="left", va="top")
    _lines(axes, evaluation.precision_recall, "lower left")
    return canvas.svg()


def calibration(evaluation: Evaluation) -> str:
    """Draw the observed rate over the predicted probability, with the interval of each bin."""
    error = evaluation.calibration_error
    said = "" if error is None else f"; expected calibration error {error:.3g}"
    canvas = Canvas("Calibration", _HEIGHT, f"observed rate over predicted probability{said}")
    axes = _unit_axes(canvas, "predicted probability", "observed rate")
    axes.plot([0, 1], [0, 1], color=MUTED, linestyle=":", linewidth=1.2)
    most = max(part.rows for part in evaluation.calibration) or 1
    for part in evaluation.calibration:
        size = 3 + 6 * (part.rows / most) ** 0.5
        axes.plot([part.predicted] * 2, [part.low, part.high], color=ACCENT, linewidth=1.4, alpha=0.7)
        axes.plot([part.predicted], [part.observed], "o", color=ACCENT, markersize=size)
    axes.text(0.03, 0.97, "larger dots: more rows", color=MUTED, fontsize=10, va="top")
    if error is not None:
        axes.text(0.97, 0.04, f"calibration error {error:.3g}", color=INK, fontsize=10, ha="right")
    return canvas.svg()


def _unit_axes(canvas: Canvas, x: str, y: str) -> "Axes":
    axes = canvas.axes(_MARGINS)
    axes.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.02), xlabel=x, ylabel=y)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1])
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1])
    return axes


def _lines(axes: "Axes", curves: list[Curve], place: Literal["lower left", "lower right"]) -> None:
    shown = curves[: len(LINES)]
    for curve, (colour, dashes) in zip(shown, LINES, strict=False):
        axes.plot(curve.x, curve.y, color=colour, linestyle=dashes, linewidth=1.8, label=clean(curve.label, 22))
    if len(shown) > 1:
        rest = len(curves) - len(shown)
        title = f"first {len(shown)} of {len(curves)} classes" if rest else None
        axes.legend(loc=place, title=title, title_fontsize=10, handlelength=1.6, labelspacing=0.3, frameon=False)
