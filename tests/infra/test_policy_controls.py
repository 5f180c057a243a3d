"""Each control, both ways: a platform that meets all of them, and that platform broken in one place at a time."""

import copy
import json
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from modelyard.infra.plan.answers import made
from modelyard.infra.plan.place import Place
from modelyard.infra.plan.records import Layer, Plan, Resource
from modelyard.infra.policy import judge
from modelyard.infra.policy.checks.tagged import REQUIRED, taggable
from modelyard.infra.policy.control import classes
from modelyard.infra.policy.table import table

HERE = Path(__file__).parent
TODAY = date(2026, 11, 21)
PLACE = Place("123456789012", "eu-west-1")
COMPLIANT = yaml.safe_load((HERE / "test_policy_compliant.yaml").read_text(encoding="utf-8"))
BREAKS = yaml.safe_load((HERE / "test_policy_breaks.yaml").read_text(encoding="utf-8"))
NOBODY = SimpleNamespace(exceptions=())

Inputs = dict[str, Any]


def resources() -> dict[str, tuple[str, str, Inputs]]:
    """Name -> layer, type and inputs."""
    found = {}
    for layer, entries in copy.deepcopy(COMPLIANT).items():
        for key, inputs in entries.items():
            kind, name = key.split(" ")
            tags = {"tags": dict.fromkeys(REQUIRED, "x")} if kind in taggable() else {}
            found[name] = (layer, kind, {**inputs, **tags})
    return found


def plan_of(given: dict[str, tuple[str, str, Inputs]], *, env: str = "prod", free: str = "") -> Plan:
    named = {name for name in given if f'"@{name}"' in json.dumps([one[2] for one in given.values()])}
    ids = {name: made(kind, name, inputs, PLACE)[0] for name, (_, kind, inputs) in given.items() if name in named}
    layers: dict[str, list[Resource]] = {}
    for name, (layer, kind, inputs) in given.items():
        urn = f"urn:pulumi:{env}::modelyard-{layer}::{kind}::{name}"
        found = Resource(
            layer=layer, type=kind, name=name, urn=urn, parent=None, inputs=resolved(inputs, ids), protect=name != free
        )
        layers.setdefault(layer, []).append(found)
    made_layers = tuple(Layer(name=name, resources=tuple(one), outputs={}) for name, one in layers.items())
    return Plan(env=env, region=PLACE.region, account=PLACE.account, project=None, layers=made_layers, problems=())


def resolved(value: Any, ids: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: resolved(one, ids) for key, one in value.items()}
    if isinstance(value, list):
        return [resolved(one, ids) for one in value]
    return ids[value[1:]] if isinstance(value, str) and value.startswith("@") else value


def put(holder: Any, path: str, value: Any) -> None:
    *way, last = [part.replace("\u2024", ".") for part in path.split(".")]
    for part in way:
        holder = holder[int(part)] if isinstance(holder, list) else holder.setdefault(part, {})
    if isinstance(holder, list) and int(last) == len(holder):
        holder.append(value)
    elif isinstance(holder, list):
        holder[int(last)] = value
    elif value is None:
        holder.pop(last, None)
    else:
        holder[last] = value


def broken(how: dict[str, Any]) -> Plan:
    given = resources()
    for path, value in how.get("set", {}).items():
        name, _, rest = path.partition(".")
        put(given[name][2], rest, value)
    for key, inputs in how.get("add", {}).items():
        kind, name = key.split(" ")
        tags = {"tags": dict.fromkeys(REQUIRED, "x")} if kind in taggable() else {}
        given[name] = ("serving", kind, {**inputs, **tags})
    if "drop" in how:
        del given[how["drop"]]
    return plan_of(given, free=how.get("free", ""))


CASES = [
    pytest.param(control, how, id=f"{control}-{n}") for control, ways in BREAKS.items() for n, how in enumerate(ways)
]


def test_a_platform_that_meets_every_control_has_no_finding():
    assert judge(plan_of(resources()), NOBODY, today=TODAY).findings == ()


@pytest.mark.parametrize(("control", "how"), CASES)
def test_breaking_one_thing_is_found_by_exactly_its_control(control, how):
    found = judge(broken(how), NOBODY, today=TODAY).findings

    assert {one.control for one in found} == {control}
    row = next(row for row in table() if row.control == control)
    assert all(one.severity == row.severity for one in found)
    assert all(one.fix == row.fix and one.property and one.message for one in found)


def test_every_enforced_control_has_a_class_and_a_way_to_break_it():
    enforced = {row.control for row in table() if not row.never}

    assert set(classes()) == enforced == set(BREAKS)


def test_a_finding_names_resource_property_value_and_fix():
    (found,) = judge(broken({"set": {"database.backupRetentionPeriod": 1}}), NOBODY, today=TODAY).findings

    assert found.resource.endswith("aws:rds/instance:Instance::database")
    assert (found.name, found.layer, found.property, found.value) == (
        "database",
        "registry",
        "backupRetentionPeriod",
        "1",
    )
    assert found.message == "registry/Instance database: backupRetentionPeriod is 1, below 7"
    assert "7" in found.fix


@pytest.mark.parametrize(
    "control", [row.control for row in table() if row.scope == "prod" and row.severity == "mandatory"]
)
def test_outside_production_a_control_of_production_is_advisory(control):
    given = broken(BREAKS[control][0])
    found = judge(given.model_copy(update={"env": "dev"}), NOBODY, today=TODAY).findings

    assert {(one.control, one.severity) for one in found} == {(control, "advisory")}


def test_an_internal_load_balancer_owes_nothing_to_the_public():
    given = resources()
    given["balancer"][2]["internal"] = True
    for name in ("acl-link", "acl-logs", "acl-web", "http", "https"):
        del given[name]
    given["plain"] = ("serving", "aws:lb/listener:Listener", {"loadBalancerArn": "@balancer", "protocol": "HTTP"})
    given["plain"][2]["tags"] = dict.fromkeys(REQUIRED, "x")

    assert judge(plan_of(given), NOBODY, today=TODAY).findings == ()


def test_the_account_layer_of_a_second_region_owes_only_what_is_regional():
    given = resources()
    for name in ("budget", "account-block", "passwords", "volumes"):
        del given[name]

    assert [one.control for one in judge(plan_of(given), NOBODY, today=TODAY).findings] == ["EC2.3/EC2.7"]


def test_guard_rails_that_are_somebody_elses_are_owed_by_nobody_here():
    given = resources()
    for name in ("account-block", "analyzer", "passwords", "volumes"):
        del given[name]

    assert judge(plan_of(given), NOBODY, today=TODAY).findings == ()


def test_a_version_of_kubernetes_runs_out_on_its_day():
    plan = broken({"set": {"cluster.version": "1.35"}})

    assert judge(plan, NOBODY, today=date(2027, 3, 27)).findings == ()
    assert [one.control for one in judge(plan, NOBODY, today=date(2027, 3, 28)).findings] == ["EKS.2"]


def test_an_alarm_on_what_nobody_in_the_plan_emits_is_found():
    given = resources()
    del given["balancer"], given["acl-link"], given["http"], given["https"]

    (found,) = judge(plan_of(given), NOBODY, today=TODAY).findings

    assert found.control == "Modelyard.metrics"
    assert "the plan has none" in found.message
