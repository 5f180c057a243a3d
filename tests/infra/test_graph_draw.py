"""The plan as a drawing: everything is in it once, nothing covers anything else, and it stands by itself."""

import re
from itertools import combinations
from xml.etree import ElementTree

import pytest

from modelyard.errors import RequestError
from modelyard.infra.graph import draw
from modelyard.infra.graph.layout import WIDTH, Box, place
from modelyard.infra.graph.model import bands, links
from modelyard.infra.plan.records import Layer, Plan, Resource
from modelyard.infra.policy.environments import chosen

SVG = "{http://www.w3.org/2000/svg}"


def resource(layer: str, component: str, kind: str, name: str, *needs: str, **inputs: object) -> Resource:
    parent = f"urn:pulumi:dev::modelyard-{layer}::pulumi:pulumi:Stack$modelyard:{layer}:{component}::main"
    urn = f"urn:pulumi:dev::modelyard-{layer}::modelyard:{layer}:{component}$aws:x/y:{kind}::{name}"
    type_ = f"aws:x/y:{kind}"
    return Resource(layer=layer, type=type_, name=name, urn=urn, parent=parent, inputs=inputs, depends_on=needs)


def plan(many: int = 1) -> Plan:
    vpc = resource("network", "Vpc", "Vpc", "vpc")
    subnets = [resource("network", "Subnets", "Subnet", f"s{n}", vpc.urn) for n in range(3)]
    keys = [resource("lake", f"Key{n}", "Key", f"key{n}", vpc="vpc-0123456789abcdef0") for n in range(many)]
    return Plan(
        env="dev",
        region="eu-west-1",
        account="1" * 12,
        project=None,
        layers=(
            Layer(
                name="network", resources=(vpc, *subnets), outputs={"vpc_id": "vpc-0123456789abcdef0", "zones": ["a"]}
            ),
            Layer(name="lake", resources=tuple(keys), outputs={}, uses=("network",)),
        ),
        problems=(),
    )


def words(svg: str) -> list[str]:
    return ["".join(node.itertext()) for node in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_every_layer_and_component_is_drawn_with_what_it_holds():
    shown = words(draw(plan()))

    assert "network" in shown
    assert "lake" in shown
    assert "Subnet \N{MULTIPLICATION SIGN}3" in shown
    assert "5 resources in 3 components and 2 layers · account 111111111111" in shown


def test_a_layer_says_what_it_uses_of_others():
    (link,) = links(plan())

    assert (link.source, link.target, link.outputs) == ("network", "lake", ("vpc_id",))
    assert "1 resources  ·  from network (vpc_id)" in words(draw(plan()))


def test_a_value_that_another_layer_passes_on_is_no_arrow_from_that_one():
    network, lake = plan().layers
    passes_on = Layer(name="ci", resources=(), outputs={"network": "vpc-0123456789abcdef0"}, uses=("network",))
    given = plan().model_copy(update={"layers": (network, passes_on, lake)})

    assert [(link.source, link.target) for link in links(given)] == [("network", "lake")]


def test_what_is_needed_stands_before_what_needs_it():
    network, _ = bands(plan())

    assert [card.kind for card in network.cards] == ["Vpc", "Subnets"]
    assert network.arrows == ((network.cards[0].key, network.cards[1].key),)


def test_components_that_need_each_other_are_drawn_all_the_same():
    one = resource("ci", "One", "A", "a")
    two = resource("ci", "Two", "B", "b", one.urn)
    circle = one.model_copy(update={"depends_on": (two.urn,)})
    given = plan().model_copy(update={"layers": (Layer(name="ci", resources=(circle, two), outputs={}),)})

    assert {"One", "Two"} <= set(words(draw(given)))


@pytest.mark.parametrize("many", [1, 4, 40])
def test_cards_lie_in_their_band_and_never_on_each_other(many):
    shown = bands(plan(many))
    placed = place(shown, links(plan(many)))

    assert not [pair for pair in combinations(placed.cards.values(), 2) if overlap(*pair)]
    for band in shown:
        home = placed.bands[band.name]
        assert all(inside(placed.cards[card.key], home) for card in band.cards)
        assert home.x + home.w <= WIDTH
    assert max(box.y + box.h for box in placed.bands.values()) < placed.height


def overlap(one: Box, other: Box) -> bool:
    beside = one.x + one.w <= other.x or other.x + other.w <= one.x
    return not (beside or one.y + one.h <= other.y or other.y + other.h <= one.y)


def inside(one: Box, home: Box) -> bool:
    return home.x < one.x and home.y < one.y and one.x + one.w < home.x + home.w and one.y + one.h < home.y + home.h


def test_arrows_that_pass_each_other_have_lanes_of_their_own():
    value = {"vpc": "vpc-0123456789abcdef0"}
    runner = resource("ci", "Runner", "Project", "p", **value)
    third = Layer(name="ci", resources=(runner,), outputs={}, uses=("network",))
    given = plan().model_copy(update={"layers": (*plan().layers, third)})
    lanes = place(bands(given), links(given)).lanes

    assert lanes["network", "lake"] != lanes["network", "ci"]


def test_the_drawing_stands_by_itself_in_light_and_dark():
    svg = draw(plan())

    assert "prefers-color-scheme:dark" in svg
    assert not re.search(r"(href|src)=|<script|@import|url\((?!#)", svg)
    assert ElementTree.fromstring(svg).tag == f"{SVG}svg"


def test_names_that_would_break_the_markup_are_escaped():
    odd = resource("ci", "Odd", "A", "a").model_copy(update={"parent": "u::p::x:y:Odd::<b>&\"'"})
    given = plan().model_copy(update={"layers": (Layer(name="a<b", resources=(odd,), outputs={}),)})

    assert "a<b" in words(draw(given))
    assert "<b>&\"'" in words(draw(given))


def test_an_empty_plan_is_an_empty_drawing():
    given = plan().model_copy(update={"layers": ()})

    assert "0 resources in 0 components and 0 layers · account 111111111111" in words(draw(given))


def test_an_environment_that_does_not_exist_is_named():
    from modelyard.infra.platform import Platform

    given = {"name": "acme", "account": "1" * 12, "region": "eu-west-1", "github": {"owner": "acme"}}
    platform = Platform.model_validate(given)

    assert chosen(platform, None) == ("dev", "staging", "prod")
    with pytest.raises(RequestError, match="'qa' is not in"):
        chosen(platform, "qa")
