"""The typed configuration of a platform: what `platform.yaml` may say, and what each layer is told of it.

Programs of stacks import `modelyard.infra.platform.stack`, which is the only part that loads Pulumi.
"""

from modelyard.infra.platform.layers import LAYERS
from modelyard.infra.platform.load import FILE_NAME, find, known, load, parse
from modelyard.infra.platform.model import Platform
from modelyard.infra.platform.schema import json_schema
from modelyard.infra.platform.words import ENVIRONMENTS, EnvName

__all__ = [
    "ENVIRONMENTS",
    "FILE_NAME",
    "LAYERS",
    "EnvName",
    "Platform",
    "find",
    "json_schema",
    "known",
    "load",
    "parse",
]
