"""The JSON Schema of `modelyard.yaml`, for editors."""

from typing import Any

from modelyard.config.model import ProjectConfig


def json_schema() -> dict[str, Any]:
    """Return the schema (draft 2020-12)."""
    schema = ProjectConfig.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "modelyard.yaml"}
