"""Pins a new project to this modelyard: a release by number, a development version by its own wheel."""

import base64
import hashlib
import os
import re
import zipfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from modelyard.errors import RequestError

_FOLDER = "vendor"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the oldest date a zip can say: the same files give the same bytes
_INSTALLED = {
    "INSTALLER",
    "RECORD",
    "REQUESTED",
    "WHEEL",
    "direct_url.json",
    "uv_build.json",
    "uv_cache.json",
}
_STORED = frozenset({".parquet", ".png", ".gz", ".zip"})


def installed_version() -> str:
    """Return the version of the modelyard that runs.

    Raises:
        RequestError: It runs from a source tree that was never installed.
    """
    return _distribution().version


def is_released(version: str) -> bool:
    """Say whether an index can be expected to have `version`."""
    return re.search(r"\.dev|\+", version) is None


def attach(project: Path) -> Path | None:
    """Put the wheel of a development version into `project` and point uv at it; None for a release."""
    version = installed_version()
    if is_released(version):
        return None
    wheel = build(project / _FOLDER)
    with (project / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(
            "\n# A development version, which no index has: its own wheel travels with this repository.\n"
            f'[tool.uv.sources]\nmodelyard = {{ path = "{_FOLDER}/{wheel.name}" }}\n'
        )
    return wheel


def build(folder: Path) -> Path:
    """Write the wheel of the modelyard that runs into `folder`; the same files give the same bytes."""
    distribution = _distribution()
    stem = f"modelyard-{distribution.version}"
    members = dict(sorted(_members(distribution, f"{stem}.dist-info")))
    folder.mkdir(parents=True, exist_ok=True)
    wheel = folder / f"{stem}-py3-none-any.whl"
    record: list[str] = []
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, path in members.items():
            record.append(_add(archive, name, path.read_bytes()))
        record.append(_add(archive, f"{stem}.dist-info/WHEEL", _WHEEL))
        record.append(f"{stem}.dist-info/RECORD,,")
        _add(archive, f"{stem}.dist-info/RECORD", ("\n".join(record) + "\n").encode())
    return wheel


_WHEEL = b"Wheel-Version: 1.0\nGenerator: modelyard\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def _distribution() -> metadata.Distribution:
    try:
        return metadata.distribution("modelyard")
    except metadata.PackageNotFoundError:
        raise RequestError(
            "This modelyard was never installed, so a project cannot be pinned to it.",
            "Install it: `uv pip install -e .` in its checkout.",
            code="not_installed",
        ) from None


def _members(distribution: metadata.Distribution, info: str) -> Iterator[tuple[str, Path]]:
    """Give each file of the wheel: its name inside, and where it lies."""
    package = Path(__file__).parents[1]
    yield from _below(package, "modelyard")
    if not (package / "_templates").is_dir():  # an editable checkout keeps them beside `src`
        yield from _below(package.parents[1] / "templates", "modelyard/_templates")
        yield from _below(package.parents[1] / "stacks", "modelyard/_stacks")
    for file in distribution.files or []:
        folder, _, name = str(file).partition("/")
        if folder.endswith(".dist-info") and name not in _INSTALLED:
            yield f"{info}/{name}", Path(str(distribution.locate_file(file)))


def _below(folder: Path, name: str) -> Iterator[tuple[str, Path]]:
    for parent, folders, files in os.walk(folder):
        folders[:] = [entry for entry in folders if entry not in _NOT_SHIPPED]
        for file in files:
            path = Path(parent, file)
            if path.suffix not in {".pyc", ".pyo"} and file not in _NOT_SHIPPED:
                yield f"{name}/{path.relative_to(folder).as_posix()}", path


_NOT_SHIPPED = frozenset({"__pycache__", ".ruff_cache", ".pytest_cache", ".DS_Store", ".keep"})


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> str:
    """Add one file with the oldest date there is; return its line of RECORD."""
    entry = zipfile.ZipInfo(name, date_time=_EPOCH)
    entry.external_attr = 0o644 << 16
    entry.create_system = 3
    entry.compress_type = zipfile.ZIP_STORED if Path(name).suffix in _STORED else zipfile.ZIP_DEFLATED
    archive.writestr(entry, content)
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    return f"{name},sha256={digest},{len(content)}"
