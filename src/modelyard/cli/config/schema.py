"""`modelyard config schema`: the JSON Schemas of modelyard.yaml and platform.yaml."""

from typing import Annotated

import typer

from modelyard.cli import _output

PlatformOption = Annotated[bool, typer.Option("--platform", help="That of platform.yaml instead.")]


def schema(platform: PlatformOption = False) -> None:
    """Print the JSON Schema of modelyard.yaml, or of platform.yaml, for editors."""
    if platform:
        from modelyard.infra.platform import json_schema
    else:
        from modelyard.config import json_schema

    _output.show_json(json_schema())
