"""Writes `modelyard.yaml` for a new project: what was decided, and the settings that are changed most."""

import json
from typing import Any

import yaml
from pydantic import BaseModel

from modelyard.config import ProjectConfig, json_schema

SCHEMA_PATH = ".schemas/modelyard.json"

_HEAD = f"""\
# yaml-language-server: $schema={SCHEMA_PATH}
# The one configuration of this project. `modelyard config show` prints it with every default,
# `modelyard config schema` explains every key.
"""
_NULLS = frozenset({"github"})  # where an absent value is shown: it is there to be filled in
_SECTIONS: dict[str, tuple[str, tuple[str, ...] | None]] = {
    "data": ("Which table, and what its columns are for. A column named nowhere here is a feature.", None),
    "split": ("The newest, or otherwise held-out, rows judge a model; nothing else sees them.", None),
    "training": (
        "The recipe, handed to `build` in src/pipeline/model.py.",
        ("estimator", "parameters", "seed", "class_weight", "calibration", "threshold"),
    ),
    "evaluation": ("The metric that decides, and the slices to look at.", ("metric", "block", "slices")),
    "gate": (
        "What a model must pass. The first `modelyard run` proposes floors in its report.",
        ("floors", "beats_dummy", "champion", "slice_drop", "latency_ms", "size_mb", "parity"),
    ),
    "serving": ("true: fail rather than serve a model that ONNX cannot hold.", ("require_onnx",)),
    "release": ("How a challenger takes over; on a platform its judge reads what the servers tell CloudWatch.", ()),
    "github": (
        "Where this repository lives: OWNER/REPO. `modelyard github setup` fills in the ids.",
        ("repository", "owner_id", "repository_id"),
    ),
    "environments": ("Where snapshots, models and routing live; a folder or s3://BUCKET/PREFIX.", None),
}


def text(config: ProjectConfig) -> str:
    """Return the file for `config`; read again, it gives an equal configuration."""
    document = config.model_dump(mode="json")
    parts = [_HEAD, _yaml({"name": document["name"], "task": document["task"]})]
    for section, (comment, shown) in _SECTIONS.items():
        default = _defaults(config, section)
        kept = {
            key: value
            for key, value in document[section].items()
            if section in _NULLS or _wanted(key, value, shown, default)
        }
        if kept:
            parts.append(f"# {comment}\n" + _yaml({section: kept if section in _NULLS else _without_none(kept)}))
    return "\n".join(parts)


def schema_text() -> str:
    """Return the JSON Schema that the file's first line names."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def _defaults(config: ProjectConfig, section: str) -> dict[str, Any]:
    model = getattr(config, section)
    fields = getattr(type(model), "model_fields", {})
    return {name: field.get_default(call_default_factory=True) for name, field in fields.items()}


def _wanted(key: str, value: object, shown: tuple[str, ...] | None, default: dict[str, Any]) -> bool:
    """A setting is written when it says something: chosen, or among those that are changed most."""
    if shown is not None and key in shown:
        return value is not None
    if shown is None:
        return value not in (None, {}, [])
    return value != _plain(default.get(key))


def _plain(value: object) -> object:
    return value.model_dump(mode="json") if isinstance(value, BaseModel) else value


def _without_none(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_none(part) for key, part in value.items() if part is not None}
    return value


def _yaml(document: dict[str, Any]) -> str:
    # YAML reads an unescaped NEL as a line break
    plain = "\x85" not in json.dumps(document, ensure_ascii=False, default=str)
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=plain, width=110, default_flow_style=False)
