"""The JSON Schema of `platform.yaml`, for editors."""

from typing import Any

from modelyard.infra.platform.model import Platform


def json_schema() -> dict[str, Any]:
    """Return the schema (draft 2020-12)."""
    schema = Platform.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "platform.yaml"}
