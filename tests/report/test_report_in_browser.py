import plausible
import pytest
from chromium import Browser

from modelyard.report import ReportData, page

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [375, 1200])
def test_the_page_fits_is_legible_and_loads_nothing(full: dict, browser: Browser, width: int, dark: bool) -> None:
    seen = browser.measure(page(ReportData(**full)), width=width, dark=dark)
    assert (seen.overflow, seen.wide) == (0, [])
    assert seen.contrast == []
    assert seen.texts > 200
    assert seen.resources == []
    assert seen.scripts == 0


def test_the_themes_differ(full: dict, browser: Browser) -> None:
    empty = page(ReportData(project="p"))
    light, dark = (browser.measure(empty, width=375, dark=dark).background for dark in (False, True))
    assert light != dark


@pytest.mark.parametrize(
    "evaluation", [plausible.multiclass([f"class {i}" for i in range(20)]), plausible.regression()]
)
def test_other_tasks_fit_a_phone(full: dict, browser: Browser, evaluation: object) -> None:
    seen = browser.measure(page(ReportData(**{**full, "evaluation": evaluation, "gate": None})), width=375)
    assert (seen.overflow, seen.wide, seen.contrast) == (0, [], [])


def test_as_written_the_page_breaks_none_of_its_own_rules(full: dict, browser: Browser) -> None:
    _, complaints = browser.open(page(ReportData(**full)))
    assert complaints == []


def test_the_browser_reports_what_a_page_does_wrong(browser: Browser) -> None:
    bad = page(ReportData(project="p")).replace("</body>", '<img src="https://example.invalid/x.png"></body>')
    _, complaints = browser.open(bad)
    assert complaints
    wide = page(ReportData(project="p")).replace("</main>", '<p style="width:2000px;color:#ccc">wide</p></main>')
    seen = browser.measure(wide, width=375)
    assert seen.overflow > 0
    assert seen.contrast
