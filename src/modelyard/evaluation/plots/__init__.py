"""The pictures of an evaluation, as SVG text: for the report, for tracking, and to be looked at alone."""

from collections.abc import Callable

from modelyard.evaluation.plots import charts, curves, forests, matrices
from modelyard.evaluation.results import Evaluation, GateResult


def draw(evaluation: Evaluation, gate: GateResult | None = None) -> dict[str, str]:
    """Draw everything that was measured.

    Args:
        evaluation: What was measured; parts that are empty are left out.
        gate: Its verdict; with it, the picture of the margins shows the thresholds.

    Returns:
        Name -> SVG text. Names: metrics, margins, roc, precision_recall, calibration, confusion, residuals,
        predicted_observed, slices, importance, fairness. The same evaluation gives the same bytes.
    """
    pictures: dict[str, tuple[object, Callable[[], str]]] = {
        "metrics": (evaluation.metrics, lambda: charts.metrics(evaluation)),
        "margins": (True, lambda: charts.margins(evaluation, gate)),
        "roc": (evaluation.roc, lambda: curves.roc(evaluation)),
        "precision_recall": (evaluation.precision_recall, lambda: curves.precision_recall(evaluation)),
        "calibration": (evaluation.calibration, lambda: curves.calibration(evaluation)),
        "confusion": (evaluation.confusion, lambda: matrices.confusion(evaluation)),
        "residuals": (evaluation.residuals, lambda: matrices.residuals(evaluation)),
        "predicted_observed": (evaluation.residuals, lambda: matrices.predicted_observed(evaluation)),
        "slices": (evaluation.slices, lambda: forests.slices(evaluation)),
        "importance": (evaluation.importance, lambda: forests.importance(evaluation)),
        "fairness": (evaluation.fairness, lambda: forests.fairness(evaluation)),
    }
    return {name: picture() for name, (measured, picture) in pictures.items() if measured}
