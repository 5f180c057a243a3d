"""What every stage needs: the project, its store, its local folder, and a way to say how far it is."""

from dataclasses import dataclass
from pathlib import Path

from modelyard.bundle.source import Pipeline, load_pipeline
from modelyard.config import Project
from modelyard.data.contract import Contract
from modelyard.data.store import Store
from modelyard.errors import RequestError
from modelyard.loop.check import project_contract
from modelyard.progress import Progress, silent
from modelyard.registry.address import check_uri
from modelyard.registry.models import Registry

LOCAL = ".modelyard"
MANIFEST = Path("data") / "snapshot.json"  # committed to git; the rows are not, when they are many


@dataclass(frozen=True)
class Context:
    """A project at work."""

    project: Project
    store: Store
    local: Path  # of finished stages and caches
    manifest: Path | None  # where the newest snapshot is noted, for git; None for a throwaway run
    progress: Progress = silent
    whole: bool = True  # the rows are the table, not a sample of it

    @classmethod
    def of(cls, project: Project, progress: Progress = silent) -> "Context":
        """Open the store of the project's environment."""
        store = Store.open(project.environment.store, project.root)
        return cls(project, store, project.root / LOCAL / "work" / project.env, project.root / MANIFEST, progress)

    def contract(self) -> Contract:
        """Read the data contract; rules about the whole table (row counts, freshness) ask nothing of a sample."""
        found = project_contract(self.project)
        return found if self.whole else found.model_copy(update={"rules": ()})

    def pipeline(self) -> Pipeline:
        """Import the user's `features`, `build` and `metrics`."""
        return load_pipeline(self.project.root / "src" / "pipeline")

    def registry(self) -> Registry:
        """Open the registry (this imports mlflow: two seconds)."""
        return Registry.open(tracking_uri(self.project), self.project.config.name, self.store)


def tracking_uri(project: Project) -> str:
    """Return the MLflow tracking URI: the configured one, else SQLite inside a store that is a folder.

    Raises:
        RequestError: The store is a bucket and no tracking URI is configured.
    """
    environment = project.environment
    if environment.tracking is not None:
        check_uri(environment.tracking)
        return _absolute(environment.tracking, project.root)
    if "://" in environment.store:
        raise RequestError(
            f"environments.{project.env}.store is {environment.store}, so tracking needs a URI of its own.",
            f"Set environments.{project.env}.tracking in modelyard.yaml, say https://mlflow.example.com.",
            code="no_tracking",
        )
    return f"sqlite:///{(project.root / environment.store).resolve() / 'mlflow.db'}"


def has_registry(project: Project) -> bool:
    """Say whether there may be a registry: a database of our own is made when it is first needed."""
    file = tracking_uri(project).removeprefix("sqlite:///")
    return "://" in file or Path(file).is_file()


def _absolute(uri: str, root: Path) -> str:
    """Anchor a relative SQLite file at the project, wherever the command was typed."""
    file = uri.removeprefix("sqlite:///")
    return uri if file == uri or Path(file).is_absolute() else f"sqlite:///{root / file}"
