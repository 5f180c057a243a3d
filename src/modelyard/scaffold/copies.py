"""What a rendered repository takes from the library beside its template: programs of layers, and schemas."""

from collections.abc import Mapping
from pathlib import Path

from modelyard import assets
from modelyard.scaffold import config_file

PLATFORM_SCHEMA = ".schemas/platform.json"
_CACHES = frozenset({"__pycache__", ".ruff_cache"})


def of(template: str, answers: Mapping[str, object]) -> dict[str, bytes]:
    """Return the files by their path in the repository; they change with modelyard, never with the data.

    Args:
        template: `tabular` or `platform`.
        answers: The template's answers; `platform` says whether a repository has one.
    """
    if template == "platform":
        return _programs()
    files = {config_file.SCHEMA_PATH: config_file.schema_text().encode()}
    if answers.get("platform", "none") == "none":
        return files
    schema = assets.template("platform") / PLATFORM_SCHEMA
    program = assets.stacks() / "project" / "__main__.py"
    return files | {PLATFORM_SCHEMA: schema.read_bytes(), "infra/__main__.py": program.read_bytes()}


def write(files: Mapping[str, bytes], into: Path) -> None:
    """Write them below `into`.

    Raises:
        OSError: The folder cannot be written.
    """
    for name, content in files.items():
        path = into / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _programs() -> dict[str, bytes]:
    """Return every layer's program, to be edited: `infra` runs those beside platform.yaml."""
    root = assets.stacks()
    found = (path.relative_to(root) for path in sorted(root.rglob("*")) if path.is_file())
    return {f"stacks/{path.as_posix()}": (root / path).read_bytes() for path in found if not _is_left_behind(path)}


def _is_left_behind(path: Path) -> bool:
    """Tell whether a tool has left the file in a checkout: caches, and the settings of somebody's stack."""
    return bool(_CACHES & set(path.parts)) or path.match("Pulumi.*.yaml")
