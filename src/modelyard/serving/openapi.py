"""The OpenAPI document: the routes, with the rows of the version that answers now."""

from typing import Any

from modelyard import __version__
from modelyard.serving.reply import MOST_ROWS
from modelyard.serving.schema import answer_schema, request_schema, row_schema
from modelyard.serving.version import Version

_PROBLEM = {
    "type": "object",
    "properties": {
        "row": {"type": ["integer", "null"]},
        "column": {"type": ["string", "null"]},
        "message": {"type": "string"},
        "value": {},
    },
}
_FAILED = {"type": "object", "properties": {"detail": {"type": "string"}, "hint": {"type": "string"}}}
_REFUSED = {"type": "object", "properties": {"detail": {"type": "array", "items": _PROBLEM}}}


def document(version: Version | None, scheme: str = "") -> dict[str, Any]:
    """Return the document; without a version a row is any object.

    Args:
        version: What answers.
        scheme: "token" or "jwt" where a bearer token is asked for.
    """
    found = _document(version)
    if scheme:
        bearer = {"type": "http", "scheme": "bearer"} | ({"bearerFormat": "JWT"} if scheme == "jwt" else {})
        found |= {"components": {"securitySchemes": {"bearer": bearer}}, "security": [{"bearer": []}]}
        for path, route in found["paths"].items():
            for method in route.values():
                if path in {"/healthz", "/readyz"}:
                    method["security"] = []
                else:
                    method["responses"]["401"] = _response("There is no valid credential", _FAILED)
    return found


def _document(version: Version | None) -> dict[str, Any]:
    return {
        "openapi": "3.1.0",
        "info": {"title": "Predictions", "version": str(version.ref.version) if version else __version__},
        "paths": {
            "/predict": {"post": _predict(version, maxItems=MOST_ROWS)},
            "/explain": {"post": _explain(version)},
            "/schema": _get("The JSON Schema of a row", "application/json", 503),
            "/openapi.json": _get("This document", "application/json"),
            "/docs": _get("A page for people", "text/html"),
            "/healthz": _get("The process lives", "application/json"),
            "/readyz": _get("A model answers", "application/json", 503),
            "/release": _get("Which version answers, and since when", "application/json"),
            "/metrics": _get("Counters in the Prometheus text format", "text/plain"),
        },
    }


def _predict(version: Version | None, **limits: int) -> dict[str, Any]:
    body: dict[str, Any] = {"schema": {"type": "object"}}
    answer: dict[str, Any] = {"type": "object"}
    if version is not None:
        body = {"schema": request_schema(row_schema(version), **limits), "example": version.example}
        answer = answer_schema(version)
    return {
        "summary": "Predict one row or several",
        "operationId": "predict",
        "parameters": [{"name": "x-request-id", "in": "header", "required": False, "schema": {"type": "string"}}],
        "requestBody": {"required": True, "content": {"application/json": body}},
        "responses": {
            "200": _response("The predictions, in the order of the rows", answer),
            "400": _response("The body is not JSON", _FAILED),
            "413": _response("The body is too large, or holds too many rows", _FAILED),
            "415": _response("The body is not declared as JSON", _FAILED),
            "422": _response("A row breaks the contract", _REFUSED),
            "500": _response("The model or features() failed", _FAILED),
            "503": _response("No model is released yet", _FAILED),
        },
    }


def _explain(version: Version | None) -> dict[str, Any]:
    found = _predict(version, minItems=1, maxItems=1)
    answer = {
        "type": "object",
        "properties": {
            "score": {"type": "number"},
            "class": {"type": "string"},
            "baseline": {"type": "number"},
            "contributions": {"type": "object", "additionalProperties": {"type": "number"}},
            "rows": {"type": "integer"},
            "version": {"type": "integer"},
        },
    }
    responses = found["responses"] | {
        "200": _response("What each column adds to the score", answer),
        "409": _response("The version has no rows to compare with", _FAILED),
    }
    return found | {"summary": "Explain one row", "operationId": "explain", "responses": responses}


def _get(summary: str, media: str, *failures: int) -> dict[str, Any]:
    answers = {"200": {"description": summary, "content": {media: {"schema": {}}}}}
    answers |= {str(status): _response("No model answers yet", _FAILED) for status in failures}
    return {"get": {"summary": summary, "responses": answers}}


def _response(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}
