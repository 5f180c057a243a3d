"""`modelyard config schema`: the JSON Schema of modelyard.yaml."""

from modelyard.cli import _output


def schema() -> None:
    """Print the JSON Schema of modelyard.yaml, for editors."""
    from modelyard.config import json_schema

    _output.show_json(json_schema())
