"""A registry whose tables MLflow has made already, and the command line as a script sees it."""

import json
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

sys.path.insert(0, str(Path(__file__).parent))

from modelyard.cli import app


@pytest.fixture(scope="session")
def call():
    """Run a command with `--json`; return its exit code and its one document."""

    def run(*arguments):
        result = CliRunner().invoke(app, [*map(str, arguments), "--json"])
        assert "Traceback" not in result.stderr
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result.exit_code, json.loads(result.stdout)

    return run
