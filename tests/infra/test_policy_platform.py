"""The real platform: its plans meet every mandatory control, cost what the documentation says, and can be drawn."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from modelyard.cli import app
from modelyard.infra.cost import price
from modelyard.infra.graph import draw
from modelyard.infra.plan import Plan, plan
from modelyard.infra.platform import Platform, parse
from modelyard.infra.policy import coverage, judge

pytestmark = pytest.mark.slow

DOCUMENT = Path(__file__).parents[2] / "docs" / "platform-cost.md"
DOMAIN = {"name": "ml.example.com", "zone_id": "Z1234567890"}
OPTIONS: dict[str, dict[str, Any]] = {
    "public": {"domain": DOMAIN, "serving": {"public": True}, "service": {"auth": "token"}},
    "kubernetes": {"service": {"backend": "kubernetes"}},
    "open-cluster": {"cluster": {"public_access_cidrs": ["203.0.113.0/24"]}},
    "copied-lake": {"lake": {"replicate_to": "us-west-2"}},
    "watched": {"monitoring": {"emails": ["ops@example.com"], "prometheus": True, "grafana": True}},
}


def platform(kubernetes: bool = True, **environments: dict[str, Any]) -> Platform:
    given = {
        "name": "acme",
        "account": "123456789012",
        "region": "us-east-1",
        "github": {"owner": "acme", "owner_id": 11},
        "repositories": [{"name": "churn", "repository_id": 22}],
        "kubernetes": kubernetes,
    }
    return parse({**given, **({"environments": environments} if environments else {})}, "platform.yaml")


@cache
def planned(env: str, *, kubernetes: bool = True) -> Plan:
    return plan(platform(kubernetes), env)  # ty: ignore[invalid-argument-type]


@pytest.mark.parametrize("env", ["dev", "staging", "prod"])
def test_the_default_platform_meets_every_mandatory_control(env):
    assert [one.message for one in judge(planned(env), platform()).mandatory] == []


def test_a_platform_without_kubernetes_meets_every_mandatory_control():
    assert [one.message for one in judge(planned("dev", kubernetes=False), platform(False)).mandatory] == []


@pytest.mark.parametrize("env", ["dev", "prod"])
@pytest.mark.parametrize("option", OPTIONS)
def test_every_option_meets_every_mandatory_control(option, env):
    given = platform(**{env: OPTIONS[option]})

    assert [one.message for one in judge(plan(given, env), given).mandatory] == []


@pytest.mark.parametrize(
    "changes",
    [{"repositories": []}, {"account_wide": {"guard_rails": False, "oidc_provider": "adopt"}}],
    ids=["before the first repository", "guard rails are somebody else's"],
)
def test_an_account_without_repositories_or_guard_rails_meets_every_mandatory_control(changes):
    given = parse({**platform(False).model_dump(mode="json", exclude_unset=True), **changes}, "platform.yaml")

    assert [one.message for one in judge(plan(given, "dev"), given).mandatory] == []


def test_the_text_of_a_plan_says_that_its_sums_leave_something_out(folder):
    result = CliRunner().invoke(app, ["infra", "plan", "--env", "dev", "--project", str(folder)])

    assert result.exit_code == 0, result.output
    assert "Not in these sums: what has no price (1)" in result.stdout


def test_most_controls_are_enforced_and_the_others_say_why_not():
    found = coverage([planned(env) for env in ("dev", "staging", "prod")], platform())

    assert found.count("broken") == 0
    assert found.count("enforced") >= 80
    assert all(one.why for one in found.controls if not one.enforced)


def test_a_development_platform_stays_below_its_promised_price():
    without = price(planned("dev", kubernetes=False), platform(False)).monthly_usd
    within = price(planned("dev"), platform()).monthly_usd

    assert without < 200
    assert within < 300


@pytest.mark.parametrize(("row", "kubernetes"), [("Sum without Kubernetes", False), ("Sum with Kubernetes", True)])
def test_the_documented_calculation_agrees_with_the_price(row, kubernetes):
    by_hand, by_tool = sums(row)
    now = price(planned("dev", kubernetes=kubernetes), platform(kubernetes)).monthly_usd

    assert by_hand == pytest.approx(now, rel=0.15)
    assert by_tool == pytest.approx(now, rel=0.05)


def sums(row: str) -> tuple[float, float]:
    found = re.search(
        rf"^\| \*\*{row}\*\* \|.*?\| \*\*([\d.]+)\*\* \| \*\*([\d.]+)\*\* \|$", DOCUMENT.read_text(), re.MULTILINE
    )
    assert found is not None
    return float(found[1]), float(found[2])


def test_little_of_the_default_platform_has_no_price():
    found = price(planned("dev"), platform())

    assert {one.what for one in found.unpriced} <= {"flow logs to CloudWatch"}


def test_the_default_platform_can_be_drawn():
    svg = ElementTree.fromstring(draw(planned("prod")))
    text = {"".join(node.itertext()) for node in svg.iter("{http://www.w3.org/2000/svg}text")}

    assert {layer.name for layer in planned("prod").layers if layer.resources} <= text


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    text = platform(False, dev={}).model_dump_json(exclude_unset=True)
    (tmp_path / "platform.yaml").write_text(text)
    return tmp_path


def test_infra_graph_says_where_the_drawing_is(folder):
    result = CliRunner().invoke(app, ["infra", "graph", "--env", "dev", "--project", str(folder), "--json"])

    assert result.exit_code == 0, result.output
    path = Path(json.loads(result.stdout)["path"])
    assert path == folder / "graph" / "dev.svg"
    assert path.read_text().startswith("<svg")


def test_infra_controls_prints_the_table_with_its_coverage(folder):
    result = CliRunner().invoke(app, ["infra", "controls", "--project", str(folder), "--json"])

    assert result.exit_code == 0, result.output
    controls = {one["control"]: one for one in json.loads(result.stdout)["controls"]}
    assert (controls["RDS.3"]["applies"], controls["RDS.3"]["enforced"]) == (True, True)
    assert controls["EKS.1"]["state"] == "not applicable"
    assert controls["EKS.1"]["why"]


def test_infra_controls_refuses_an_environment_that_does_not_exist(folder):
    result = CliRunner().invoke(app, ["infra", "controls", "--env", "qa", "--project", str(folder), "--json"])

    assert result.exit_code == 2
    assert "qa" in json.loads(result.stdout)["error"]["message"]


def test_infra_prices_refresh_without_credentials_says_what_is_missing(folder, monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(folder / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(folder / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    result = CliRunner().invoke(app, ["infra", "prices", "refresh", "--project", str(folder), "--json"])

    assert result.exit_code == 3
    assert "pricing:GetProducts" in json.loads(result.stdout)["error"]["hint"]
    assert not (folder / "prices.yaml").exists()
