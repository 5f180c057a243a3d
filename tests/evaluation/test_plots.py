import re
import xml.etree.ElementTree as ET

import plausible
import pytest

from modelyard.evaluation.plots import draw
from modelyard.evaluation.results import Estimate, Evaluation

pytestmark = pytest.mark.slow

TASKS = {"binary": plausible.binary(), "multiclass": plausible.multiclass(), "regression": plausible.regression()}
HOSTILE = ["<script>alert(1)</script>", "$x^{2$", 'style="fill: #1c2430"', "a\x00b\n", "", "列 💾", "x" * 300, "]]>-->"]
SVG = "{http://www.w3.org/2000/svg}"


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ET.fromstring(svg).iter(f"{SVG}text")]


@pytest.mark.parametrize(
    ("task", "names"),
    [
        ("binary", {"roc", "precision_recall", "calibration", "confusion", "fairness"}),
        ("multiclass", {"roc", "precision_recall", "calibration", "confusion"}),
        ("regression", {"residuals", "predicted_observed"}),
    ],
)
def test_what_was_measured_is_drawn_and_nothing_else(task: str, names: set[str]) -> None:
    assert set(draw(TASKS[task])) == names | {"metrics", "margins", "slices", "importance"}


@pytest.mark.parametrize("task", TASKS)
def test_pictures_are_repeatable_named_small_and_stand_alone(task: str) -> None:
    first = draw(TASKS[task], plausible.gate())
    assert first == draw(TASKS[task], plausible.gate())
    for svg in first.values():
        root = ET.fromstring(svg)
        assert root.get("role") == "img"
        assert root.get("aria-label") == root.findtext(f"{SVG}title")
        assert len(svg) < 60_000
        assert not re.search(r"<(metadata|script|image|style)|href=\"(?!#)", svg)


def test_colours_are_variables_with_the_light_value_behind_them() -> None:
    for svg in draw(TASKS["binary"]).values():
        plain = re.findall(r"(?<!,)(?:fill|stroke): ?#[0-9a-f]{6}(?!;(?:fill|stroke):var)", svg)
        assert plain == []
        assert "var(--my-ink,#1c2430)" in svg


def test_ids_differ_between_pictures_of_one_page() -> None:
    ids = [found for svg in draw(TASKS["binary"]).values() for found in re.findall(r' id="([^"]+)"', svg)]
    assert len(ids) == len(set(ids))


def test_any_name_is_drawn_as_text() -> None:
    evaluation = plausible.multiclass(
        HOSTILE, importance=plausible.importances(HOSTILE), slices=plausible.slices(0.7, HOSTILE)
    )
    pictures = draw(evaluation)
    shown = texts(pictures["importance"])
    assert "$x^{2$" in shown
    assert 'style="fill: #1c2430"' in shown
    assert "(empty)" in shown
    assert any(text.startswith("xxx") and text.endswith("…") for text in shown)


def test_the_gate_puts_its_threshold_into_the_margin() -> None:
    words = " ".join(texts(draw(TASKS["binary"], plausible.gate())["margins"]))
    assert "red line: the gate's threshold" in words
    assert "red line" not in " ".join(texts(draw(TASKS["binary"])["margins"]))


def test_many_slices_columns_and_classes_are_cut_and_say_so() -> None:
    names = [f"column {i}" for i in range(60)]
    evaluation = plausible.multiclass(
        [f"class {i}" for i in range(40)], slices=plausible.slices(0.7, names), importance=plausible.importances(names)
    )
    pictures = draw(evaluation)
    assert any(text.startswith("worst 24 of 180") for text in texts(pictures["slices"]))
    assert "strongest 20 of 60" in texts(pictures["importance"])
    assert "(others)" in texts(pictures["confusion"])
    assert "first 8 of 40 classes" in texts(pictures["roc"])


def test_the_worst_slices_of_an_error_are_the_largest() -> None:
    parts = [
        plausible.slices(1.0, ["c"])[0].model_copy(update={"value": str(i), "metric": Estimate(value=i)})
        for i in range(30)
    ]
    shown = texts(draw(plausible.regression(slices=parts))["slices"])
    assert "c = 29" in shown
    assert "c = 0" not in shown


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 0.0, 1e300, -1e-300])
def test_numbers_at_the_edge_are_drawn(value: float) -> None:
    odd = Estimate(value=value, low=None, high=None)
    changes = {
        "metrics": {"roc_auc": odd, "f1": Estimate(value=value, low=value, high=value)},
        "dummy": {"roc_auc": value},
        "slices": [part.model_copy(update={"metric": odd}) for part in plausible.slices(0.7, ["c"])],
        "importance": [p.model_copy(update={"drop": value, "deviation": value}) for p in plausible.importances(["a"])],
        "versus_dummy": TASKS["binary"].versus_dummy.model_copy(update={"difference": odd, "resolvable": value}),
    }
    assert set(draw(plausible.binary(**changes))) == set(draw(TASKS["binary"]))


def test_an_evaluation_of_almost_nothing_is_drawn() -> None:
    bare: Evaluation = plausible.binary(
        slices=[], roc=[], precision_recall=[], calibration=[], confusion=None, importance=[], fairness=[], metrics={}
    )
    assert set(draw(bare)) == {"margins"}
