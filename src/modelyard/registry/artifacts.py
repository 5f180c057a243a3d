"""Where the files of runs lie: in the environment's store, or where a tracking server keeps them."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from modelyard.data.store import Store
from modelyard.errors import RequestError
from modelyard.registry.address import shown
from modelyard.registry.client import SQLITE

if TYPE_CHECKING:
    from mlflow.tracking import MlflowClient

FOLDER = "artifacts"


@dataclass(frozen=True)
class Artifacts:
    """Reads and writes the files of runs. Without a store of ours, MLflow's server moves them."""

    client: "MlflowClient"
    store: Store | None

    @property
    def location(self) -> str | None:
        """The URI under which a new experiment keeps its runs; None leaves it to the server."""
        if self.store is None:
            return None
        path = self.store.local(FOLDER)
        return f"{self.store.uri}/{FOLDER}" if path is None else path.as_uri()

    def write(self, run_id: str, folder: Path, under: str = "") -> None:
        """Copy the files of a folder to the run."""
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            name = "/".join(part for part in (under, path.relative_to(folder).as_posix()) if part)
            key = self._key(run_id, name)
            if key is not None and self.store is not None:
                self.store.put_file(key, path)
            else:
                self.client.log_artifact(run_id, str(path), name.rpartition("/")[0] or None)

    def read(self, run_id: str, name: str) -> bytes | None:
        """Return one file of the run, None when it has no such file."""
        key = self._key(run_id, name)
        if key is not None and self.store is not None:
            return self.store.get(key)
        parent = name.rpartition("/")[0]
        if name not in {item.path for item in self.client.list_artifacts(run_id, parent or None)}:
            return None
        with tempfile.TemporaryDirectory() as folder:
            return Path(self.client.download_artifacts(run_id, name, folder)).read_bytes()

    def fetch(self, run_id: str, to: Path) -> None:
        """Copy all files of the run to a folder."""
        root = self._key(run_id, "")
        if root is None or self.store is None:
            self.client.download_artifacts(run_id, "", str(to))
            return
        for key in self.store.list(root):
            self.store.fetch(key, to / key.removeprefix(root))

    def uri(self, run_id: str, name: str) -> str:
        """Return the URI of a file or folder of the run."""
        return f"{self.client.get_run(run_id).info.artifact_uri}/{name}"

    def _key(self, run_id: str, name: str) -> str | None:
        """Return the key in our store, None when the run keeps its files elsewhere."""
        location = self.location
        found = str(self.client.get_run(run_id).info.artifact_uri)
        if location is None or not found.startswith(location + "/"):
            return None
        return f"{FOLDER}{found.removeprefix(location)}/{name}"


def store_for(uri: str, store: Store | None) -> Store | None:
    """Return the store for a tracking URI: the given one, the SQLite file's folder, or none with a server.

    Raises:
        RequestError: A database was named without a store.
    """
    if uri.startswith(("http://", "https://")):
        return None
    if store is not None:
        return store
    if uri.startswith(SQLITE):
        return Store.open(str(Path(uri.removeprefix(SQLITE)).absolute().parent), Path())
    raise RequestError(f"The registry {shown(uri)} needs a store for the files of runs.", code="no_artifacts")
