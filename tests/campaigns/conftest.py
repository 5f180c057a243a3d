"""Long campaigns: many seeds or every point of failure; they run only when asked for with `-m campaign`."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "loop"))


def pytest_configure(config):
    config.addinivalue_line("markers", "campaign: an hour rather than minutes; runs only with `-m campaign`")


def pytest_collection_modifyitems(config, items):
    asked = "campaign" in (config.getoption("markexpr") or "")
    mine = [item for item in items if item.get_closest_marker("campaign")]
    if mine and not asked:
        config.hook.pytest_deselected(items=mine)
        items[:] = [item for item in items if item not in mine]


@pytest.fixture(scope="session")
def campaign_root(tmp_path_factory):
    return tmp_path_factory.mktemp("campaign")
