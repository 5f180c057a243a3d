"""Reads the tables that ship with the package."""

from pathlib import Path
from typing import Any

import yaml

# the parser in C is several times faster, and these files are ours
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def rows(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a YAML file that is a list of mappings."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 - a safe loader
