"""`modelyard ui`: MLflow's own pages on this project's registry."""

import os
import sys
from typing import Annotated

import typer

from modelyard.cli._options import EnvOption, ProjectOption
from modelyard.cli._project import open_project
from modelyard.errors import RequestError


def ui(
    port: Annotated[int, typer.Option(min=1, max=65535)] = 5000,
    project: ProjectOption = None,
    env: EnvOption = "local",
) -> None:
    """Open the MLflow UI on this project's registry (extra `ui`)."""
    found = open_project(project, env, quiet=False)
    from importlib.util import find_spec

    from modelyard.loop.context import tracking_uri

    if find_spec("mlflow.server") is None or find_spec("flask") is None:
        raise RequestError("The MLflow UI is not installed.", "pip install 'modelyard[ui]'", code="missing_extra")
    uri = tracking_uri(found)
    command = [sys.executable, "-m", "mlflow", "ui", "--host", "127.0.0.1", "--port", str(port)]
    os.execve(sys.executable, command, {**os.environ, "MLFLOW_TRACKING_URI": uri})  # noqa: S606 - no shell
