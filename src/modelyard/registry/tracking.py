"""One MLflow run per idempotency key: parameters, metrics, tags and files; a half one is completed."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from modelyard.registry.artifacts import Artifacts
from modelyard.registry.client import exists_already, twice

if TYPE_CHECKING:
    from mlflow.entities import Run
    from mlflow.tracking import MlflowClient

KEY = "modelyard.key"
_NAME = re.compile(r"[^\w\-. :/]")
_BATCH = 100  # MLflow's limit for parameters and tags of one call
_LIMITS = {"param": 6000, "tag": 8000, "name": 250}


@dataclass(frozen=True)
class Tracking:
    """The runs of one experiment."""

    client: "MlflowClient"
    artifacts: Artifacts
    experiment: str

    def track(
        self,
        key: str,
        *,
        params: Mapping[str, object],
        metrics: Mapping[str, float | None],
        tags: Mapping[str, str],
        folder: Path | None,
    ) -> str:
        """Record a run and return its id; a finished run of this key stays as it is."""
        from mlflow.exceptions import MlflowException

        while True:
            run = self.find(key) or self.client.create_run(self.experiment, tags={KEY: key})
            if run.info.status == "FINISHED":
                return str(run.info.run_id)
            try:
                return self._complete(run, key, params, metrics, tags, folder)
            except MlflowException:
                if not self._gone(run):  # else a process that shared it found an earlier one, which is taken now
                    raise

    def _complete(  # noqa: PLR0913 - what `track` was given
        self,
        run: "Run",
        key: str,
        params: Mapping[str, object],
        metrics: Mapping[str, float | None],
        tags: Mapping[str, str],
        folder: Path | None,
    ) -> str:
        run_id = str(run.info.run_id)
        self._log(run, params, metrics, tags)
        if folder is not None:
            self.artifacts.write(run_id, folder)
        first = self.find(key)
        if first is not None and first.info.run_id != run_id:  # another process began earlier
            self.client.delete_run(run_id)
            return str(first.info.run_id)
        self.client.set_terminated(run_id, "FINISHED")
        return run_id

    def _gone(self, run: "Run") -> bool:
        return self.client.get_run(run.info.run_id).info.lifecycle_stage == "deleted"

    def find(self, key: str) -> "Run | None":
        """Return the first run of this key."""
        runs = self.client.search_runs([self.experiment], f"tags.`{KEY}` = '{key}'")
        return min(runs, key=lambda run: (run.info.start_time, run.info.run_id), default=None)

    def all_metrics(self) -> dict[str, dict[str, float]]:
        """Return the metrics of every run, by run id."""
        found: dict[str, dict[str, float]] = {}
        token: str | None = None
        while True:
            page = self.client.search_runs([self.experiment], max_results=1000, page_token=token)
            found |= {str(run.info.run_id): dict(run.data.metrics) for run in page}
            token = page.token
            if not token:
                return found

    def _log(
        self,
        run: "Run",
        params: Mapping[str, object],
        metrics: Mapping[str, float | None],
        tags: Mapping[str, str],
    ) -> None:
        from mlflow.entities import Metric, Param, RunTag

        stamp = run.info.start_time  # the same on a repeat, so that nothing is counted twice
        values = [
            Metric(_name(name), float(value), stamp, 0)
            for name, value in metrics.items()
            if value is not None and math.isfinite(value)
        ]
        settings = [Param(_name(name), _cut(value, "param")) for name, value in params.items()]
        labels = [RunTag(_name(name), _cut(value, "tag")) for name, value in tags.items()]
        rounds = max(len(values), len(settings), len(labels), 1)
        for start in range(0, rounds, _BATCH):
            part = slice(start, start + _BATCH)
            batch = (run.info.run_id, values[part], settings[part], labels[part])
            twice(partial(self.client.log_batch, *batch))


def experiment(client: "MlflowClient", name: str, location: str | None) -> str:
    """Return the id of the experiment, which is made or restored when it is not there."""
    from mlflow.exceptions import MlflowException

    found = client.get_experiment_by_name(name)
    if found is None:
        try:
            return str(client.create_experiment(name, artifact_location=location))
        except MlflowException as error:
            found = client.get_experiment_by_name(name) if exists_already(error) else None
            if found is None:
                raise
    if found.lifecycle_stage == "deleted":
        client.restore_experiment(found.experiment_id)
    return str(found.experiment_id)


def _name(name: str) -> str:
    """Return the nearest name that MLflow accepts."""
    clean = _NAME.sub("_", name).strip("/. ")
    return re.sub(r"/{2,}|/\.+/", "/", clean)[: _LIMITS["name"]] or "_"


def _cut(value: object, kind: str) -> str:
    text, limit = str(value), _LIMITS[kind]
    return text if len(text) <= limit else text[: limit - 1] + "…"
