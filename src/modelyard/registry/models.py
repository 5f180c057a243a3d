"""The registry of one project: an MLflow experiment and a registered model of the project's name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from modelyard.data.store import Store
from modelyard.errors import OutcomeError, OutsideError, RequestError
from modelyard.registry.artifacts import Artifacts, store_for
from modelyard.registry.client import connect, failing
from modelyard.registry.tracking import Tracking, experiment
from modelyard.registry.versions import Candidate, Version, Versions, registered_model
from modelyard.routing import audit
from modelyard.routing.document import Routing

__all__ = ["Registry", "Version"]

_HEAD = "modelyard.audit_head"
_SHOWN = 20


@dataclass(frozen=True)
class Registry:
    """Runs and versions. Every method raises `OutsideError` when the tracking server fails."""

    uri: str
    name: str
    artifacts: Artifacts
    _tracking: Tracking
    _versions: Versions

    @classmethod
    def open(cls, tracking_uri: str, name: str, artifacts: Store | None = None) -> "Registry":
        """Open the registry, which is made when it is not there.

        Args:
            tracking_uri: `sqlite:///FILE`, a database or a tracking server.
            name: The project's.
            artifacts: Where the files of runs go; by default beside the SQLite file. A server has its place.

        Raises:
            RequestError: An unknown kind of URI, or a database without `artifacts`.
            OutsideError: Nobody answers there.
        """
        client = connect(tracking_uri)
        with failing("open", tracking_uri):
            files = Artifacts(client, store_for(tracking_uri, artifacts))
            tracking = Tracking(client, files, experiment(client, name, files.location))
            registered_model(client, name)
            return cls(tracking_uri, name, files, tracking, Versions(client, files, name))

    def track(
        self,
        key: str,
        *,
        params: Mapping[str, object],
        metrics: Mapping[str, float | None],
        tags: Mapping[str, str],
        folder: Path | None = None,
    ) -> str:
        """Record a run with the files of `folder`, and return its id; once per key, also after a kill."""
        with failing("write to", self.uri):
            return self._tracking.track(key, params=params, metrics=metrics, tags=tags, folder=folder)

    def register(  # noqa: PLR0913 - by keyword, each its own kind
        self,
        key: str,
        sha256: str,
        run_id: str,
        tags: Mapping[str, str],
        *,
        bundle: str = "",
        inputs: Mapping[str, str] | None = None,
        outputs: Mapping[str, str] | None = None,
        requirements: Sequence[str] = (),
    ) -> Version:
        """Register a bundle, once per key; a registration that was killed is completed.

        Args:
            key: The run's idempotency key.
            sha256: The bundle's.
            run_id: What `track` returned.
            tags: Said of the version: snapshot, source, commit, dirty, lock, verdict, libraries (JSON), ...
            bundle: URI of the bundle's folder.
            inputs: Column -> logical type, for MLflow's signature.
            outputs: Name -> logical type, for MLflow's signature.
            requirements: For MLflow's `requirements.txt`.
        """
        candidate = Candidate(
            key=key,
            sha256=sha256,
            run_id=run_id,
            tags={name: str(value) for name, value in tags.items()},
            bundle=bundle,
            inputs=dict(inputs or {}),
            outputs=dict(outputs or {}),
            requirements=list(requirements),
        )
        with failing("write to", self.uri):
            return self.get(self._versions.add(candidate))

    def versions(self) -> list[Version]:
        """Return all complete versions, oldest first."""
        with failing("read", self.uri):
            return self._versions.read(self._tracking.all_metrics())

    def get(self, version: int) -> Version:
        """Return one version.

        Raises:
            RequestError: There is none of this number.
        """
        known = self.versions()
        found = next((row for row in known if row.version == version), None)
        if found is None:
            numbers = [str(row.version) for row in known][-_SHOWN:]
            hint = f"Known: {', '.join(numbers)}." if numbers else "Train and register one with `modelyard run`."
            raise RequestError(f"There is no version {version} of {self.name}.", hint, code="no_version")
        return found

    def parameters(self, run_id: str) -> dict[str, str]:
        """Return the parameters of a run; none when it was deleted from MLflow."""
        with failing("read", self.uri):
            runs = self._tracking.client.search_runs(
                [self._tracking.experiment], f"attributes.run_id = '{run_id}'", max_results=1
            )
            return dict(runs[0].data.params) if runs else {}

    def file(self, run_id: str, name: str) -> bytes | None:
        """Return a file of a run; None when there is none."""
        with failing("read", self.uri):
            return self.artifacts.read(run_id, name)

    def fetch_files(self, run_id: str, to: Path) -> None:
        """Copy all files of a run to a folder."""
        with failing("read", self.uri):
            self.artifacts.fetch(run_id, to)

    def retire(self, version: int, routing: Routing) -> Version:
        """Mark a version as retired.

        Raises:
            RequestError: There is no such version.
            OutcomeError: It is in service.
        """
        self.get(version)
        role = routing.in_service().get(version)
        if role is not None:
            raise OutcomeError(
                f"Version {version} is the {role} and cannot be retired.",
                "Put another version in its place first.",
                code="in_service",
            )
        with failing("write to", self.uri):
            self._versions.retire(version)
        return self.get(version)

    def sync(self, routing: Routing) -> list[str]:
        """Point the aliases where the routing document says; returns those that had to be moved.

        Raises:
            OutsideError: The routing document names a version that this registry does not know.
        """
        moved = []
        for alias, ref in (("champion", routing.champion), ("challenger", routing.challenger)):
            if ref is not None:
                self._check(alias, ref.version, ref.sha256)
            with failing("write to", self.uri):
                if self._versions.set_alias(alias, None if ref is None else ref.version):
                    moved.append(alias)
        return moved

    def audit_head(self) -> audit.Head | None:
        """Return the newest event's number and hash as last noted here."""
        with failing("read", self.uri):
            noted = self._versions.tag(_HEAD)
        return audit.Head.parse(noted) if noted else None

    def note_audit_head(self, store: Store) -> None:
        """Note the chain's head; a chain that is broken or too short stays visible as such."""
        noted, now = self.audit_head(), audit.head(store)
        if now is None or now == noted or audit.verify(store, noted):
            return
        with failing("write to", self.uri):
            self._versions.set_tag(_HEAD, str(now))

    def _check(self, alias: str, version: int, sha256: str) -> None:
        try:
            known = self.get(version)
        except RequestError:
            known = None
        if known is None or known.sha256 != sha256:
            raise OutsideError(
                f"The routing document has version {version} as {alias}, which its registry lacks.",
                "Store and registry are of different environments, or one was restored without the other.",
                code="registry_differs",
            )
