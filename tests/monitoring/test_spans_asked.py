"""Which span `monitor` looks at, and that one outside the calendar is a wrong request."""

import pytest

from modelyard.config.monitoring import Monitoring
from modelyard.data.store import Store
from modelyard.errors import RequestError
from modelyard.monitoring.request import MonitorRequest, moment, spans


def asked(tmp_path, config=None, **request):
    found = MonitorRequest(**{name: moment(text) for name, text in request.items()})
    return spans(found, Store.open("store", tmp_path), "2025-01-01", config or Monitoring())


def test_without_a_beginning_as_many_windows_as_an_alert_looks_at_are_taken(tmp_path):
    config = Monitoring(window_days=7, of_windows=3)
    found = asked(tmp_path, config, until="2025-01-29")
    assert (found.since, found.until) == (moment("2025-01-08"), moment("2025-01-29"))


@pytest.mark.parametrize("until", ["0001-01-01", "0001-01-08"])
def test_windows_beyond_the_calendar_are_a_wrong_request(tmp_path, until):
    with pytest.raises(RequestError, match="beyond the calendar"):
        asked(tmp_path, until=until)


@pytest.mark.parametrize("text", ["", "now", "1e9", "0001-01-01T00:00+14:00", "9999-12-31T23:00-14:00"])
def test_what_is_no_moment_is_a_wrong_request(text):
    with pytest.raises(RequestError, match="is no date or time"):
        moment(text)
