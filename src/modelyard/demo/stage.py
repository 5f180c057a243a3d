"""Where the tour plays: the project, its flights, its server, and what was found so far."""

import os
import shutil
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path

import polars as pl

from modelyard import config
from modelyard.config import Project
from modelyard.data.store import Store
from modelyard.demo import flights
from modelyard.demo.server import serving
from modelyard.progress import Progress
from modelyard.routing import Ref, read
from modelyard.serving.scorer import Scorer

_FEATURES = Path("src", "pipeline", "features.py")
_SERVERS = "MODELYARD_SERVERS"
_CHALLENGERS = Path(__file__).parent / "challengers"


@contextmanager
def _served_at(url: str) -> Generator[None]:
    """Tell the judge of a release where the server is."""
    before = os.environ.get(_SERVERS)
    os.environ[_SERVERS] = url
    try:
        yield
    finally:
        os.environ.pop(_SERVERS)
        if before is not None:
            os.environ[_SERVERS] = before


class Stage:
    """The project under way."""

    def __init__(self, root: Path, page: Path | None, progress: Progress) -> None:
        self.root = root
        self.page = page  # where a copy of the report goes
        self.progress = progress
        self.port = 0  # of the server, once there is one
        self.first: Ref | None = None  # the winter model
        self.retrained: Ref | None = None
        self._open = ExitStack()

    def close(self) -> None:
        """Stop the server."""
        self._open.close()

    @cached_property
    def flights(self) -> pl.DataFrame:
        """The share of the year that the tour shows, in order of time."""
        return flights.share()

    @property
    def project(self) -> Project:
        """The configuration as it is in the file now."""
        return config.load(self.root.resolve())

    @property
    def store(self) -> Store:
        """The project's store."""
        project = self.project
        return Store.open(project.environment.store, project.root)

    def champion(self) -> Ref:
        """Return what answers now."""
        champion = read(self.store).champion
        assert champion is not None  # noqa: S101 - asked only after a version was registered
        return champion

    def serve(self) -> None:
        """Start the server; it runs until `close`."""
        self.port = self._open.enter_context(serving(self.root.resolve()))
        self._open.enter_context(_served_at(f"http://127.0.0.1:{self.port}"))

    def scorer(self, ref: Ref) -> Scorer:
        """Load a version."""
        folder = self.store.local(f"models/{ref.sha256}")
        assert folder is not None  # noqa: S101 - the demo's store is a folder
        return Scorer.load(folder)

    def change(self, challenger: str) -> None:
        """Replace the project's features by those of a challenger."""
        shutil.copyfile(_CHALLENGERS / f"{challenger}.py", self.root / _FEATURES)

    @cached_property
    def _own_features(self) -> bytes:
        return (self.root / _FEATURES).read_bytes()

    def restore(self) -> None:
        """Put the project's own features back."""
        (self.root / _FEATURES).write_bytes(self._own_features)

    def remember(self) -> None:
        """Keep the project's own features for `restore`."""
        _ = self._own_features
