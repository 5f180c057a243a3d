"""Teaches skl2onnx the boosters of other libraries."""

from typing import Any

from modelyard.training.rounding import parts


def register(estimator: Any) -> None:  # noqa: ANN401
    """Register converters for the XGBoost and LightGBM models inside `estimator`."""
    for model in parts(estimator):
        module = type(model).__module__.split(".")[0]
        if module == "xgboost" or type(model).__name__ == "WeightedClassifier":
            _xgboost(type(model))
        elif module == "lightgbm":
            _lightgbm(type(model))


def _xgboost(kind: type) -> None:
    from onnxmltools.convert.xgboost.operator_converters.XGBoost import convert_xgboost
    from sklearn.base import ClassifierMixin

    _add(kind, convert_xgboost, classifier=issubclass(kind, ClassifierMixin))


def _lightgbm(kind: type) -> None:
    from onnxmltools.convert.lightgbm.operator_converters.LightGbm import convert_lightgbm
    from sklearn.base import ClassifierMixin

    _add(kind, convert_lightgbm, classifier=issubclass(kind, ClassifierMixin))


def _add(kind: type, converter: Any, *, classifier: bool) -> None:  # noqa: ANN401
    from skl2onnx import update_registered_converter
    from skl2onnx.common.shape_calculator import (
        calculate_linear_classifier_output_shapes,
        calculate_linear_regressor_output_shapes,
    )

    shapes = calculate_linear_classifier_output_shapes if classifier else calculate_linear_regressor_output_shapes
    options = {"zipmap": [True, False], "nocl": [True, False]} if classifier else {}
    update_registered_converter(kind, f"Modelyard{kind.__name__}", shapes, converter, options=options)
