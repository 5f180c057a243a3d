"""The pages build without a warning, and nothing in them points nowhere."""

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

pytestmark = pytest.mark.slow  # the whole of the pages is built first


class _Links(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.anchors, self.links = {""}, []
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.anchors.update(filter(None, (given.get("id"), given.get("name"))))
        self.links += [(tag, given[name]) for name in ("href", "src") if given.get(name)]


@pytest.fixture(scope="module")
def parsed(built):
    return {page: _Links(page) for page in built.rglob("*.html")}


def test_every_page_is_in_the_navigation(built, parsed):
    linked = {Path(link).name for _, link in parsed[built / "index.html"].links}
    for page in parsed:
        if page.parent == built and page.stem not in {"index", "search", "genindex"}:
            assert page.name in linked, page.name


def test_internal_links_and_anchors_exist(built, parsed):
    wrong = []
    for page, found in parsed.items():
        for _, link in found.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            known = parsed[target].anchors if target in parsed else {""}
            if not target.exists() or (target.suffix == ".html" and unquote(parts.fragment) not in known):
                wrong.append(f"{page.relative_to(built)}: {link}")
    assert not wrong


def test_external_links_are_well_formed(parsed):
    for page, found in parsed.items():
        for _, link in found.links:
            parts = urlsplit(link)
            if parts.scheme:
                assert parts.scheme == "https", f"{page.name}: {link}"
                assert "." in parts.netloc, f"{page.name}: {link}"
                assert not set(' "<>') & set(link), f"{page.name}: {link}"


def test_a_page_loads_nothing_from_elsewhere(parsed):
    for page, found in parsed.items():
        loaded = [link for tag, link in found.links if tag in {"script", "img", "iframe"}]
        assert not [link for link in loaded if urlsplit(link).netloc], page.name


def test_a_wrong_anchor_is_found(tmp_path):
    page = tmp_path / "a.html"
    page.write_text('<a href="#there">x</a><h2 id="here">y</h2>')
    found = _Links(page)
    assert found.links == [("a", "#there")]
    assert "there" not in found.anchors
