"""The price of a plan beside that of another checkout: what is new, what goes, and what cannot be compared."""

import json
from pathlib import Path

import pytest
import yaml
from platforms import document
from typer.testing import CliRunner, Result

from modelyard.cli import app
from modelyard.cli.infra._review import text
from modelyard.errors import RequestError
from modelyard.infra import against
from modelyard.infra.against import AllCompared, Compared, beside
from modelyard.infra.cost import Cost, Item
from modelyard.infra.cost.records import Unpriced
from modelyard.infra.plan import Problem
from modelyard.infra.review import Review, Reviews


def item(layer: str, what: str, usd: float) -> Item:
    return Item(
        resource=f"urn::{what}",
        layer=layer,
        what=what,
        quantity=1,
        unit="hour",
        usd=usd,
        usd_high=usd,
        source="",
        date="",
    )


def review(env: str, *items: Item) -> Review:
    total = sum(each.usd for each in items)
    cost = Cost(
        monthly_usd=total, low_usd=total, high_usd=total, region="eu-west-1", date="", items=items, unpriced=(),
        assumptions={}, free=0,
    )  # fmt: skip
    nothing = dict.fromkeys(("layers", "problems", "violations", "excused", "warnings"), ())
    return Review(env=env, region="eu-west-1", account="123456789012", cost=cost, **nothing)


