"""Where a model comes from: commit, code, lock file and library versions."""

import hashlib
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from modelyard.record import Record

_LIBRARIES = (
    "modelyard",
    "polars",
    "numpy",
    "scikit-learn",
    "onnx",
    "onnxruntime",
    "skl2onnx",
    "xgboost",
    "lightgbm",
    "mlflow-skinny",
)
_MANIFEST = "data/snapshot.json"  # written by a run, so it does not make the tree dirty


class Provenance(Record):
    """What produced a model, besides the rows."""

    commit: str  # empty outside git
    dirty: bool
    code: str  # sha256 of the sources under src/pipeline
    lock: str  # sha256 of uv.lock, empty without one
    libraries: dict[str, str]


def provenance(root: Path) -> Provenance:
    """Describe the state of the project in `root`."""
    return Provenance(
        commit=_git(root, "rev-parse", "HEAD"),
        dirty=_dirty(root),
        code=_digest(sorted((root / "src" / "pipeline").glob("**/*.py")), root),
        lock=_digest([p for p in (root / "uv.lock",) if p.is_file()], root),
        libraries=_libraries(),
    )


def _dirty(root: Path) -> bool:
    """Say whether anything but a manifest differs from the commit."""
    lines = _git(root, "status", "--porcelain", "--untracked-files=all", "--", ".").splitlines()
    return any(not line[3:].endswith(_MANIFEST) for line in lines)


def _digest(files: list[Path], root: Path) -> str:
    if not files:
        return ""
    digest = hashlib.sha256()
    for path in files:
        content = path.read_bytes()
        digest.update(f"{path.relative_to(root).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _git(root: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - fixed arguments
            ["git", "-C", str(root), *arguments],  # noqa: S607 - the user's own git
            capture_output=True, text=True, check=False, timeout=30,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.rstrip() if done.returncode == 0 else ""


def _libraries() -> dict[str, str]:
    found = {}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
