import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from modelyard.capture import tally


@pytest.fixture(autouse=True)
def _own_counts(monkeypatch, tmp_path):
    """Keep the numbers of processes inside the test's folder."""
    monkeypatch.setattr(tally, "place", lambda uri: tmp_path / "spool")
