"""Idempotency keys: two runs with the same key are the same run.

The code counts by its content and not by its commit, so that committing a manifest, or editing the README,
does not train the same model again.
"""

import hashlib
import json

from modelyard.config import ProjectConfig
from modelyard.loop.provenance import Provenance
from modelyard.loop.results import DataRecord

_TRAINING = {"task", "data", "split", "training", "serving"}


def train_key(data: DataRecord, code: Provenance, config: ProjectConfig) -> str:
    """Return the key of a trained recipe: rows, split, code, lock and the settings training reads."""
    return _key(data, code, _settings(config, _TRAINING) | {"metric": config.evaluation.metric})


def run_key(data: DataRecord, code: Provenance, config: ProjectConfig) -> str:
    """Return the key of a whole run: the trained recipe, and how it is judged."""
    return _key(data, code, _settings(config, _TRAINING | {"evaluation", "gate"}))


def _settings(config: ProjectConfig, sections: set[str]) -> dict[str, object]:
    settings = config.model_dump(mode="json", include=sections)
    settings["data"].pop("source")  # where the rows lie says nothing about them
    return settings


def _key(data: DataRecord, code: Provenance, settings: dict[str, object]) -> str:
    parts = [
        data.snapshot.id,
        data.split.model_dump(mode="json"),
        code.code,
        code.lock,
        code.libraries,
        settings,
    ]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]
