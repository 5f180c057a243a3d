"""Turns a fitted scikit-learn pipeline into one ONNX graph: packed float32 rows in, calibrated scores out."""

import warnings
from typing import TYPE_CHECKING, Any

from modelyard.bundle.served import INPUT, OUTPUT
from modelyard.training.boosters import register
from modelyard.training.fitted import Fitted
from modelyard.training.graph_end import finish
from modelyard.training.rounding import floor_thresholds
from modelyard.training.scaling import register_scaler

if TYPE_CHECKING:
    from onnx import ModelProto

_OPSET = {"": 18, "ai.onnx.ml": 3}
_BY_ROW = frozenset({  # operators that look at one row at a time, and treat it as they treat any other
    "Add", "ArrayFeatureExtractor", "Cast", "Clip", "Concat", "Div", "Equal", "Gather", "Greater", "GreaterOrEqual",
    "Identity", "Imputer", "IsNaN", "Less", "LessOrEqual", "Max", "Min", "Mul", "Not", "OneHotEncoder", "Reshape",
    "Scaler", "Slice", "Split", "Squeeze", "Sub", "TreeEnsembleClassifier", "TreeEnsembleRegressor", "Unsqueeze",
    "Where",
})  # fmt: skip
_NAME = "modelyard"  # the default is a random name, and the file's sha256 must repeat


def convert(fitted: Fitted) -> bytes:
    """Return the ONNX file of a fitted model.

    Raises:
        Exception: Whatever the converter raises; any of it means "not convertible".
    """
    from skl2onnx import convert_sklearn
    from skl2onnx.common.data_types import FloatTensorType

    register(fitted.estimator)
    register_scaler()
    floor_thresholds(fitted.estimator)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = convert_sklearn(
            fitted.estimator,
            name=_NAME,
            initial_types=[(INPUT, FloatTensorType([None, fitted.encoding.width]))],
            options=_options(fitted.estimator),
            target_opset=_OPSET,
        )
    finish(model, OUTPUT, classes=len(fitted.classes), calibration=fitted.calibration, centre=fitted.build.centre)
    _order(model)
    return model.SerializeToString(deterministic=True)


def by_row(data: bytes) -> bool:
    """Say whether each row of the graph's answer has the same digits, however many rows are asked at a time.

    Trees and sums within a row have; a matrix product of one row is computed by another kernel than one of many.
    An operator that is not known here counts as a product.
    """
    from onnx import load_model_from_string

    return {node.op_type for node in load_model_from_string(data).graph.node} <= _BY_ROW


def _order(model: "ModelProto") -> None:
    """Sort what the converter keeps in a set: its order differs from one process to the next."""
    imports = sorted(model.opset_import, key=lambda each: each.domain)
    del model.opset_import[:]
    model.opset_import.extend(imports)


def _options(estimator: Any) -> dict[int, dict[str, Any]]:  # noqa: ANN401
    from sklearn.base import is_classifier

    return {id(estimator): {"zipmap": False}} if is_classifier(estimator) else {}
