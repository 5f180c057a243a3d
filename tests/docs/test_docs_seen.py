"""The pages in a real browser: at the width of a phone and of a desk, in light and in dark."""

import html
import json
import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "report"))

from chromium import Browser

pytestmark = pytest.mark.slow  # the whole of the pages is built first
_LOOK = (Path(__file__).parent / "look.js").read_text(encoding="utf-8")
_WIDTHS = (375, 1200)
_DRAWN = 6


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    return Browser.find(tmp_path_factory.mktemp("browser"))


@pytest.fixture
def see(browser, built):
    """Return what `look.js` says of a page, in a frame of a width."""

    def look(name, width, *, dark=False):
        page = (built / name).read_text(encoding="utf-8")
        opened = built / f"seen-{name}"
        opened.write_text(page.replace("</body>", f"<script>{_LOOK}</script></body>"), encoding="utf-8")
        try:
            frame = f'<iframe style="border:0;width:{width}px;height:3000px" src="{opened.as_uri()}"></iframe>'
            listen = "addEventListener('message', e => document.title = e.data)"
            dom, complaints = browser.open(f"<!doctype html><script>{listen}</script>{frame}", dark=dark)
        finally:
            opened.unlink()
        assert not complaints
        return json.loads(html.unescape(re.search(r"<title>(.*?)</title>", dom, re.DOTALL).group(1)))

    return look


@pytest.mark.parametrize("width", _WIDTHS)
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_drawings_are_readable(see, width, dark):
    seen = see("workflows.html", width, dark=dark)
    assert seen["overflow"] <= 0
    assert seen["drawings"] == _DRAWN
    assert (seen["outside"], seen["dim"]) == ([], [])
    assert seen["smallest"] > 9
    assert (seen["background"] < 0.5) == dark


@pytest.mark.parametrize("width", _WIDTHS)
def test_the_drawing_of_the_layers_is_readable(see, width):
    seen = see("platform.html", width)
    assert seen["overflow"] <= 0
    assert seen["drawings"] == 1
    assert (seen["outside"], seen["dim"]) == ([], [])
    assert seen["smallest"] > 9


@pytest.mark.parametrize(
    "name", ["index", "csv-to-production", "commands", "platform-configuration", "messages", "platform-cost", "proved"]
)
def test_a_page_fits_a_phone(see, name):
    assert see(f"{name}.html", 375)["overflow"] <= 0
