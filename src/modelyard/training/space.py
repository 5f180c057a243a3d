"""What the search tries for each built-in estimator."""

from typing import TYPE_CHECKING, Any

from modelyard.training.build import BuildConfig

if TYPE_CHECKING:
    from optuna import Trial


def suggest(trial: "Trial", build: BuildConfig) -> dict[str, Any]:
    """Return suggested parameters of `build.estimator`, without those that `build` fixes."""
    spaces = {
        "linear": _linear,
        "forest": _forest,
        "boosting": _boosting,
        "xgboost": _xgboost,
        "lightgbm": _lightgbm,
    }
    return {k: v for k, v in spaces[build.estimator](trial, build).items() if k not in build.parameters}


def _linear(trial: "Trial", build: BuildConfig) -> dict[str, Any]:
    if build.task == "regression":
        return {"alpha": trial.suggest_float("alpha", 1e-3, 1e3, log=True)}
    return {"C": trial.suggest_float("C", 1e-3, 1e2, log=True)}


def _forest(trial: "Trial", build: BuildConfig) -> dict[str, Any]:  # noqa: ARG001 - one signature for all
    return {
        "max_depth": trial.suggest_int("max_depth", 4, 14),
        "min_samples_leaf": trial.suggest_int("min_samples_leaf", 1, 30, log=True),
        "max_features": trial.suggest_float("max_features", 0.2, 1.0),
    }


def _boosting(trial: "Trial", build: BuildConfig) -> dict[str, Any]:
    return {
        "learning_rate": trial.suggest_float("learning_rate", 0.02, 0.3, log=True),
        "max_iter": trial.suggest_int("max_iter", 50, 400, log=True),
        "max_leaf_nodes": trial.suggest_int("max_leaf_nodes", 7, 63, log=True),
        "min_samples_leaf": trial.suggest_int("min_samples_leaf", build.leaf, 5 * build.leaf),
        "l2_regularization": trial.suggest_float("l2_regularization", 1e-3, 10.0, log=True),
    }


def _xgboost(trial: "Trial", build: BuildConfig) -> dict[str, Any]:  # noqa: ARG001
    return {
        "learning_rate": trial.suggest_float("learning_rate", 0.02, 0.3, log=True),
        "n_estimators": trial.suggest_int("n_estimators", 50, 400, log=True),
        "max_depth": trial.suggest_int("max_depth", 3, 9),
        "min_child_weight": trial.suggest_float("min_child_weight", 0.5, 20.0, log=True),
        "reg_lambda": trial.suggest_float("reg_lambda", 1e-2, 10.0, log=True),
    }


def _lightgbm(trial: "Trial", build: BuildConfig) -> dict[str, Any]:
    return {
        "learning_rate": trial.suggest_float("learning_rate", 0.02, 0.3, log=True),
        "n_estimators": trial.suggest_int("n_estimators", 50, 400, log=True),
        "num_leaves": trial.suggest_int("num_leaves", 7, 63, log=True),
        "min_child_samples": trial.suggest_int("min_child_samples", build.leaf, 5 * build.leaf),
        "reg_lambda": trial.suggest_float("reg_lambda", 1e-3, 10.0, log=True),
    }
