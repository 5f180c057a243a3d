"""Who the repository is: its name and numbers, read from modelyard.yaml or platform.yaml and written there in place."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from modelyard.errors import RequestError
from modelyard.github.yaml_edit import Value, Where, edited

PROJECT, PLATFORM = "modelyard.yaml", "platform.yaml"
SECTION = "github"


@dataclass(frozen=True)
class Identity:
    """A repository by name and by the numbers that never change; 0 and None mean not known yet."""

    repository: str | None = None
    owner_id: int = 0
    repository_id: int = 0


def file_of(root: Path) -> Path:
    """Return the file that names the repository of a folder.

    Raises:
        RequestError: The folder is neither an ML repository nor that of a platform.
    """
    for name in (PROJECT, PLATFORM):
        if (root / name).is_file():
            return root / name
    raise RequestError(
        f"Neither {PROJECT} nor {PLATFORM} is in {root}.", "Go into a project, or name one with --project DIR.",
        code="no_project",
    )  # fmt: skip


def platform_of(root: Path) -> Path | None:
    """Return the file of the platform that the repository runs on, or None without one."""
    paths = (root / "infra" / PLATFORM, root / PLATFORM)
    return next((path for path in paths if path.is_file()), None)


def read(root: Path) -> Identity:
    """Return what a folder says of its repository; nothing where it says nothing."""
    document = load(root / PROJECT)
    if document is None:
        return _of_platform(load(root / PLATFORM) or {})
    section = document.get(SECTION)
    section = section if isinstance(section, dict) else {}
    told = section.get("repository")
    return Identity(
        repository=told if isinstance(told, str) and told else None,
        owner_id=number(section.get("owner_id")),
        repository_id=number(section.get("repository_id")),
    )


def project_of(root: Path) -> str:
    """Return the name under which the platform knows the repository."""
    document = load(root / PROJECT)
    if document is not None:
        return str(document.get("name", ""))
    entries = repositories(load(root / PLATFORM) or {})
    return next((str(entry.get("name")) for entry in entries if entry.get("service") is False), "")


def repositories(platform: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the entries of a platform's `repositories`."""
    found = platform.get("repositories")
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []


def set_values(path: Path, where: Where, values: dict[str, Value]) -> bool:
    """Set values in a file in place; return whether it changed. It is whole at every moment.

    Raises:
        RequestError: The file cannot be read, or is written in a way that cannot be edited in place.
    """
    from modelyard.loop.workspace import write_atomically

    before = _text(path)
    after = edited(before, where, values, str(path))
    if after == before:
        return False
    mode = path.stat().st_mode & 0o777
    write_atomically(path.resolve(), after.encode())
    path.chmod(mode)
    return True


def load(path: Path) -> dict[str, Any] | None:
    """Return the document of a YAML file, None where there is no file.

    Raises:
        RequestError: It is there and cannot be read.
    """
    if not path.is_file():
        return None
    try:
        found = yaml.safe_load(_text(path))
    except yaml.YAMLError as error:
        hint = "`modelyard config show` says where."
        raise RequestError(f"{path} is not YAML: {error}", hint, code="bad_config") from error
    return found if isinstance(found, dict) else {}


def number(value: object) -> int:
    """Return an id, 0 for everything that is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def _of_platform(document: dict[str, Any]) -> Identity:
    section = document.get(SECTION)
    section = section if isinstance(section, dict) else {}
    own = next((entry for entry in repositories(document) if entry.get("service") is False), None)
    if own is None or not section.get("owner"):
        return Identity(owner_id=number(section.get("owner_id")))
    name = f"{section['owner']}/{own.get('repository') or own.get('name')}"
    return Identity(name, number(section.get("owner_id")), number(own.get("repository_id")))


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RequestError(f"Cannot read {path}: {error}", "Save it as UTF-8 text.", code="bad_config") from error
