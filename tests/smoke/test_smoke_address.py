"""Where `modelyard smoke` looks for a service when nobody names it."""

import boto3
import pytest
import yaml
from moto import mock_aws
from platforms import document, only, planned

from modelyard import config
from modelyard.errors import OutsideError, RequestError
from modelyard.smoke import address

pytestmark = pytest.mark.slow  # plans whole layers
REGION = "eu-central-1"


@pytest.fixture
def of(tmp_path, monkeypatch):
    """Return a function that gives the address in an environment of a platform."""
    for name in ("MODELYARD_SERVICE_URL", "MODELYARD_SERVICE_URL_DEV"):
        monkeypatch.delenv(name, raising=False)

    def found(changes=None, env="dev", given=None):
        settings = {
            "name": "churn",
            "task": "binary",
            "data": {"source": "t", "target": "y"},
            "evaluation": {"metric": "log_loss"},
            "environments": {"local": {}, "dev": {}},
        }
        auth = "token" if changes and "environments.dev.service.auth" in changes else "none"
        (tmp_path / "modelyard.yaml").write_text(yaml.safe_dump({**settings, "serving": {"auth": auth}}))
        (tmp_path / "infra").mkdir(exist_ok=True)
        (tmp_path / "infra" / "platform.yaml").write_text(yaml.safe_dump(document(changes)))
        return address(config.load(tmp_path, env), given)

    return found


def test_what_is_named_comes_first_then_the_variables(of, monkeypatch):
    assert of(env="local") == "http://127.0.0.1:8000"
    monkeypatch.setenv("MODELYARD_SERVICE_URL", "http://one/churn/")
    assert of() == "http://one/churn"
    monkeypatch.setenv("MODELYARD_SERVICE_URL_DEV", "https://two/churn")
    assert of() == "https://two/churn"
    assert of(given="http://[::1]:8000") == "http://[::1]:8000"


def test_with_a_domain_it_is_that_of_the_plan(of):
    domain = {"name": "ml.example.com", "zone_id": "Z0123456789"}
    assert of({"environments.dev.domain": domain}) == "https://models.ml.example.com/churn"
    made = planned("dev", "serving", environments__dev__domain=domain)
    assert only(made, "acm/certificate:Certificate")["domainName"] == "models.ml.example.com"


def test_without_one_the_load_balancer_is_asked_for_by_its_name(of, monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    called = only(planned("dev", "serving"), "lb/loadBalancer:LoadBalancer")["name"]
    with mock_aws():
        with pytest.raises(OutsideError, match=f"no load balancer {called}"):
            of()
        ec2, balancing = (boto3.client(service, region_name=REGION) for service in ("ec2", "elbv2"))
        subnets = [subnet["SubnetId"] for subnet in ec2.describe_subnets()["Subnets"]][:2]
        made = balancing.create_load_balancer(Name=called, Subnets=subnets, Scheme="internal")
        assert of() == f"http://{made['LoadBalancers'][0]['DNSName']}/churn"


def test_a_service_inside_a_cluster_has_no_address(of):
    with pytest.raises(RequestError, match="no address from outside"):
        of({"environments.dev.service.backend": "kubernetes"})
