"""BentoML with an ONNX model: `bentoml serve bento:Model`, the model named by the variable MODEL; checks nothing."""

import os

import bentoml
import numpy as np
import onnxruntime as ort
from featured import finished


@bentoml.service(workers=1, logging={"access": {"enabled": False}})
class Model:
    def __init__(self):
        options = ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self.session = ort.InferenceSession(os.environ["MODEL"], options, providers=["CPUExecutionProvider"])

    @bentoml.api
    async def predict(self, row: list[float]) -> list[list[float]]:
        return self.session.run(None, {"rows": finished(np.array([row], dtype=np.float32))})[0].tolist()
