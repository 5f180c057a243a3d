"""MLServer with an ONNX model, named by the variable MODEL: `python mls.py PORT`; counts requests, checks nothing."""

import asyncio
import os
import socket
import sys
import tempfile

import onnxruntime as ort
from featured import finished
from mlserver import MLModel, MLServer, ModelSettings, Settings
from mlserver.codecs import NumpyCodec
from mlserver.types import InferenceRequest, InferenceResponse


class Model(MLModel):
    async def load(self) -> bool:
        options = ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self.session = ort.InferenceSession(os.environ["MODEL"], options, providers=["CPUExecutionProvider"])
        return True

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        rows = finished(NumpyCodec.decode_input(payload.inputs[0]))
        scores = self.session.run(None, {"rows": rows})[0]
        return InferenceResponse(model_name=self.name, outputs=[NumpyCodec.encode_output("scores", scores)])


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]


async def main(port: int) -> None:
    settings = Settings(
        host="127.0.0.1",
        http_port=port,
        grpc_port=free_port(),
        parallel_workers=0,  # in this process: its worker processes need an older uvloop
        metrics_port=free_port(),
        metrics_dir=tempfile.mkdtemp(),
        debug=False,
        use_structured_logging=False,
        load_models_at_startup=False,
    )
    settings.logging_settings = None
    server = MLServer(settings)
    await server.start([ModelSettings(name="model", implementation=Model)])


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
