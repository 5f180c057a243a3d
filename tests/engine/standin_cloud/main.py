"""`pulumi-resource-aws` and `pulumi-resource-kubernetes` as programs: `python main.py aws`; the cloud is a file."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from standin_cloud.aws import Aws
from standin_cloud.cloud import Cloud
from standin_cloud.kubernetes import Kubernetes
from standin_cloud.service import serve


def main(package: str) -> None:
    """Serve one package until the engine ends this process; the port on the first line is the protocol."""
    path = Path(os.environ["STANDIN_CLOUD"]).with_suffix(f".{package}.json")
    cloud = Cloud(path, strict=package == "aws")
    server, port = serve({"aws": Aws, "kubernetes": Kubernetes}[package](cloud))
    print(port, flush=True)  # noqa: T201
    server.wait_for_termination()


if __name__ == "__main__":
    main(sys.argv[1])
