"""Makes `tables` importable and gives the pipelines that tests train."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from modelyard.bundle import load_pipeline


@pytest.fixture(scope="session")
def template():
    return load_pipeline(Path(__file__).parents[2] / "templates/tabular/src/pipeline")


@pytest.fixture
def pipeline(tmp_path):
    """Write files of a `pipeline` package and import it."""

    def make(**files):
        folder = tmp_path / "src" / "pipeline"
        folder.mkdir(parents=True, exist_ok=True)
        for name, source in files.items():
            (folder / f"{name}.py").write_text(source)
        return load_pipeline(folder)

    return make
