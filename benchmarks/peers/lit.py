"""LitServe with an ONNX model: `python lit.py PORT`, the model named by the variable MODEL; checks nothing."""

import os
import sys

import litserve as ls
import numpy as np
import onnxruntime as ort
from featured import finished


class Model(ls.LitAPI):
    def setup(self, device):  # noqa: ARG002 - as LitServe calls it
        options = ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self.session = ort.InferenceSession(os.environ["MODEL"], options, providers=["CPUExecutionProvider"])

    def decode_request(self, request):
        return finished(np.array([request["row"]], dtype=np.float32))

    def predict(self, x):
        return self.session.run(None, {"rows": x})[0]

    def encode_response(self, output):
        return {"scores": output.tolist()}


if __name__ == "__main__":
    server = ls.LitServer(Model(), accelerator="cpu", workers_per_device=1)
    server.run(
        host="127.0.0.1", port=int(sys.argv[1]), num_api_servers=1, log_level="error", generate_client_file=False
    )
