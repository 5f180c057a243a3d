"""Rounds the thresholds of trees down to float32, which changes no decision on float32 rows.

The graph compares in float32. A threshold halfway between two neighbouring float32 values would be rounded to either.
"""

from typing import Any

import numpy as np


def floor_thresholds(estimator: Any) -> None:  # noqa: ANN401
    """Round the thresholds of all scikit-learn and LightGBM trees inside `estimator`, in place."""
    for model in parts(estimator):
        if hasattr(model, "booster_") and hasattr(model, "_Booster"):
            _floor_lightgbm(model)
            continue
        for nodes in getattr(model, "_predictors", []):
            for tree in nodes:
                tree.nodes["num_threshold"] = floor(tree.nodes["num_threshold"])
        for tree in np.ravel(np.asarray(getattr(model, "estimators_", []), dtype=object)):
            _floor_tree(tree)
        _floor_tree(model)


def parts(estimator: Any) -> list[Any]:  # noqa: ANN401
    """Return the estimator and, of a pipeline, its steps."""
    return [estimator, *(step for _, step in getattr(estimator, "steps", []))]


def floor(values: np.ndarray) -> np.ndarray:
    """Return the largest float32 values that are not above `values`."""
    with np.errstate(over="ignore"):
        rounded = values.astype(np.float32)
    above = rounded > values
    rounded[above] = np.nextafter(rounded[above], np.float32(-np.inf))
    return rounded.astype(np.float64)


def _floor_tree(model: Any) -> None:  # noqa: ANN401
    tree = getattr(model, "tree_", None)
    if tree is not None:
        tree.threshold[:] = floor(np.array(tree.threshold))


def _floor_lightgbm(model: Any) -> None:  # noqa: ANN401
    """LightGBM's thresholds can be changed in its text form only; category splits keep theirs, which are indices."""
    from lightgbm import Booster

    lines = model.booster_.model_to_string(num_iteration=-1).split("\n")
    if any(line.startswith("num_cat=") and line != "num_cat=0" for line in lines):
        return
    changed = [_floor_line(line) if line.startswith("threshold=") else line for line in lines]
    kept = [line for line in changed if not line.startswith("tree_sizes=")]  # sizes in bytes, now wrong
    model._Booster = Booster(model_str="\n".join(kept))


def _floor_line(line: str) -> str:
    values = np.array(line.removeprefix("threshold=").split(), dtype=np.float64)
    return "threshold=" + " ".join(repr(float(v)) for v in floor(values))
