"""What the tests of the documentation share: its folder on the path, and the built pages."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(DOCS))


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """Build every page with warnings as errors; the folder of the HTML."""
    out = tmp_path_factory.mktemp("docs")
    command = [sys.executable, "-m", "sphinx", "-b", "html", "-E", "-W", "--keep-going", "-n", "-q"]
    command += ["-d", str(out / "doctrees"), str(DOCS), str(out / "html")]
    done = subprocess.run(command, env={**os.environ, "NO_COLOR": "1"}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return out / "html"