@pytest.fixture
def other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout whose plan has a gateway of 30 and a database of 20 a month in dev."""
    (tmp_path / "platform.yaml").touch()
    planned = Reviews(environments=(review("dev", item("network", "gateway", 30), item("registry", "database", 20)),))
    monkeypatch.setattr(against, "reviews", lambda *_: planned)
    return tmp_path


def test_only_what_differs_is_listed_the_largest_first(other: Path) -> None:
    here = review("dev", item("network", "gateway", 90), item("registry", "database", 20), item("lake", "key", 1))
    shown, found = beside(Reviews(environments=(here,)), other, "dev")
    assert isinstance(shown, Compared)
    assert found is not None
    assert (found.monthly_usd, found.difference_usd, found.note) == (50, 61, "")
    assert [(i.what, i.before_usd, i.after_usd, i.difference_usd) for i in found.items] == [
        ("gateway", 30, 90, 60),
        ("key", 0, 1, 1),
    ]


def test_what_goes_away_is_listed_too(other: Path) -> None:
    _, found = beside(Reviews(environments=(review("dev", item("network", "gateway", 30)),)), other, "dev")
    assert found is not None
    assert [(i.what, i.difference_usd) for i in found.items] == [("database", -20)]


def test_resources_of_one_kind_are_one_line(other: Path) -> None:
    here = review(
        "dev", item("network", "gateway", 30), item("network", "gateway", 30), item("registry", "database", 20)
    )
    _, found = beside(Reviews(environments=(here,)), other, "dev")
    assert found is not None
    assert [(i.what, i.after_usd) for i in found.items] == [("gateway", 60)]


def test_environments_are_told_apart_and_one_that_is_gone_counts(other: Path) -> None:
    here = Reviews(environments=(review("prod", item("network", "gateway", 30)),))
    shown, found = beside(here, other, None)
    assert isinstance(shown, AllCompared)
    assert found is not None
    assert found.difference_usd == -20
    assert {(i.env, i.what, i.difference_usd) for i in found.items} == {
        ("dev", "gateway", -30),
        ("dev", "database", -20),
        ("prod", "gateway", 30),
    }


def test_without_another_checkout_the_document_stays_as_it_was() -> None:
    here = Reviews(environments=(review("dev"),))
    assert beside(here, None, None) == (here, None)
    assert beside(here, None, "dev") == (here.environments[0], None)


def test_a_checkout_without_a_platform_costs_nothing(tmp_path: Path) -> None:
    (tmp_path / "platform.yaml").touch()  # of a folder above: it is not the other checkout's
    (tmp_path / "main").mkdir()
    here = Reviews(environments=(review("dev", item("lake", "key", 1)),))
    _, found = beside(here, tmp_path / "main", "dev")
    assert found is not None
    assert (found.monthly_usd, found.difference_usd) == (0, 1)
    assert "has no platform" in found.note
    assert "has no platform" in text(here, found)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="there is no such folder"):
        beside(Reviews(environments=(review("dev"),)), tmp_path / "nowhere", "dev")


def test_a_checkout_that_cannot_be_planned_is_named(tmp_path: Path) -> None:
    (tmp_path / "platform.yaml").write_text("name: [", encoding="utf-8")
    with pytest.raises(RequestError, match=r"cannot be planned: .*is not YAML"):
        beside(Reviews(environments=(review("dev"),)), tmp_path, "dev")


def test_an_environment_that_the_other_does_not_have_is_new(tmp_path: Path) -> None:
    (tmp_path / "platform.yaml").write_text(yaml.safe_dump(document({"environments.prod": None})), encoding="utf-8")
    _, found = beside(Reviews(environments=(review("dev", item("lake", "key", 1)),)), tmp_path, "dev")
    assert found is not None
    assert (found.monthly_usd, found.difference_usd) == (0, 1)
    assert "no such environment" in found.note


def test_the_text_begins_with_what_decides(other: Path) -> None:
    """What follows is long, and the end of a long summary is cut off."""
    wrong = Problem(layer="project", resource="modelyard.yaml", property="environments.dev.store", value="x",
                    message="platform.yaml makes it y", fix="Write y there.")  # fmt: skip
    dev = review("dev", item("network", "gateway", 90), item("registry", "database", 20))
    here = Reviews(environments=(dev, review("prod").model_copy(update={"problems": (wrong,)})))
    lines = text(here, beside(here, other, None)[1]).partition("dev: account")[0].splitlines()
    assert [line.split() for line in lines[1:3]] == [["dev", "0", "110.00", "0"], ["prod", "0", "0.00", "1"]]
    assert any(
        line.startswith("prod") and "environments.dev.store" in line and "Write y there." in line for line in lines
    )
    assert "Against the other checkout: 50.00 USD a month there, +60.00 here." in lines
    assert ["dev", "network", "gateway", "30.00", "+60.00"] in [line.split() for line in lines]


def called(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["infra", "plan", "--env", "dev", "--json", "--project", str(folder), *words])


@pytest.mark.slow
def test_the_command_compares_two_checkouts(tmp_path: Path) -> None:
    for name, zones in (("here", "per_zone"), ("main", "single")):
        (tmp_path / name / "infra").mkdir(parents=True)
        changes = {"kubernetes": False, "region": "us-east-1", "environments.dev.network.nat": zones}
        (tmp_path / name / "infra/platform.yaml").write_text(yaml.safe_dump(document(changes)), encoding="utf-8")
    done = called(tmp_path / "here", "--against", str(tmp_path / "main"))
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert set(found["against"]) >= {"monthly_usd", "difference_usd", "items"}
    assert found["against"]["difference_usd"] > 20
    after = found["against"]["monthly_usd"] + found["against"]["difference_usd"]
    assert after == pytest.approx(found["cost"]["monthly_usd"], abs=0.02)
    assert {each["layer"] for each in found["against"]["items"]} == {"network"}


def test_the_command_refuses_a_folder_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = Reviews(environments=(review("dev"),))
    monkeypatch.setattr("modelyard.infra.review.reviews", lambda *_: here)
    done = called(tmp_path, "--against", str(tmp_path / "nowhere"))
    assert done.exit_code == 2
    assert json.loads(done.stdout)["error"]["code"] == "no_checkout"


def test_what_has_a_price_on_one_side_only_is_said_to_make_the_difference_worth_less(other: Path) -> None:
    unknown = Unpriced(resource="urn::gateway", layer="network", what="gateway", why="no price in sa-east-1")
    here = review("dev", item("registry", "database", 20))
    here = here.model_copy(update={"cost": here.cost.model_copy(update={"unpriced": (unknown,)})})
    shown, found = beside(Reviews(environments=(here,)), other, "dev")
    assert found is not None
    assert found.unpriced == ("gateway",)
    assert "there is a price for gateway: the difference is not what that costs" in text(
        Reviews(environments=(here,)), found
    )
    assert "on one side only" not in text(Reviews(environments=(here,)), found.model_copy(update={"unpriced": ()}))
    assert isinstance(shown, Compared)
