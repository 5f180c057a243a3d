"""The built-in estimators, and what the user's `build(config)` is told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from modelyard.config.model import Estimator, Task
from modelyard.errors import RequestError

if TYPE_CHECKING:
    from sklearn.base import BaseEstimator

PARAMETERS = "`training.parameters` of modelyard.yaml"
_BOOSTERS = ("boosting", "xgboost", "lightgbm")


@dataclass(frozen=True)
class BuildConfig:
    """What `pipeline.model.build` receives."""

    task: Task
    estimator: Estimator
    parameters: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0
    threads: int = 2
    class_weight: str | None = None
    n_classes: int = 0  # 0 for regression
    names: tuple[str, ...] = ()  # of the matrix columns
    numeric: tuple[int, ...] = ()  # their positions; NaN is missing
    categorical: tuple[int, ...] = ()  # positions of codes: 0 missing, 1 unseen or rare, 2.. by falling count
    rows: int = 0  # training rows of the first fit
    centre: float = 0.0  # subtracted from the target before fit() sees it, added to what predict() says

    @property
    def prior(self) -> float:
        """How far coefficients may go, as a variance: 1, or a share of it each where columns are many for the rows."""
        wide = self.rows and len(self.names) > self.rows / 5
        return 1 / len(self.names) if wide else 1.0

    @property
    def leaf(self) -> int:
        """Rows that a leaf of a tree needs: twenty, fewer where there are few rows."""
        return max(2, min(20, self.rows // 20)) if self.rows else 20


def built_in(config: BuildConfig) -> "BaseEstimator":
    """Return the unfitted estimator that `training.estimator` names, with `training.parameters`.

    Raises:
        RequestError: An unknown parameter, or XGBoost or LightGBM is not installed.
    """
    kind, defaults = _MAKERS[config.estimator](config)
    known = _parameters(kind, config)
    for name in config.parameters:
        if name not in known:
            raise _unknown(name, config.estimator, known)
    try:
        return kind(**{**defaults, **config.parameters})
    except (TypeError, ValueError) as error:
        raise RequestError(f"{config.estimator} refuses training.parameters: {error}", code="bad_parameter") from error


def default(config: BuildConfig) -> "BaseEstimator":
    """Return the whole pipeline for a project without a `model.py`: impute, scale, one-hot, estimate.

    Trees see codes in order of frequency and need no scaling; a linear model and a forest see indicators.
    """
    from sklearn.compose import ColumnTransformer
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import OneHotEncoder

    codes = "passthrough" if config.estimator in _BOOSTERS else OneHotEncoder(handle_unknown="ignore")
    parts = [("numeric", _numeric(config), list(config.numeric)), ("codes", codes, list(config.categorical))]
    used = [part for part in parts if part[2]]
    return Pipeline([("columns", ColumnTransformer(used)), ("model", built_in(config))])


def _numeric(config: BuildConfig) -> Any:  # noqa: ANN401 - a transformer, or the word that stands for none
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import StandardScaler

    if config.estimator in _BOOSTERS:
        return "passthrough"
    impute = SimpleImputer(strategy="median", keep_empty_features=True)
    return Pipeline([("impute", impute), ("scale", StandardScaler())])


def _linear(config: BuildConfig) -> tuple[type, dict[str, Any]]:
    from sklearn.linear_model import LogisticRegression, Ridge

    if config.task == "regression":
        return Ridge, {"alpha": 1.0 / config.prior}
    return LogisticRegression, {
        "C": config.prior,
        "max_iter": 2000,
        "class_weight": config.class_weight,
        "random_state": config.seed,
    }


def _forest(config: BuildConfig) -> tuple[type, dict[str, Any]]:
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

    shared = {
        "n_estimators": 100,
        "max_depth": 14,  # bounds the served file: at most 16,384 leaves a tree
        "min_samples_leaf": min(config.leaf, 5),
        "n_jobs": config.threads,
        "random_state": config.seed,
    }
    if config.task == "regression":
        return RandomForestRegressor, {**shared, "max_features": 0.5}
    return RandomForestClassifier, {**shared, "class_weight": config.class_weight}


def _boosting(config: BuildConfig) -> tuple[type, dict[str, Any]]:
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    # "auto" stops early from 10,000 rows on, on a shuffled part: one row more would change the recipe
    shared = {"early_stopping": False, "min_samples_leaf": config.leaf, "random_state": config.seed}
    if config.task == "regression":
        return HistGradientBoostingRegressor, shared
    return HistGradientBoostingClassifier, {**shared, "class_weight": config.class_weight}


def _xgboost(config: BuildConfig) -> tuple[type, dict[str, Any]]:
    try:
        from modelyard.training import xgb
    except ImportError as error:
        raise _not_installed("xgboost", error) from error
    shared = {
        "n_estimators": 100,
        "max_depth": 6,
        "learning_rate": 0.1,
        "tree_method": "hist",
        "n_jobs": config.threads,
        "random_state": config.seed,
    }
    if config.task == "regression":
        return xgb.XGBRegressor, shared
    return xgb.WeightedClassifier, {**shared, "class_weight": config.class_weight}


def _lightgbm(config: BuildConfig) -> tuple[type, dict[str, Any]]:
    try:
        from lightgbm import LGBMClassifier, LGBMRegressor
    except (ImportError, OSError) as error:  # OSError: libgomp is absent
        raise _not_installed("lightgbm", error) from error
    shared = {
        "n_estimators": 100,
        "min_child_samples": config.leaf,
        "deterministic": True,
        "force_row_wise": True,
        "n_jobs": config.threads,
        "random_state": config.seed,
        "verbose": -1,
    }
    if config.task == "regression":
        return LGBMRegressor, shared
    return LGBMClassifier, {**shared, "class_weight": config.class_weight}


_MAKERS: dict[str, Callable[[BuildConfig], tuple[type, dict[str, Any]]]] = {
    "linear": _linear,
    "forest": _forest,
    "boosting": _boosting,
    "xgboost": _xgboost,
    "lightgbm": _lightgbm,
}


def _parameters(kind: type, config: BuildConfig) -> list[str]:
    """Return the names that the estimator takes; LightGBM ignores all others without a word."""
    names = list(kind().get_params())
    if config.estimator != "lightgbm":
        return names
    from lightgbm import basic

    every = getattr(basic, "_ConfigAliases", None)  # private, and the only list that the library has
    if every is None:
        return [*names, *config.parameters]
    also = every._get_all_param_aliases()
    return sorted({*names, *also, *(alias for aliases in also.values() for alias in aliases)})


def _unknown(name: str, estimator: str, known: list[str]) -> RequestError:
    close = get_close_matches(name, known, n=1)
    hint = f"Did you mean {close[0]!r}?" if close else f"Known: {', '.join(sorted(known)[:60])}."
    return RequestError(f"training.parameters: {estimator} has no {name!r}.", hint, code="bad_parameter")


def _not_installed(library: str, error: Exception) -> RequestError:
    return RequestError(
        f"training.estimator is {library!r}, which cannot be imported: {error}",
        "Install it with the extra `boost`: uv add 'modelyard[boost]'.",
        code="not_installed",
    )
