"""`modelyard serve`: the prediction server."""

from typing import Annotated

import typer

from modelyard.cli._options import EnvOption, ProjectOption, QuietOption
from modelyard.cli._project import open_project
from modelyard.errors import RequestError

_LIBRARIES = {"httptools", "msgspec", "numpy", "obstore", "onnxruntime", "uvloop"}


def serve(
    host: Annotated[str, typer.Option(envvar="MODELYARD_HOST", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, envvar="MODELYARD_PORT", help="0 takes a free one.")] = 8000,
    workers: Annotated[int, typer.Option(min=1, max=256, envvar="MODELYARD_WORKERS", help="Processes.")] = 1,
    project: ProjectOption = None,
    env: EnvOption = "local",
    quiet: QuietOption = False,
) -> None:
    """Answer predictions over HTTP with the version that is released."""
    found = open_project(project, env, quiet=quiet)
    try:
        from modelyard.serving import workers as server
    except ModuleNotFoundError as error:
        if error.name not in _LIBRARIES:
            raise
        raise RequestError(
            f"This command needs {error.name}, which is not installed.",
            "Install the extra: pip install 'modelyard[serve]'.",
            code="missing_extra",
        ) from error
    server.serve(found, host, port, workers)
