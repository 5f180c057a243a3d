"""XGBoost's classifier with `class_weight`, which it lacks. Imported only where XGBoost is wanted."""

from typing import Any, Self

import numpy as np
from xgboost import XGBClassifier, XGBRegressor

__all__ = ["WeightedClassifier", "XGBRegressor"]


class WeightedClassifier(XGBClassifier):
    """XGBClassifier that weighs classes as scikit-learn does.

    Args:
        class_weight: "balanced" weighs each class by `n / (classes * n_of_the_class)`.
    """

    def __init__(self, *, class_weight: str | None = None, **kwargs: Any) -> None:  # noqa: ANN401 - XGBoost's own
        self.class_weight = class_weight
        super().__init__(**kwargs)

    def fit(self, X: np.ndarray, y: np.ndarray, **kwargs: Any) -> Self:  # noqa: ANN401
        """Fit, with the weights of the classes unless `sample_weight` is given."""
        if self.class_weight == "balanced" and kwargs.get("sample_weight") is None:
            counts = np.bincount(y)
            kwargs["sample_weight"] = (len(y) / (len(counts) * counts))[y]
        super().fit(X, y, **kwargs)
        return self

    def get_xgb_params(self) -> dict[str, Any]:
        """Leave out what the booster does not know."""
        return {k: v for k, v in super().get_xgb_params().items() if k != "class_weight"}
