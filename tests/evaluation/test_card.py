import plausible
import pytest

from modelyard.evaluation import words
from modelyard.evaluation.card import About, card

ABOUT = About(
    project="flights", version="3", target="late", features=["hour", "carrier"], rows=24_000, personal=["tailnum"]
)


def test_a_card_says_what_how_well_and_where_not() -> None:
    text = card(plausible.binary(), plausible.gate(), ABOUT)
    headings = [line for line in text.splitlines() if line.startswith("#")]
    assert headings == [
        "# flights, version 3",
        "## What it does",
        "## How well",
        "## Where it is weakest",
        "## Between groups",
        "## The gate",
        "## Data",
        "## Limits",
        "## Origin",
    ]
    assert "| ROC AUC | 0.721 | 0.703 to 0.740 | 0.500 |" in text
    assert "Left out as personal: `tailnum`" in text
    assert "24,000 rows" in text


@pytest.mark.parametrize("evaluation", [plausible.multiclass(), plausible.regression()])
def test_parts_that_a_task_lacks_are_left_out(evaluation: object) -> None:
    text = card(evaluation, None, ABOUT)
    assert "## Between groups" not in text
    assert "## The gate" not in text
    assert "Positive class" not in text


def test_names_cannot_break_tables_or_become_markup() -> None:
    about = ABOUT.model_copy(update={"project": "<b>*x*</b>", "features": ["a|b", "``tick``", "", "two\nlines"]})
    text = card(plausible.binary(slices=plausible.slices(0.7, ["a|b"])), plausible.gate(), about)
    assert r"\<b\>\*x\*\</b\>" in text
    assert "``` ``tick`` ```" in text
    assert "two lines" in text
    assert r"`a\|b` is `low`" in text
    for table in (part for part in text.split("\n\n") if part.startswith("|")):
        columns = {line.replace(r"\|", "").count("|") for line in table.splitlines()}
        assert len(columns) == 1


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.72144, "0.721"),
        (12.345, "12.3"),
        (1234.56, "1,235"),
        (336_776, "336,776"),
        (-0.5, "\N{MINUS SIGN}0.500"),
        (0.0, "0"),
        (1.2e-7, "1.20 \N{MULTIPLICATION SIGN} 10⁻⁷"),
        (3.4e15, "3.40 \N{MULTIPLICATION SIGN} 10¹⁵"),
        (float("nan"), "not a number"),
        (float("-inf"), "\N{MINUS SIGN}∞"),
        (None, "\N{EN DASH}"),
        (0.99999, "1.000"),
    ],
)
def test_numbers_have_the_digits_that_matter(value: float | None, shown: str) -> None:
    assert words.number(value) == shown


def test_shares_sizes_and_intervals_read_well() -> None:
    assert [words.percent(share) for share in (0, 0.0001, 0.5, 0.1234, 1)] == [
        "0 %",
        "< 0.1 %",
        "50 %",
        "12.3 %",
        "100 %",
    ]
    assert [words.size(count) for count in (12, 4_096, 412_334, 2.5e9)] == ["12 bytes", "4.10 kB", "412 kB", "2.50 GB"]
    assert words.interval(0.7214, 0.70271, 0.7401) == "0.703 to 0.740"
    assert words.interval(1234.5, 1154.5, 1314.5) == "1,154 to 1,314"
    assert words.interval(1.0, None, None) == ""
