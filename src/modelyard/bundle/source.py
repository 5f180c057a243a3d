"""Imports a project's `pipeline` package under a name of its own, so that several versions live in one process."""

import ast
import hashlib
import importlib
import importlib.util
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import polars as pl

from modelyard.bundle.blame import users_code
from modelyard.errors import RequestError

_LOCK = threading.RLock()
_PUBLIC_NAME = "pipeline"


@dataclass(frozen=True)
class Pipeline:
    """The user's code."""

    features: Callable[[pl.DataFrame], pl.DataFrame]
    build: Callable | None
    metrics: Callable | None
    identity: bool
    folder: Path
    module: str  # name under which the package was imported

    def make(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return `features(rows)`, checked to be a frame with as many rows.

        Raises:
            RequestError: features() raised, or returned something else.
        """
        if self.identity:
            return rows
        with users_code(self.folder, "features()"):
            made = self.features(rows)
        if not isinstance(made, pl.DataFrame):
            raise _wrong(f"features() returned {type(made).__name__}, not a polars DataFrame.")
        if not made.width:
            raise _wrong("features() returned no columns.")
        if made.height != rows.height:
            raise _wrong(f"features() returned {made.height} rows for {rows.height}.")
        return made


def load_pipeline(folder: Path, *, serving: bool = False) -> Pipeline:
    """Import `features.py`, `model.py` and `metrics.py` of `folder`; each may be absent.

    Args:
        folder: The package `pipeline` of a project or of a bundle.
        serving: Import `features.py` only (the others need libraries that a server lacks).

    Raises:
        RequestError: There is no such folder, or the user's code cannot be imported; names file and line.
    """
    folder = folder.resolve()
    if not folder.is_dir():
        raise RequestError(f"There is no folder {folder}.", "The user's code belongs in src/pipeline.")
    identity = _is_identity(folder / "features.py")
    wanted = [] if serving and identity else ["features"] if serving else ["features", "model", "metrics"]
    with _LOCK, users_code(folder, "Importing the pipeline"), _alone(folder) as name:
        modules = {m: _import(folder, name, m) for m in wanted}
    return Pipeline(
        features=_function(modules.get("features"), "features") or _unchanged,
        build=_function(modules.get("model"), "build"),
        metrics=_function(modules.get("metrics"), "metrics"),
        identity=identity,
        folder=folder,
        module=name,
    )


@contextmanager
def _alone(folder: Path) -> Generator[str]:
    """Import under a new name, which `import pipeline` means meanwhile; write no byte code into a bundle."""
    name = f"_modelyard_{_PUBLIC_NAME}_{_content(folder)[:16]}"
    for known in [m for m in sys.modules if m == name or m.startswith(f"{name}.")]:
        del sys.modules[known]
    before = {m: sys.modules.pop(m) for m in list(sys.modules) if _is_public(m)}
    writes, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        sys.modules[name] = sys.modules[_PUBLIC_NAME] = _package(folder, name)
        yield name
    finally:
        sys.dont_write_bytecode = writes
        for public in [m for m in sys.modules if _is_public(m)]:
            del sys.modules[public]
        sys.modules.update(before)


def _is_public(module: str) -> bool:
    return module == _PUBLIC_NAME or module.startswith(f"{_PUBLIC_NAME}.")


def _content(folder: Path) -> str:
    digest = hashlib.sha256()  # not of the folder: a pickled model holds the name
    for path in sorted(folder.rglob("*.py")):
        digest.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def _package(folder: Path, name: str) -> ModuleType:
    package = ModuleType(name)
    package.__path__ = [str(folder)]
    package.__package__ = name
    return package


def _import(folder: Path, name: str, module: str) -> ModuleType | None:
    if not (folder / f"{module}.py").is_file():
        return None
    importlib.invalidate_caches()
    return importlib.import_module(f"{name}.{module}")


def _function(module: ModuleType | None, name: str) -> Callable | None:
    if module is None:
        return None
    found = getattr(module, name, None)
    if not callable(found):
        raise RequestError(
            f"{module.__file__} has no function {name}().", f"Define {name}() there, or delete the file."
        )
    return found


def _is_identity(path: Path) -> bool:
    """Whether features() does nothing but return its argument, so that a server need not call it."""
    if not path.is_file():
        return True
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except (SyntaxError, UnicodeDecodeError, ValueError):
        return False  # the import tells what is wrong
    found = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name == "features"]
    if len(found) != 1 or found[0] not in tree.body or found[0].decorator_list or not found[0].args.args:
        return False
    body = [n for n in found[0].body if not (isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant))]
    only = body[0] if len(body) == 1 else None
    value = only.value if isinstance(only, ast.Return) else None
    return isinstance(value, ast.Name) and value.id == found[0].args.args[0].arg


def _unchanged(rows: pl.DataFrame) -> pl.DataFrame:
    return rows


def _wrong(message: str) -> RequestError:
    return RequestError(message, "It gives one row of features for each row it gets.", code="bad_features")
