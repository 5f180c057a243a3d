import jsonschema
import pytest
from platforms import document, platform

from modelyard.errors import RequestError
from modelyard.infra.platform import ENVIRONMENTS, check, json_schema, layers, parse, stackfile


def refused(changes):
    with pytest.raises(RequestError) as caught:
        platform(changes)
    assert caught.value.code == "bad_platform"
    return caught.value.message


def test_the_smallest_document_has_three_environments_of_different_sizes():
    found = platform()
    assert tuple(found.environments) == ENVIRONMENTS
    assert found.environments["dev"].registry.multi_az is False
    assert found.environments["prod"].registry.multi_az is True


def test_what_a_user_writes_wins_over_the_preset_and_leaves_the_rest():
    prod = platform({"environments.prod.network.nat": "single"}).environments["prod"]
    assert prod.network.nat == "single"
    assert prod.network.zones == 3
    assert prod.network.cidr == "10.22.0.0/16"


def test_only_the_environments_that_are_named_exist():
    assert tuple(platform({"environments.dev": None}).environments) == ("dev",)


def test_every_problem_is_told_at_once_with_its_path_and_the_nearest_key():
    message = refused(
        {
            "githb": {},
            "account": 123456789012,
            "environments.dev.network.nat": "two",
            "environments.prod.registry.storge_gb": 5,
            "environments.prod.training.pools": [{"nme": "a"}],
        }
    )
    assert "5 problems" in message
    assert "githb: unknown key; did you mean `github`?" in message
    assert "account: Input should be a valid string (found 123456789012)" in message
    assert "environments.dev.network.nat: Input should be 'none', 'single' or 'per_zone' (found 'two')" in message
    assert "environments.prod.registry.storge_gb: unknown key; did you mean `storage_gb`?" in message
    assert "environments.prod.training.pools.0.nme: unknown key; did you mean `name`?" in message


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"name": "Acme"}, "name:"),
        ({"name": "a" * 21}, "name:"),
        ({"account": "12345"}, "account:"),
        ({"region": "Frankfurt"}, "region:"),
        ({"environments.test": {}}, "environments.test"),
        ({"tags": {"aws:x": "y"}}, "tags:"),
        ({"environments.dev.network.cidr": "10.20.0.0/28"}, "between /16"),
        ({"environments.dev.network.cidr": "8.8.0.0/16"}, "private range"),
        ({"environments.dev.network.cidr": "10.20.0.1/16"}, "host bits"),
        (
            {"environments.dev.network.cidr": "10.21.0.0/16", "environments.staging": None},
            "overlaps environments.dev.network.cidr",
        ),
        ({"environments.dev.cluster.service_cidr": "10.20.8.0/21"}, "cluster.service_cidr"),
        ({"environments.dev.cluster.public_access_cidrs": ["0.0.0.0/0"]}, "whole internet"),
        ({"environments.dev.service.memory_mb": 700}, "memory_mb 700 does not go with cpu 256"),
        ({"environments.dev.service.min_tasks": 9}, "min_tasks 9 is more than max_tasks 2"),
        ({"environments.dev.registry.backup_days": 90}, "backup_days"),
        ({"environments.dev.network.nat": "none"}, "needs the endpoints"),
        ({"environments.dev.serving.public": True}, "needs `domain`"),
        ({"environments.dev.lake.replicate_to": "eu-central-1"}, "is the region the lake is in"),
        ({"kubernetes": False, "environments.dev.service.backend": "kubernetes"}, "kubernetes is switched off"),
        ({"environments.dev.training.pools": [{"name": "a"}, {"name": "a"}]}, "two pools are called a"),
        ({"environments.dev.training.pools": [{"capacity": ["reserved"]}]}, "go together"),
        ({"environments.dev.training.pools": [{"expire_hours": 500}]}, "expire_hours"),
        ({"repositories": [{"name": "churn"}, {"name": "churn"}]}, "two are called 'churn'"),
        ({"mode": "shared", "repositories": []}, "one repository must be named"),
        ({"exceptions": [{"control": "S3.9", "reason": "x", "until": "2027-01-01"}]}, "reason"),
        ({"exceptions": [{"control": "S3.9", "reason": "no logs wanted", "until": "soon"}]}, "until"),
    ],
)
def test_a_wrong_value_is_refused_where_it_stands(changes, expected):
    assert expected in refused(changes)


def test_a_public_service_with_domain_and_credential_is_accepted():
    changes = {
        "environments.dev.serving.public": True,
        "environments.dev.domain": {"name": "ml.example.com", "zone_id": "Z0123456789"},
        "environments.dev.service.auth": "token",
    }
    assert platform(changes).environments["dev"].serving.public


def test_the_schema_takes_what_the_model_takes_and_refuses_an_unknown_key():
    schema = json_schema()
    jsonschema.validate(document(), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document({"nat": "single"}), schema)


def test_without_kubernetes_its_layers_are_left_out():
    found = platform({"kubernetes": False, "environments.prod.kubernetes": True, "environments.dev": None})
    assert not {"cluster", "training"} & set(layers.names(found, "dev"))
    assert {"cluster", "training"} <= set(layers.names(found, "prod"))


def test_a_stack_s_file_gives_back_what_it_was_written_from(tmp_path):
    found = platform()
    (tmp_path / "Pulumi.dev.yaml").write_text("secretsprovider: awskms:///alias/x\nencryptedkey: abc\n")
    path = stackfile.write(tmp_path, found, "dev", "network")
    text = path.read_text()
    assert "secretsprovider: awskms:///alias/x" in text
    assert "encryptedkey: abc" in text
    assert "modelyard-network:network:" in text


def test_the_account_layer_is_one_for_an_account_and_region():
    found = platform({"environments.dev": None, "environments.prod.account": "999999999999"})
    dev, prod = layers.stage("account", found, "dev"), layers.stage("account", found, "prod")
    assert layers.stack_name("account", found, "dev") == "123456789012.eu-central-1"
    assert layers.stack_name("account", found, "prod") == "999999999999.eu-central-1"
    assert dev.environments == ("dev",)
    assert prod.environments == ("prod",)


def test_a_second_region_of_an_account_makes_no_second_identity_provider():
    found = platform({"environments.dev": None, "environments.prod.region": "eu-west-1"})
    assert layers.stage("account", found, "dev").home is True
    assert layers.stage("account", found, "prod").home is False


def test_which_region_is_home_does_not_depend_on_the_order_in_the_file():
    found = platform({"environments.prod.region": "eu-west-1", "environments.dev": None})
    assert list(found.environments) == ["dev", "prod"]
    assert layers.stage("account", found, "dev").home is True
    assert layers.stage("account", found, "prod").home is False


def test_what_is_not_wrong_but_not_ready_is_warned_of():
    lines = "\n".join(check.warnings(platform({"github": {"owner": "acme"}}), "dev"))
    assert "github.owner_id is 0" in lines
    assert "nobody is told" in lines


@pytest.mark.parametrize(("backend", "warned"), [("ecs", True), ("kubernetes", False)])
def test_who_wants_the_numbers_of_models_on_ecs_in_prometheus_is_told_where_they_are(backend, warned):
    wanted = {"monitoring": {"prometheus": True}, "service": {"backend": backend}}
    lines = check.warnings(platform({"environments.dev": wanted}), "dev")
    assert any("prometheus: has nothing of models on ECS" in line for line in lines) is warned


def test_a_document_that_is_no_mapping_is_refused():
    with pytest.raises(RequestError, match="1 problem"):
        parse(["acme"], "platform.yaml")
