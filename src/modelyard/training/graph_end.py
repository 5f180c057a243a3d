"""The end of an ONNX graph: one output of one name, with calibration in front of it."""

from typing import TYPE_CHECKING, Any

import numpy as np

from modelyard.bundle.calibration import CLIP, Calibration, Curve

if TYPE_CHECKING:
    from onnx import ModelProto


class _Chain:
    """Appends nodes to a graph, each fed by the one before."""

    def __init__(self, model: "ModelProto", start: str) -> None:
        self.graph = model.graph
        self.last = start
        self.count = 0

    def constant(self, values: object, dtype: Any = np.float32) -> str:  # noqa: ANN401
        """Add an initializer and return its name."""
        from onnx import numpy_helper

        name = self._name("value")
        self.graph.initializer.append(numpy_helper.from_array(np.asarray(values, dtype=dtype), name))
        return name

    def node(self, kind: str, *inputs: str, **attributes: Any) -> str:  # noqa: ANN401
        """Add a node; without inputs it is fed by the last one."""
        from onnx import helper

        name = self._name(kind.lower())
        node = helper.make_node(kind, list(inputs) or [self.last], [name], name=name, **attributes)
        self.graph.node.append(node)
        self.last = name
        return name

    def _name(self, stem: str) -> str:
        self.count += 1
        return f"end_{stem}_{self.count}"


def finish(
    model: "ModelProto", output: str, *, classes: int, calibration: Calibration | None, centre: float = 0.0
) -> None:
    """Leave one output called `output`: float32, (rows, classes), or (rows,) where `classes` is 0.

    With a `centre`, which is added to numbers, the output is float64: float32 could not hold the sum.
    """
    from onnx import TensorProto, checker, helper

    chain = _Chain(model, _scores(model, classes))
    chain.node("Cast", to=TensorProto.FLOAT)
    if calibration is not None:
        _calibrate(chain, calibration)
    if centre:
        chain.node("Cast", to=TensorProto.DOUBLE)
        chain.node("Add", chain.last, _double(chain, centre))
    shape: list[str | int] = ["n", classes] if classes else ["n"]
    chain.node("Reshape", chain.last, chain.constant([-1, classes] if classes else [-1], np.int64))
    model.graph.node.append(helper.make_node("Identity", [chain.last], [output], name=output))
    kind = TensorProto.DOUBLE if centre else TensorProto.FLOAT
    del model.graph.output[:]
    model.graph.output.append(helper.make_tensor_value_info(output, kind, shape))
    model.doc_string, model.producer_version = "", ""
    checker.check_model(model)


def _scores(model: "ModelProto", classes: int) -> str:
    names = [o.name for o in model.graph.output]
    return names[-1] if classes else names[0]


def _calibrate(chain: _Chain, calibration: Calibration) -> None:
    from onnx import TensorProto

    chain.node("Cast", to=TensorProto.DOUBLE)  # 1 - p has few digits in float32 where p is near 1
    chain.node("Clip", chain.last, _double(chain, CLIP), _double(chain, 1 - CLIP))
    p = chain.last
    rest = chain.node("Sub", _double(chain, 1.0), p)
    logit = chain.node("Log", chain.node("Div", p, rest))
    if len(calibration.curves) == 1:
        positive = _curve(chain, calibration.curves[0], _column(chain, logit, 1))
        chain.node("Concat", chain.node("Sub", _double(chain, 1.0), positive), positive, axis=1)
    else:
        each = [_curve(chain, curve, _column(chain, logit, k)) for k, curve in enumerate(calibration.curves)]
        raised = chain.node("Add", chain.node("Concat", *each, axis=1), _double(chain, CLIP))
        total = chain.node("ReduceSum", raised, chain.constant([1], np.int64), keepdims=1)
        chain.node("Div", raised, total)
    chain.node("Cast", to=TensorProto.FLOAT)


def _double(chain: _Chain, value: object) -> str:
    return chain.constant(value, np.float64)


def _column(chain: _Chain, name: str, k: int) -> str:
    return chain.node("Gather", name, chain.constant([k], np.int64), axis=1)


def _curve(chain: _Chain, curve: Curve, logit: str) -> str:
    if not curve.knots:
        scaled = chain.node("Mul", logit, _double(chain, curve.slope))
        return chain.node("Sigmoid", chain.node("Add", scaled, _double(chain, curve.intercept)))
    # a broken line is its first value plus, for each piece, slope times how far the logit reaches into it
    knots, values = np.array(curve.knots), np.array(curve.values)
    widths = np.diff(knots)
    reach = chain.node("Sub", logit, _double(chain, knots[:-1][None, :]))
    inside = chain.node("Min", chain.node("Max", reach, _double(chain, 0.0)), _double(chain, widths[None, :]))
    rise = chain.node("MatMul", inside, _double(chain, (np.diff(values) / widths)[:, None]))
    return chain.node("Add", rise, _double(chain, float(values[0])))
