"""The one place where errors become text and an exit code."""

import re
import signal
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import typer.core
from typer.exceptions import TyperException

from modelyard.cli import _summary
from modelyard.cli._everywhere import give
from modelyard.cli._output import show_error, show_traceback
from modelyard.errors import (
    DISK_FULL,
    NOT_PERMITTED,
    InterruptedRunError,
    ModelyardError,
    OutsideError,
    RequestError,
    UnexpectedError,
)

_EXTRAS = {
    "boto3": "infra",
    "pulumi": "infra",
    "pulumi_aws": "infra",
    "pulumi_kubernetes": "infra",
    "sklearn": "ml",
    "mlflow": "ml",
    "skl2onnx": "ml",
    "onnx": "ml",
    "optuna": "ml",
    "matplotlib": "ml",
    "sqlalchemy": "ml",
    "jinja2": "ml",
    "xgboost": "boost",
    "lightgbm": "boost",
    "onnxmltools": "boost",
    "numpy": "ml",
    "onnxruntime": "ml",
    "obstore": "ml",
}


class Boundary(typer.core.TyperGroup):
    """The root group: shows every error in a line, and the traceback behind it where `-v` asks for it."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - typer's own
        super().__init__(**options)
        give(self)

    def main(self, args: Sequence[str] | None = None, *rest: Any, **options: Any) -> NoReturn:  # noqa: ANN401
        """Run the command line and exit with the code of the contract."""
        arguments = list(sys.argv[1:] if args is None else args)
        options["standalone_mode"] = False
        _summary.begin(arguments)
        try:
            signal.signal(signal.SIGTERM, signal.default_int_handler)  # a polite kill cleans up as Ctrl-C does
            code = super().main(arguments, *rest, **options)
        except (SystemExit, GeneratorExit):
            raise
        except BaseException as error:  # polars' panics are no Exceptions
            _fail(_as_ours(error), arguments)
        sys.exit(code if isinstance(code, int) else 0)

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - click's own type is private to typer
        """Run a command; an interrupt becomes an error of ours, so that `--json` can say it."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise InterruptedRunError from None


def _fail(error: ModelyardError, arguments: Sequence[str]) -> NoReturn:
    if error.__cause__ is not None and _verbose(arguments):
        show_traceback(error)
    show_error(error, as_json="--json" in arguments)
    sys.exit(error.exit_code)


def _verbose(arguments: Sequence[str]) -> bool:
    return any(a == "--verbose" or re.fullmatch(r"-[a-z]*v[a-z]*", a) for a in arguments)


def _as_ours(error: BaseException) -> ModelyardError:
    """Turn whatever a command raised into an error of ours that keeps it as its cause."""
    if isinstance(error, ModelyardError):
        return error
    if isinstance(error, KeyboardInterrupt | typer.Abort):
        return InterruptedRunError()
    if isinstance(error, TyperException):
        return _usage(error)
    told = _missing_extra(error) if isinstance(error, ModuleNotFoundError) else None
    if told is None:
        told = _outside(error) if isinstance(error, OSError) else _unexpected(error)
    told.__cause__ = error
    return told


def _usage(error: TyperException) -> RequestError:
    """Turn a misuse found by the parser into an error of ours."""
    message = getattr(error, "format_message", lambda: str(error))()
    context = getattr(error, "ctx", None)
    hint = f"`{context.command_path} --help` shows the options." if context is not None else ""
    return RequestError(message or "No command was given.", hint, code="usage")


def _missing_extra(error: ModuleNotFoundError) -> RequestError | None:
    """Name the extra that holds a missing library; a missing module of any other kind is a bug."""
    name = (error.name or "").split(".")[0]
    if name not in _EXTRAS:
        return None
    extra = _EXTRAS[name]
    return RequestError(
        f"This command needs {name}, which is not installed.",
        f"Install the extra: pip install 'modelyard[{extra}]'.",
        code="missing_extra",
    )


def _outside(error: OSError) -> OutsideError:
    """Say what the operating system refused: a full disk, a read-only folder, a closed pipe."""
    place = f": {error.filename}" if error.filename else ""
    if error.errno in DISK_FULL:
        return OutsideError(
            f"The disk is full ({error.strerror}){place}",
            "Free some space and run the same command again: nothing is half done.",
            code="disk_full",
        )
    if error.errno in NOT_PERMITTED:
        return OutsideError(
            f"{error.strerror}{place}",
            "Give this user access to it, or name another place; then run the same command again.",
            code="not_permitted",
        )
    return OutsideError(
        f"{error.strerror or error}{place}",
        "Free the resource and run the same command again.",
        code="system",
    )


def _unexpected(error: BaseException) -> UnexpectedError:
    """Say in one line what nobody foresaw: what is quoted in it may be a cell or a password, and stays out."""
    first = str(error).strip().split("\n", 1)[0]
    plain = re.sub(r"`[^`]*`?|\"[^\"]*\"?|'[^']*'?", "(...)", re.sub(r"://[^/@\s]+@", "://", first))[:300]
    return UnexpectedError(
        f"modelyard failed unexpectedly: {type(error).__name__}{': ' if plain else ''}{plain}",
        "Run the same command with -v for the whole traceback, and report it with that.",
    )
