"""Ten thousand requests with something wrong in them: none is a fault of the server, and it answers afterwards."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "serving"))

import test_server_connection as http
from released import released

pytestmark = pytest.mark.campaign


def test_ten_thousand_malformed_requests_are_no_fault_of_the_server(campaign_root, results):
    folder = campaign_root / "served"
    folder.mkdir()
    released(folder)
    with http.serving(folder) as (_, port):
        http.ready(f"http://127.0.0.1:{port}", 1)
        faults = http.fuzz(port, range(1000, 11_000))
    results |= {"requests": 10_000, "faults": len(faults)}
    assert faults == []
