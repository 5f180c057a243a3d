import re
from html.parser import HTMLParser

import plausible
import pytest
import report_project as project
from report_project import ODD, SECRET

from modelyard.report import ReportData, page

pytestmark = pytest.mark.slow


class Tags(HTMLParser):
    """Every tag of a page, and every attribute."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


@pytest.fixture(scope="module")
def html(full: dict) -> str:
    return page(ReportData(**full))


def test_the_page_has_a_section_for_every_part(html: str) -> None:
    anchors = re.findall(r'<section id="(\w+)">', html)
    assert anchors == [
        "warnings",
        "data",
        "contract",
        "split",
        "metrics",
        "curves",
        "slices",
        "importance",
        "fairness",
        "gate",
        "floors",
        "lineage",
        "versions",
        "recipe",
    ]
    assert all(f'href="#{anchor}"' in html for anchor in anchors)


def test_each_section_says_how_to_read_it(html: str) -> None:
    for section in html.split("<section ")[1:]:
        lead = re.search(r'<p class="lead">\s*(.+?)</p>', section, re.DOTALL)
        assert lead is not None
        assert len(lead.group(1).strip()) > 30


def test_names_and_values_cannot_become_markup(html: str) -> None:
    found = Tags(html)
    assert not {"script", "img", "b_", "iframe", "gap"} & set(found.tags)
    assert not [name for name, _ in found.attributes if name.startswith("on")]
    assert "<b>DL</b>" not in html
    assert "&lt;script&gt;alert(" in html
    assert "{{ 7 * 7 }}" in html


def test_the_page_refers_to_nothing_outside(html: str) -> None:
    links = [value for name, value in Tags(html).attributes if name in ("href", "src", "xlink:href", "action")]
    assert all(link.startswith("#") or link == "data:," for link in links)
    assert not re.search(r"@import|url\((?!#)", html)


def test_personal_values_are_hidden_even_in_sample_rows(html: str) -> None:
    assert SECRET not in html
    assert "email" in html
    assert "personal: values are never shown" in html


def test_a_contract_of_personal_columns_hides_them_from_a_profile_that_has_them(full: dict) -> None:
    leaking = {**full, "profile": full["profile"].model_copy(update={"columns": [_secretive(full)]})}
    assert SECRET not in page(ReportData(**leaking))


def _secretive(full: dict) -> object:
    carrier = full["profile"].column("carrier")
    return carrier.model_copy(update={"name": "email", "shares": {SECRET: 1.0}})


def test_the_same_data_gives_the_same_page(full: dict, html: str) -> None:
    assert page(ReportData(**full)) == html


def test_ids_are_unique_on_the_page(html: str) -> None:
    ids = [value for name, value in Tags(html).attributes if name == "id"]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    ("kept", "headline"),
    [
        ((), "No data yet"),
        (("contract", "profile"), "No model yet"),
        (("contract", "check"), "The data breaks its contract"),
        (("evaluation",), "Measured, not judged yet"),
        (("evaluation", "gate"), "Passed the gate"),
    ],
)
def test_an_unfinished_project_has_a_page_that_says_how_far_it_is(full: dict, kept: tuple, headline: str) -> None:
    found = page(ReportData(project="p", **{name: full[name] for name in kept}))
    assert f"<strong>{headline}</strong>" in found
    assert ("section" in Tags(found).tags) == bool(kept)


@pytest.mark.parametrize(("verdict", "headline"), [("failed", "Failed the gate"), ("inconclusive", "Inconclusive")])
def test_a_verdict_that_stops_a_model_is_the_first_thing_said(full: dict, verdict: str, headline: str) -> None:
    found = page(ReportData(**{**full, "gate": plausible.gate(verdict)}))
    assert f"<strong>{headline}</strong>" in found
    assert "Nothing was registered." in found


@pytest.mark.parametrize(
    ("task", "evaluation"),
    [("multiclass", plausible.multiclass()), ("regression", plausible.regression())],
)
def test_every_task_has_its_page(full: dict, task: str, evaluation: object) -> None:
    config = project.config(task, evaluation.metric)
    found = page(ReportData(**{**full, "config": config, "evaluation": evaluation, "gate": None}))
    assert ("Predicted and observed" in found) == (task == "regression")
    assert ("Confusion" in found) == (task == "multiclass")


def test_three_hundred_columns_are_tabled_and_few_are_pictured() -> None:
    import polars as pl

    from modelyard.data.contract import Column, Contract
    from modelyard.reference import build

    wide = pl.DataFrame({f"c{i}": [float(i), 1.0, 2.0] for i in range(300)})
    contract = Contract(name="w", columns=tuple(Column(name=name, type="number") for name in wide.columns))
    profile = build(wide, contract, wide.columns, predictions=None)
    found = page(ReportData(project="wide", contract=contract, profile=profile))
    assert found.count('class="column"') == 24
    assert all(f">c{i}</td>" in found for i in range(300))


def test_odd_column_names_are_all_there(html: str) -> None:
    for name in ODD:
        assert name == "" or name[:5].replace("<", "&lt;").replace('"', "&#34;").replace("'", "&#39;") in html
    assert "(no name)" in html
