import errno
import json
import os
import subprocess
import sys

import pytest
import typer
from typer.testing import CliRunner

from modelyard.cli import app
from modelyard.cli._boundary import Boundary
from modelyard.cli._options import version_option
from modelyard.errors import OutcomeError, OutsideError, RequestError

runner = CliRunner()


def one_command(action):
    world = typer.Typer(cls=Boundary, rich_markup_mode=None)
    world.callback()(version_option)

    @world.command()
    def go(json: bool = typer.Option(False, "--json")):
        action()

    @world.command()
    def other():
        pass

    return world


def failing(error):
    def action():
        raise error

    return one_command(action)


@pytest.mark.parametrize(("error", "code"), [(OutcomeError("no"), 1), (RequestError("no"), 2), (OutsideError("no"), 3)])
def test_the_class_of_an_error_decides_the_exit_code(error, code):
    assert runner.invoke(failing(error), ["go"]).exit_code == code


def test_an_error_goes_to_stderr_with_its_next_step():
    result = runner.invoke(failing(RequestError("bad value 7", "use 8")), ["go"])
    assert result.stdout == ""
    assert result.stderr == "error: bad value 7\n  next: use 8\n"


def test_with_json_an_error_is_one_document_on_stdout_and_stderr_is_empty():
    result = runner.invoke(failing(RequestError("bad value 7", "use 8", code="seven")), ["go", "--json"])
    assert json.loads(result.stdout) == {"error": {"code": "seven", "message": "bad value 7", "hint": "use 8"}}
    assert result.stderr == ""


def test_an_interrupt_exits_130_and_says_how_to_go_on():
    result = runner.invoke(failing(KeyboardInterrupt()), ["go"])
    assert result.exit_code == 130
    assert "run the same command again" in result.stderr


def test_a_bug_is_one_line_with_the_next_step():
    result = runner.invoke(failing(ZeroDivisionError("bug")), ["go"])
    assert result.exit_code == 3
    assert result.stderr.startswith("error: modelyard failed unexpectedly: ZeroDivisionError: bug\n  next: ")
    assert "-v" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_bug_is_one_document_with_json():
    result = runner.invoke(failing(ZeroDivisionError("bug")), ["go", "--json"])
    assert result.exit_code == 3
    assert json.loads(result.stdout)["error"]["code"] == "unexpected"
    assert result.stderr == ""


def test_what_a_bug_quotes_is_not_shown():
    error = ValueError("'ann@example.org' in \"a cell\" of `b` from https://me:secret@host/x")
    shown = runner.invoke(failing(error), ["go"]).stderr
    assert all(word not in shown for word in ("ann", "cell", "secret"))


@pytest.mark.parametrize("verbose", ["-v", "--verbose", "-qv"])
def test_with_v_a_bug_shows_its_traceback_and_still_its_line(verbose):
    result = runner.invoke(failing(ZeroDivisionError("bug")), ["go", verbose, "--json"])
    assert "Traceback" in result.stderr
    assert "in action" in result.stderr
    assert json.loads(result.stdout)["error"]["code"] == "unexpected"


def caused(*_):
    raise RequestError("bad value 7", "use 8") from LookupError("https://me:secret@host/x said no")


def test_with_v_an_expected_error_shows_what_caused_it_without_passwords():
    plain, verbose = (runner.invoke(one_command(caused), ["go", *more]) for more in ((), ("-v",)))
    assert "LookupError" not in plain.stderr
    assert "LookupError" in verbose.stderr
    assert "secret" not in verbose.stderr
    assert verbose.stderr.endswith("error: bad value 7\n  next: use 8\n")
    assert plain.exit_code == verbose.exit_code == 2


def test_with_v_an_error_without_a_cause_is_its_line_alone():
    result = runner.invoke(failing(RequestError("bad value 7", "use 8")), ["go", "-v"])
    assert result.stderr == "error: bad value 7\n  next: use 8\n"


def commands(group, path=()):
    for name, command in group.commands.items():
        yield from commands(command, (*path, name)) if hasattr(command, "commands") else [(*path, name)]


@pytest.mark.parametrize("path", list(commands(typer.main.get_command(app))), ids=" ".join)
def test_every_command_takes_the_options_of_every_command(path):
    shown = runner.invoke(app, [*path, "--help"]).stdout
    assert all(option in shown for option in ("-v, --verbose", "-q, --quiet", "--json"))


def test_before_the_command_v_means_the_same():
    assert "Traceback" in runner.invoke(failing(ZeroDivisionError("bug")), ["-v", "go"]).stderr


def test_a_missing_library_names_the_extra_that_holds_it():
    result = runner.invoke(failing(ModuleNotFoundError("No module named 'sklearn'", name="sklearn.tree")), ["go"])
    assert result.exit_code == 2
    assert "modelyard[ml]" in result.stderr


def test_a_missing_module_that_no_extra_holds_is_a_bug():
    result = runner.invoke(failing(ModuleNotFoundError("No module named 'x'", name="x")), ["go"])
    assert result.exit_code == 3
    assert "ModuleNotFoundError" in result.stderr


def test_a_full_disk_is_an_outside_failure():
    result = runner.invoke(failing(OSError(28, "No space left on device", "/data/x")), ["go"])
    assert result.exit_code == 3
    assert "The disk is full (No space left on device): /data/x" in result.stderr


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS])
def test_a_place_that_is_closed_to_this_user_is_named_with_what_to_do(number):
    result = runner.invoke(failing(OSError(number, os.strerror(number), "/data/x")), ["go"])
    assert result.exit_code == 3
    assert f"{os.strerror(number)}: /data/x" in result.stderr
    assert "Give this user access to it, or name another place" in result.stderr


@pytest.mark.parametrize(
    "arguments", [["nonsense"], ["run", "--nonsense"], ["models", "show"], ["models", "show", "seven"]]
)
def test_misuse_exits_2_with_one_json_document(arguments):
    result = runner.invoke(app, [*arguments, "--json"])
    assert result.exit_code == 2
    assert json.loads(result.stdout)["error"]["code"] == "usage"


def test_version_is_printed_without_a_command():
    result = runner.invoke(app, ["--version"])
    assert result.exit_code == 0
    assert result.stdout.startswith("modelyard ")


def test_help_imports_none_of_the_heavy_libraries():
    heavy = [
        "pydantic",
        "yaml",
        "polars",
        "copier",
        "sklearn",
        "mlflow",
        "numpy",
        "onnx",
        "onnxruntime",
        "optuna",
        "matplotlib",
        "rich",
    ]
    script = (
        "import sys\nfrom typer.testing import CliRunner\nfrom modelyard.cli import app\n"
        "assert CliRunner().invoke(app, ['--help']).exit_code == 0\n"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_outside_a_project_a_command_says_how_to_get_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = runner.invoke(app, ["run", "--json"])
    assert result.exit_code == 2
    error = json.loads(result.stdout)["error"]
    assert error["code"] == "no_project"
    assert "modelyard new" in error["hint"]
