"""`pulumi-language-python`, where the real one is absent: enough for plain `pulumi up` in a stack's folder."""

import os
import runpy
from concurrent import futures

import grpc
from pulumi.automation._server import LanguageServer
from pulumi.runtime.proto import language_pb2_grpc

server = grpc.server(futures.ThreadPoolExecutor(max_workers=4))
program = LanguageServer(lambda: runpy.run_path(os.path.join(os.getcwd(), "__main__.py"), run_name="__main__"))  # noqa: PTH118, PTH109
language_pb2_grpc.add_LanguageRuntimeServicer_to_server(program, server)
port = server.add_insecure_port("127.0.0.1:0")
server.start()
print(port, flush=True)  # noqa: T201
server.wait_for_termination()
