"""Long campaigns: many seeds or every point of failure; they run only when asked for with `-m campaign`."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

RESULTS = Path(__file__).parent / "results"
WATCHED = ["src", "templates", "stacks", "tests", ":!tests/campaigns/results"]

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


@pytest.fixture(scope="module")
def results(request):
    """Collects what the campaigns of a file measure; written at the end with the commit that it was measured on.

    A part (`-k`) is added to what the same commit has shown, and to nothing else: it would pass for the whole.
    """
    found, begin = {"commit": _commit()}, time.monotonic()
    yield found
    found["minutes"] = round((time.monotonic() - begin) / 60, 1)
    path = RESULTS / f"{request.path.stem.removeprefix('test_').removesuffix('_campaign')}.json"
    known = json.loads(path.read_text()) if path.exists() else {"commit": found["commit"], "minutes": 0}
    if request.config.getoption("keyword"):
        if known["commit"] != found["commit"]:
            return
        found = _joined(known, found) | {"minutes": round(known["minutes"] + found["minutes"], 1)}
    RESULTS.mkdir(exist_ok=True)
    path.write_text(json.dumps(found, indent=1) + "\n")


def _joined(known, found):
    both = {key: _joined(known[key], found[key]) for key in known.keys() & found if isinstance(found[key], dict)}
    return known | found | both


def _commit():
    """Return the commit, with `-dirty` where what was tried, or how, is not as it has it."""
    commit = _git("rev-parse", "HEAD")
    return f"{commit}-dirty" if _git("status", "--porcelain", "--", *WATCHED) else commit


def _git(*asked):
    here = Path(__file__).parents[2]
    found = subprocess.run(["git", "-C", str(here), *asked], capture_output=True, text=True, check=False)
    return found.stdout.strip()
