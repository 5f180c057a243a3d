import configparser
import json
import subprocess
import sys
from pathlib import Path

import pytest
from platforms import only, planned, resources, statements

from modelyard.infra.platform.programs import shipped

pytestmark = pytest.mark.slow

DOMAIN = {"name": "ml.example.com", "zone_id": "Z0123456789"}


def container(made):
    return json.loads(only(made, "ecs/taskDefinition:TaskDefinition", "registry")["containerDefinitions"])[0]


def test_the_database_is_private_encrypted_and_its_password_managed():
    database = only(planned("prod", "registry"), "rds/instance:Instance")
    assert database["publiclyAccessible"] is False
    assert database["storageEncrypted"] is True
    assert database["manageMasterUserPassword"] is True
    assert "password" not in database
    assert database["iamDatabaseAuthenticationEnabled"] is True
    assert database["port"] != 5432
    parameters = only(planned("prod", "registry"), "rds/parameterGroup:ParameterGroup")["parameters"]
    assert {"name": "rds.force_ssl", "value": "1"} in parameters


@pytest.mark.parametrize(
    ("env", "zones", "days", "kept"), [("dev", False, 7, False), ("staging", False, 14, True), ("prod", True, 30, True)]
)
def test_safety_grows_with_the_environment(env, zones, days, kept):
    database = only(planned(env, "registry"), "rds/instance:Instance")
    assert (database["multiAz"], database["backupRetentionPeriod"]) == (zones, days)
    assert (database["deletionProtection"], not database["skipFinalSnapshot"]) == (kept, kept)


def test_each_door_opens_only_to_the_one_before_it():
    made = planned("dev", "registry")
    rules = {one.name: one.inputs for one in resources(made, "vpc/securityGroupIngressRule:SecurityGroupIngressRule")}
    assert set(rules) == {"registry-client-front", "registry-front-server", "registry-server-database"}
    assert not any("cidrIpv4" in rule for rule in rules.values())
    assert rules["registry-server-database"]["fromPort"] == only(made, "rds/instance:Instance")["port"]


def test_a_range_of_the_configuration_may_enter_too():
    made = planned("dev", "registry", environments__dev__registry__allowed_cidrs=["10.9.0.0/16"])
    rules = resources(made, "vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    assert [one.inputs["cidrIpv4"] for one in rules if "cidrIpv4" in one.inputs] == ["10.9.0.0/16"]


def test_the_front_is_internal_and_speaks_tls_where_there_is_a_domain():
    plain = planned("dev", "registry")
    assert only(plain, "lb/loadBalancer:LoadBalancer")["internal"] is True
    assert only(plain, "lb/listener:Listener")["protocol"] == "HTTP"
    assert plain.layers[0].outputs["tracking_uri"].startswith("http://")
    secure = planned("dev", "registry", environments__dev__domain=DOMAIN)
    listener = only(secure, "lb/listener:Listener")
    assert (listener["port"], listener["protocol"]) == (443, "HTTPS")
    assert "TLS13" in listener["sslPolicy"]
    assert secure.layers[0].outputs["tracking_uri"] == "https://registry.ml.example.com"


def test_the_container_has_no_privilege_no_secret_in_clear_and_a_list_of_hosts():
    made = planned(
        "dev", "registry", environments__dev__domain=DOMAIN, environments__dev__registry={"hosts": ["mlflow.corp"]}
    )
    found = container(made)
    assert found["readonlyRootFilesystem"] is True
    assert found["privileged"] is False
    assert found["user"].startswith("10001")
    variables = {one["name"]: one["value"] for one in found["environment"]}
    assert not {"REGISTRY_PASSWORD", "MLFLOW_AUTH_ADMIN_PASSWORD"} & set(variables)
    assert variables["REGISTRY_HOSTS"].split(",")[1:] == ["registry.ml.example.com", "mlflow.corp"]
    assert {one["name"] for one in found["secrets"]} == {
        "REGISTRY_USER",
        "REGISTRY_PASSWORD",
        "MLFLOW_AUTH_ADMIN_PASSWORD",
        "MLFLOW_FLASK_SERVER_SECRET_KEY",
    }
    assert variables["MLFLOW_CREATE_MODEL_VERSION_SOURCE_VALIDATION_REGEX"].startswith(
        "^mlflow-artifacts:/.*|^s3://acme-dev-store"
    )


def test_the_server_may_touch_its_own_artifacts_only():
    policy = statements(only(planned("dev", "registry"), "iam/rolePolicy:RolePolicy", "registry-task-allows"))
    assert policy["Artifacts"]["Resource"] == ["arn:aws:s3:::acme-dev-store-123456789012/_mlflow/*"]


def test_the_first_service_has_no_task_and_later_counts_are_left_alone():
    made = planned("prod", "registry")
    service = next(one for one in resources(made, "ecs/service:Service"))
    assert service.inputs["desiredCount"] == 0
    assert "desiredCount" in service.ignore_changes
    assert only(made, "appautoscaling/target:Target")["minCapacity"] == 2


def test_a_rotated_password_replaces_the_tasks():
    made = planned("dev", "registry")
    pattern = json.loads(only(made, "cloudwatch/eventRule:EventRule")["eventPattern"])
    assert pattern["detail-type"] == ["Secret Label Updated"]
    assert pattern["resources"] == [made.layers[0].outputs["database_secret_arn"]]
    allowed = statements(only(made, "iam/rolePolicy:RolePolicy", "registry-rotation-allows"))["Restart"]
    assert allowed["Resource"] == ["arn:aws:ecs:eu-central-1:123456789012:service/acme-dev-registry/acme-dev-registry"]


def test_the_image_starts_mlflow_with_its_secrets_in_a_file_of_its_own(tmp_path):
    """A fake `mlflow` on PATH writes down how it was called."""
    fake = tmp_path / "mlflow"
    fake.write_text(f"#!{sys.executable}\nimport json, os, sys\nprint(json.dumps([sys.argv[1:], dict(os.environ)]))\n")
    fake.chmod(0o755)
    values = {
        "PATH": str(tmp_path),
        "TMPDIR": str(tmp_path),
        "REGISTRY_USER": "registry",
        "REGISTRY_PASSWORD": "p%40ss/w:rd",
        "REGISTRY_DATABASE": "db.example:15432/mlflow?sslmode=require",
        "REGISTRY_ARTIFACTS": "s3://store/_mlflow",
        "REGISTRY_HOSTS": "a.example,b.example",
        "REGISTRY_PORT": "5000",
        "REGISTRY_WORKERS": "2",
        "REGISTRY_CONFIG": str(tmp_path / "auth.ini"),
    }
    script = shipped("registry") / "image" / "serve.py"
    done = subprocess.run([sys.executable, str(script)], env=values, capture_output=True, text=True, check=True)
    words, environment = json.loads(done.stdout)
    assert "--app-name=basic-auth" in words
    assert "--allowed-hosts=a.example,b.example" in words
    assert not any("p%" in word or "w:rd" in word for word in words)
    expected = "postgresql+psycopg2://registry:p%2540ss%2Fw%3Ard@db.example:15432/mlflow?sslmode=require"
    assert environment["MLFLOW_BACKEND_STORE_URI"] == expected
    written = configparser.ConfigParser()
    written.read(environment["MLFLOW_AUTH_CONFIG_PATH"])
    assert written["mlflow"]["database_uri"] == expected
    assert Path(environment["MLFLOW_AUTH_CONFIG_PATH"]).stat().st_mode & 0o077 == 0
    assert Path(environment["MLFLOW_AUTH_CONFIG_PATH"]).parent == tmp_path
