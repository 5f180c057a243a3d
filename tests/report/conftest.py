"""What the report's tests share: plausible evaluations, a small project, and a real browser."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "evaluation"))  # plausible.py serves both folders
sys.path.insert(0, str(Path(__file__).parent))

import report_project as project
from chromium import Browser


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Browser:
    return Browser.find(tmp_path_factory.mktemp("browser"))


@pytest.fixture(scope="session")
def full() -> dict[str, object]:
    return project.everything()
