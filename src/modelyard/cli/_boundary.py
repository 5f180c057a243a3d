"""The one place where errors become text and an exit code."""

import signal
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import typer.core
from typer.exceptions import TyperException

from modelyard.cli._output import show_error
from modelyard.errors import InterruptedRunError, ModelyardError, OutsideError, RequestError

_EXTRAS = {
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
    """The root group: shows every expected error, and lets bugs keep their traceback."""

    def main(self, args: Sequence[str] | None = None, *rest: Any, **options: Any) -> NoReturn:  # noqa: ANN401
        """Run the command line and exit with the code of the contract."""
        arguments = list(sys.argv[1:] if args is None else args)
        options["standalone_mode"] = False
        try:
            signal.signal(signal.SIGTERM, signal.default_int_handler)  # a polite kill cleans up as Ctrl-C does
            code = super().main(arguments, *rest, **options)
        except ModelyardError as error:
            _fail(error, arguments)
        except TyperException as error:
            _fail(_usage(error), arguments)
        except ModuleNotFoundError as error:
            _fail(_missing_extra(error), arguments)
        except OSError as error:
            _fail(_outside(error), arguments)
        except (KeyboardInterrupt, typer.Abort):
            _fail(InterruptedRunError(), arguments)
        sys.exit(code if isinstance(code, int) else 0)

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - click's own type is private to typer
        """Run a command; an interrupt becomes an error of ours, so that `--json` can say it."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise InterruptedRunError from None


def _fail(error: ModelyardError, arguments: Sequence[str]) -> NoReturn:
    show_error(error, as_json="--json" in arguments)
    sys.exit(error.exit_code)


def _usage(error: TyperException) -> RequestError:
    """Turn a misuse found by the parser into an error of ours."""
    message = getattr(error, "format_message", lambda: str(error))()
    context = getattr(error, "ctx", None)
    hint = f"`{context.command_path} --help` shows the options." if context is not None else ""
    return RequestError(message or "No command was given.", hint, code="usage")


def _missing_extra(error: ModuleNotFoundError) -> RequestError:
    """Name the extra that holds a missing library; a missing module of any other kind is a bug."""
    name = (error.name or "").split(".")[0]
    if name not in _EXTRAS:
        raise error
    extra = _EXTRAS[name]
    return RequestError(
        f"This command needs {name}, which is not installed.",
        f"Install the extra: pip install 'modelyard[{extra}]'.",
        code="missing_extra",
    )


def _outside(error: OSError) -> OutsideError:
    """Say what the operating system refused: a full disk, a read-only folder, a closed pipe."""
    place = f": {error.filename}" if error.filename else ""
    return OutsideError(
        f"{error.strerror or error}{place}",
        "Free the resource and run the same command again.",
        code="system",
    )
