"""Pickles the user's classes without what differs from one training to the next: their folder, random marks."""

import hashlib
import io
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import PurePath
from types import CodeType, ModuleType
from typing import Any


def dumps(value: object, modules: Sequence[ModuleType]) -> bytes:
    """Pickle `value` as cloudpickle does, the same bytes wherever the source of `modules` lies."""
    import cloudpickle

    known = cloudpickle.Pickler.dispatch_table
    reduce = known[CodeType]

    def without_path(code: CodeType) -> Any:  # noqa: ANN401 - what a reducer returns has no type
        return reduce(code.replace(co_filename=PurePath(code.co_filename).name))

    class Portable(cloudpickle.Pickler):
        dispatch_table = {**known, CodeType: without_path}

    buffer = io.BytesIO()
    for module in modules:
        _mark(module)
    with _without_file(modules):
        Portable(buffer).dump(value)
    return buffer.getvalue()


def _mark(module: ModuleType) -> None:
    """Give the classes of a module the mark by which cloudpickle knows them again; by itself it draws one."""
    from cloudpickle import cloudpickle

    for found in list(vars(module).values()):
        if isinstance(found, type) and found.__module__ == module.__name__:
            mark = hashlib.sha256(f"{module.__name__} {found.__qualname__}".encode()).hexdigest()[:32]
            cloudpickle._DYNAMIC_CLASS_TRACKER_BY_CLASS[found] = mark
            cloudpickle._DYNAMIC_CLASS_TRACKER_BY_ID[mark] = found


@contextmanager
def _without_file(modules: Sequence[ModuleType]) -> Generator[None]:
    """Hide where modules were imported from; functions take that along with their globals."""
    hidden = [(module, module.__file__) for module in modules if getattr(module, "__file__", None)]
    for module, path in hidden:
        module.__file__ = PurePath(path or "").name
    try:
        yield
    finally:
        for module, path in hidden:
            module.__file__ = path
