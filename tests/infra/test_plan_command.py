import json

import pytest
import yaml
from platforms import document
from typer.testing import CliRunner

from modelyard.cli import app

pytestmark = pytest.mark.slow

KEYS = {"env", "region", "account", "layers", "problems", "violations", "excused", "warnings", "cost"}


def written(folder, changes=None):
    (folder / "infra").mkdir()
    (folder / "infra/platform.yaml").write_text(yaml.safe_dump(document(changes)))
    return folder


def called(*words):
    return CliRunner().invoke(app, ["infra", *words])


def test_the_plan_as_json_has_the_keys_of_the_contract(tmp_path):
    result = called("plan", "--env", "dev", "--json", "--project", str(written(tmp_path)))
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert set(found) == KEYS
    assert {"name", "resources", "outputs"} == set(found["layers"][0])
    assert {"type", "name", "inputs"} <= set(found["layers"][0]["resources"][0])
    assert {"monthly_usd", "items", "unpriced"} <= set(found["cost"])
    assert all({"control", "resource", "message", "severity"} <= set(one) for one in found["violations"])


def test_the_plan_as_text_names_each_layer_and_the_sum(tmp_path):
    result = called("plan", "--env", "dev", "--project", str(written(tmp_path)))
    assert result.exit_code == 0
    for layer in ("account", "network", "lake", "registry", "ci", "cluster", "training", "serving", "project"):
        assert f"\n{layer}: " in result.stdout
    assert "together" in result.stdout
    assert "USD a month" in result.stdout


def test_the_rows_of_the_text_add_up_to_what_is_together(tmp_path):
    changes = {"kubernetes": False, "region": "us-east-1"}
    text = called("plan", "--env", "dev", "--project", str(written(tmp_path, changes))).stdout
    rows = text[text.index("resources  USD a month") :].split("\n\n")[0].splitlines()[1:]
    *parts, whole = (float(row.split()[-1]) for row in rows)
    assert sum(parts) == pytest.approx(whole, abs=0.06)


def test_what_has_no_price_in_its_region_does_not_look_free(tmp_path):
    changes = {"kubernetes": False, "region": "sa-east-1"}
    text = called("plan", "--env", "dev", "--project", str(written(tmp_path, changes))).stdout
    assert " resources, no price\n" in text
    together = next(line for line in text.splitlines() if line.startswith("together"))
    assert together.endswith("no price")


def test_without_env_all_of_them_are_planned(tmp_path):
    changes = {"environments.dev": None, "environments.prod": None, "kubernetes": False}
    result = called("plan", "--json", "--project", str(written(tmp_path, changes)))
    assert [each["env"] for each in json.loads(result.stdout)["environments"]] == ["dev", "prod"]


def test_a_layer_that_the_platform_s_own_repository_runs_is_refused_not_empty(tmp_path):
    folder = str(written(tmp_path, {"mode": "shared"}))
    result = called("plan", "--env", "dev", "--layer", "network", "--project", folder)
    assert result.exit_code == 2
    assert "is run by the platform's own repository" in result.stderr


def test_one_layer_is_shown_with_its_own_cost(tmp_path):
    result = called("plan", "--env", "dev", "--layer", "network", "--json", "--project", str(written(tmp_path)))
    found = json.loads(result.stdout)
    assert [layer["name"] for layer in found["layers"]] == ["network"]
    assert {item["layer"] for item in found["cost"]["items"]} <= {"network"}


@pytest.mark.parametrize(
    ("words", "code", "expected"),
    [
        (["--env", "test"], 2, "'test' is not in platform.yaml"),
        (["--env", "dev", "--layer", "clutser"], 2, "no layer 'clutser'"),
    ],
)
def test_what_does_not_exist_is_refused(tmp_path, words, code, expected):
    result = called("plan", *words, "--project", str(written(tmp_path)))
    assert result.exit_code == code
    assert expected in result.stderr
    assert result.stdout == ""


def test_a_plan_with_a_problem_says_so_and_fails(tmp_path):
    folder = written(tmp_path)
    (folder / "infra/stacks/network").mkdir(parents=True)
    (folder / "infra/stacks/network/__main__.py").write_text("1 / 0\n")
    result = called("plan", "--env", "dev", "--project", str(folder))
    assert result.exit_code == 2
    assert "__main__.py:1 failed: ZeroDivisionError" in result.stderr


def test_a_problem_of_a_resource_exits_1_and_is_in_the_json(tmp_path):
    folder = written(tmp_path)
    assert called("eject", "network", "--project", str(folder)).exit_code == 0
    program = folder / "infra/stacks/network/__main__.py"
    lost = "\nimport pulumi_aws as aws\n"
    lost += "aws.ec2.Subnet('lost', vpc_id='vpc-0123456789abcdef0', cidr_block='10.99.0.0/24')\n"
    program.write_text(program.read_text() + lost)
    result = called("plan", "--env", "dev", "--json", "--project", str(folder))
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    assert {one["property"] for one in found["problems"]} == {"vpcId", "cidrBlock"}
    assert found["error"]["code"] == "plan_refused"


def test_without_a_platform_the_command_says_what_to_write(tmp_path):
    result = called("plan", "--env", "dev", "--project", str(tmp_path))
    assert result.exit_code == 2
    assert "platform.yaml" in result.stderr
    assert 'account: "123456789012"' in result.stderr


def test_a_wrong_configuration_tells_every_problem(tmp_path):
    result = called("plan", "--project", str(written(tmp_path, {"nam": 1, "account": 12})))
    assert result.exit_code == 2
    assert "nam: unknown key; did you mean `name`?" in result.stderr
    assert "account:" in result.stderr


def test_prices_that_were_refreshed_go_before_the_shipped_ones(tmp_path):
    folder = written(tmp_path)
    asked = ("plan", "--env", "dev", "--layer", "network", "--json", "--project", str(folder))
    before = json.loads(called(*asked).stdout)["cost"]["monthly_usd"]
    paid = {"usd": 1000.0, "date": "2030-01-01", "source": "a test"}
    row = {"what": "NAT gateway", "unit": "hour", "in": {document()["region"]: paid}}
    table = {"date": "2030-01-01", "prices": {"nat.hour": row}}
    (folder / "infra/prices.yaml").write_text(yaml.safe_dump(table))
    assert json.loads(called(*asked).stdout)["cost"]["monthly_usd"] > before + 1000
