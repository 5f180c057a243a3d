"""A throwaway twin of a project: its committed sample, and a store that is gone afterwards."""

import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from modelyard.config import Environment, Project
from modelyard.data.store import Store
from modelyard.errors import RequestError
from modelyard.loop.context import Context
from modelyard.progress import Progress


@contextmanager
def throwaway(project: Project, progress: Progress) -> Generator[Context]:
    """Yield the project with its sample as the source, and a store and working folder that do not last.

    Raises:
        RequestError: The configuration names no sample.
    """
    config = project.config
    if config.data.sample is None:
        raise RequestError(
            "data.sample is not set in modelyard.yaml.",
            "Name a Parquet file of a few hundred rows.",
            code="no_sample",
        )
    with tempfile.TemporaryDirectory(prefix="modelyard-sample-") as folder:
        data = config.data.model_copy(update={"source": config.data.sample})
        here = Environment(store=folder, tracking=None)
        changed = config.model_copy(update={"data": data, "environments": {project.env: here}})
        twin = Project(root=project.root, config=changed, env=project.env)
        yield Context(twin, Store.open(folder, project.root), Path(folder), None, progress, whole=False)
