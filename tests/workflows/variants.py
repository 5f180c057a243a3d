"""The repositories whose workflows are proved: each variant that `modelyard new` makes, and this one."""

import tempfile
from functools import cache
from pathlib import Path

from modelyard.scaffold.new import NewRequest, new
from modelyard.scaffold.new_platform import new_platform

HERE = Path(__file__).resolve().parents[2]
_ALWAYS = {"ci", "train", "update"}
_INSIDE = {"release", "monitor", "infra"}
# variant -> its workflows
VARIANTS = {
    "none": _ALWAYS,
    "own": _ALWAYS | _INSIDE,
    "shared": _ALWAYS | _INSIDE,
    "platform": {"ci", "infra", "update"},
    "ours": {"test", "publish", "rot"},
}
_made = tempfile.TemporaryDirectory(prefix="modelyard-variants-")  # removed when the tests end


@cache
def repository(variant: str) -> Path:
    """Return the folder of a variant, made once for all tests."""
    if variant == "ours":
        return HERE
    place = Path(_made.name) / variant
    if variant == "platform":
        new_platform(NewRequest(directory=place, template="platform", lock=False, git=False))
    else:
        new(NewRequest(directory=place, platform=variant, lock=False, git=False))
    return place
