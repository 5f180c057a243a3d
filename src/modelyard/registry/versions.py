"""The versions of one registered model: visible once they are complete, one per idempotency key."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from modelyard.record import Record
from modelyard.registry import signature
from modelyard.registry.artifacts import Artifacts
from modelyard.registry.client import exists_already, is_missing, twice
from modelyard.registry.tracking import KEY

if TYPE_CHECKING:
    from mlflow.entities.model_registry import ModelVersion
    from mlflow.tracking import MlflowClient

STATE = "modelyard.state"
BUNDLE = "modelyard.bundle"
FOLDER = "model"
_OWN = {KEY, STATE, BUNDLE, "sha256"}
_PAGE = 100


class Version(Record):
    """A registered model. `version` counts within one registry; `sha256` means the same everywhere."""

    version: int
    sha256: str
    aliases: list[str] = []
    state: str  # champion, challenger, registered or retired
    metrics: dict[str, float] = {}
    snapshot: str = ""
    commit: str = ""
    created: str  # ISO, UTC
    key: str
    run_id: str
    bundle: str = ""  # URI of the bundle's folder
    tags: dict[str, str] = {}  # all that was said when it was registered


class Candidate(Record):
    """What a version is made of, besides its run."""

    key: str
    sha256: str
    run_id: str
    tags: dict[str, str] = {}
    bundle: str = ""
    inputs: dict[str, str] = {}
    outputs: dict[str, str] = {}
    requirements: list[str] = []


@dataclass(frozen=True)
class Versions:
    """Reads and writes the versions of the model `name`."""

    client: "MlflowClient"
    artifacts: Artifacts
    name: str

    def add(self, candidate: Candidate) -> int:
        """Register, and return the version's number.

        Numbers are given by the database, so of two writers with one key both see who came first. The later
        one takes its own back. The state is set last: what has none is unseen, and completed by a repeat.
        """
        rows = self._of_key(candidate.key)
        if not rows:
            self._create(candidate)
            rows = self._of_key(candidate.key)
        first, *late = sorted(rows, key=lambda row: int(row.version))
        if STATE not in first.tags:
            self._set(first.version, STATE, "registered")
        for row in late:
            self._drop(row.version)
        return int(first.version)

    def read(self, metrics: Mapping[str, Mapping[str, float]]) -> list[Version]:
        """Return the visible versions, oldest first."""
        aliases: dict[int, list[str]] = {}
        for alias, number in self.client.get_registered_model(self.name).aliases.items():
            aliases.setdefault(int(number), []).append(alias)
        found = [
            _version(row, sorted(aliases.get(int(row.version), [])), metrics.get(row.run_id or "", {}))
            for row in self._rows()
            if STATE in row.tags
        ]
        return sorted(found, key=lambda version: version.version)

    def retire(self, version: int) -> None:
        """Mark as retired."""
        self._set(version, STATE, "retired")

    def set_alias(self, alias: str, version: int | None) -> bool:
        """Point an alias at a version, or at none; False when it was so already."""
        now = self.client.get_registered_model(self.name).aliases.get(alias)
        if (None if now is None else int(now)) == version:
            return False
        if version is None:
            self.client.delete_registered_model_alias(self.name, alias)
        else:
            twice(lambda: self.client.set_registered_model_alias(self.name, alias, str(version)))
        return True

    def tag(self, name: str) -> str | None:
        """Return a tag of the model itself."""
        return self.client.get_registered_model(self.name).tags.get(name)

    def set_tag(self, name: str, value: str) -> None:
        """Set a tag of the model itself."""
        twice(lambda: self.client.set_registered_model_tag(self.name, name, value))

    def _create(self, candidate: Candidate) -> None:
        with tempfile.TemporaryDirectory() as folder:
            signature.write(
                Path(folder),
                inputs=candidate.inputs,
                outputs=candidate.outputs,
                requirements=candidate.requirements,
                bundle={"sha256": candidate.sha256, "bundle": candidate.bundle},
            )
            self.artifacts.write(candidate.run_id, Path(folder), FOLDER)
        own = {KEY: candidate.key, BUNDLE: candidate.bundle, "sha256": candidate.sha256}
        self.client.create_model_version(
            self.name,
            source=self.artifacts.uri(candidate.run_id, FOLDER),
            run_id=candidate.run_id,
            tags={name: value for name, value in (candidate.tags | own).items() if value},
        )

    def _of_key(self, key: str) -> "list[ModelVersion]":
        return [row for row in self._rows() if row.tags.get(KEY) == key]

    def _rows(self) -> "Sequence[ModelVersion]":
        rows: list[ModelVersion] = []
        token: str | None = None
        while True:
            page = self.client.search_model_versions(f"name='{self.name}'", max_results=_PAGE, page_token=token)
            rows += page
            token = page.token
            if not token:
                return rows

    def _set(self, version: int | str, name: str, value: str) -> None:
        twice(lambda: self.client.set_model_version_tag(self.name, str(version), name, value))

    def _drop(self, version: int | str) -> None:
        from mlflow.exceptions import MlflowException

        try:
            self.client.delete_model_version(self.name, str(version))
        except MlflowException as error:  # its own writer was faster
            if not is_missing(error):
                raise


def registered_model(client: "MlflowClient", name: str) -> None:
    """Make the registered model when it is not there."""
    from mlflow.exceptions import MlflowException

    try:
        client.get_registered_model(name)
    except MlflowException as error:
        if not is_missing(error):
            raise
        try:
            client.create_registered_model(name)
        except MlflowException as second:
            if not exists_already(second):
                raise


def _version(row: "ModelVersion", aliases: list[str], metrics: Mapping[str, float]) -> Version:
    tags = {name: value for name, value in row.tags.items() if name not in _OWN}
    role = next((role for role in ("champion", "challenger") if role in aliases), row.tags[STATE])
    created = datetime.fromtimestamp((row.creation_timestamp or 0) / 1000, UTC)
    return Version(
        version=int(row.version),
        sha256=row.tags.get("sha256", ""),
        aliases=aliases,
        state=role,
        metrics=dict(metrics),
        snapshot=tags.get("snapshot", ""),
        commit=tags.get("commit", ""),
        created=created.isoformat(timespec="seconds"),
        key=row.tags.get(KEY, ""),
        run_id=row.run_id or "",
        bundle=row.tags.get(BUNDLE, ""),
        tags=tags,
    )
