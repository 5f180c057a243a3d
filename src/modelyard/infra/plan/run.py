"""Runs one Pulumi program without an engine, apart from every other.

Pulumi keeps its settings, config and root stack in context variables. Each program gets a context of its own, empty
at the start and thrown away at the end, and an event loop of its own; so ten programs run one after another in one
process and none sees another's stack, config or tags. Only imported modules are shared.
"""

import asyncio
import contextlib
import contextvars
import logging
import runpy
import sys
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any

from pulumi.runtime import config as runtime_config
from pulumi.runtime import mocks, settings, stack

from modelyard.errors import ModelyardError, RequestError
from modelyard.infra.plan.monitor import Recorder

_QUIET = logging.getLogger("modelyard.infra.plan")


def run(program: Path, project: str, stack_name: str, values: Mapping[str, str], monitor: Recorder) -> None:
    """Run the program in `program` as stack `stack_name`; what it registers is in `monitor`.

    Raises:
        RequestError: The program refused its configuration, or failed; the message names the line.
    """
    if not (program / "__main__.py").is_file():
        raise RequestError(f"No __main__.py in {program}.", "Each layer's folder holds one.", code="no_program")
    contextvars.Context().run(_run, program, project, stack_name, dict(values), monitor)


def _run(program: Path, project: str, stack_name: str, values: dict[str, str], monitor: Recorder) -> None:
    settings.configure(
        settings.Settings(project=project, stack=stack_name, monitor=monitor, engine=mocks.MockEngine(_QUIET))
    )
    runtime_config.set_all_config(values)
    try:
        with _importable(program):
            asyncio.run(stack.run_in_stack(lambda: _execute(program)))
    except ModelyardError:
        raise
    except Exception as error:
        raise _failed(program, error) from error


def _execute(program: Path) -> None:
    runpy.run_path(str(program / "__main__.py"), run_name="__main__")


@contextlib.contextmanager
def _importable(program: Path) -> Generator[None]:
    """Let the program import its neighbours, as Pulumi does, and forget them afterwards."""
    before = set(sys.modules)
    sys.path.insert(0, str(program))
    try:
        yield
    finally:
        sys.path.remove(str(program))
        for name in set(sys.modules) - before:
            origin = getattr(sys.modules[name], "__file__", None)
            if origin and Path(origin).is_relative_to(program):
                del sys.modules[name]


def _failed(program: Path, error: Exception) -> RequestError:
    known = _ours(error)
    if known is not None:
        return RequestError(known.message, known.hint, code=known.code)
    where = _line(program, error)
    return RequestError(
        f"{where} failed: {type(error).__name__}: {error}",
        "Run with -v for the whole traceback.",
        code="program_failed",
    )


def _ours(error: BaseException | None) -> ModelyardError | None:
    while error is not None:
        if isinstance(error, ModelyardError):
            return error
        error = error.__cause__ or error.__context__
    return None


def _line(program: Path, error: BaseException) -> str:
    place = f"{program / '__main__.py'}"
    trace: Any = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename.startswith(str(program)):
            place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place
