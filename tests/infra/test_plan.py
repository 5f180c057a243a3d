import json

import pulumi
import pytest
from platforms import only, planned, platform, resources

from modelyard.errors import RequestError
from modelyard.infra.plan import plan
from modelyard.infra.plan.monitor import SECRET, Recorder
from modelyard.infra.plan.place import Place
from modelyard.infra.plan.run import run

ENVIRONMENTS = ("dev", "staging", "prod")


def program(tmp_path, text):
    (tmp_path / "__main__.py").write_text(text)
    return tmp_path


def recorded(tmp_path, text, below=None, values=None):
    monitor = Recorder("test", Place("123456789012", "eu-central-1"), below or {})
    run(program(tmp_path, text), "modelyard-test", "dev", values or {}, monitor)
    return monitor


@pytest.mark.parametrize("env", ENVIRONMENTS)
def test_an_environment_is_planned_without_a_problem(env):
    made = planned(env)
    assert made.problems == ()
    assert [layer.name for layer in made.layers][:5] == ["account", "network", "lake", "registry", "ci"]
    assert all(layer.resources for layer in made.layers)


def test_a_plan_made_twice_is_the_same_to_the_letter():
    first = plan(platform(), "dev", ["registry"]).model_dump_json()
    assert plan(platform(), "dev", ["registry"]).model_dump_json() == first


def test_references_lead_to_what_the_layer_below_has_made():
    made = planned("dev")
    vpc = next(layer for layer in made.layers if layer.name == "network").outputs["vpc_id"]
    assert {one.inputs["vpcId"] for one in resources(made, "ec2/securityGroup:SecurityGroup")} == {vpc}


def test_a_layer_names_the_layers_that_it_refers_to_and_no_others():
    uses = {layer.name: layer.uses for layer in planned("dev").layers}
    assert uses["network"] == ()
    assert uses["registry"] == ("lake", "network")
    assert uses["project"] == ("account", "lake", "monitoring", "network", "serving")


def test_only_the_layer_asked_for_is_shown():
    assert [layer.name for layer in planned("dev", "lake").layers] == ["lake"]


def test_a_logical_name_is_unique_in_its_layer_with_its_type():
    for layer in planned("dev").layers:
        keys = [
            (one.type, one.name)
            for one in layer.resources
            if layer.name in {"account", "network", "lake", "registry", "ci"}
        ]
        assert len(keys) == len(set(keys)), sorted(key for key in keys if keys.count(key) > 1)


def test_what_holds_data_is_protected_outside_of_dev():
    kinds = ("s3/bucket:Bucket", "rds/instance:Instance")
    for kind in kinds:
        assert all(one.protect for one in resources(planned("prod"), kind))
        assert not any(one.protect for one in resources(planned("dev"), kind))


def test_options_of_a_resource_are_in_its_record():
    subnet = resources(planned("dev", "network"), "ec2/subnet:Subnet")[0]
    assert subnet.ignore_changes == ("availabilityZone",)
    assert subnet.parent.endswith("modelyard:network:Vpc::main")


@pytest.mark.parametrize("env", ENVIRONMENTS)
def test_no_secret_is_in_a_plan(env):
    version = only(planned(env), "secretsmanager/secretVersion:SecretVersion", "registry")
    assert version["secretString"] == SECRET
    assert '"planned"' not in planned(env).model_dump_json()


def test_programs_see_nothing_of_each_other(tmp_path):
    first, second = tmp_path / "a", tmp_path / "b"
    first.mkdir()
    second.mkdir()
    (first / "neighbour.py").write_text("NAME = 'first'\n")
    (second / "neighbour.py").write_text("NAME = 'second'\n")
    text = "import pulumi, neighbour\npulumi.export('name', neighbour.NAME)\n"
    text += "pulumi.export('given', pulumi.Config().get('given'))\n"
    one = recorded(first, text, values={"modelyard-test:given": "yes"})
    two = recorded(second, text)
    assert one.exports == {"name": "first", "given": "yes"}
    assert two.exports["name"] == "second"
    assert two.exports.get("given") is None


def test_a_plan_leaves_the_settings_of_the_process_alone(tmp_path):
    monitor = Recorder("test", Place("123456789012", "eu-central-1"), {})
    run(program(tmp_path, "import pulumi\n"), "left-behind", "left-behind", {"left:behind": "yes"}, monitor)
    assert "left-behind" not in {pulumi.get_stack(), pulumi.get_project()}
    assert pulumi.Config("left").get("behind") is None


def test_a_program_that_fails_is_named_with_its_line(tmp_path):
    with pytest.raises(RequestError, match=r"__main__\.py:3 failed: ZeroDivisionError"):
        recorded(tmp_path, "import pulumi\n\n1 / 0\n")


def test_a_reference_to_an_output_that_nobody_exports_is_named(tmp_path):
    text = (
        "from modelyard.infra.platform.layers import Stage\nfrom modelyard.infra.platform.stack import read, upstream\n"
        "import pulumi\npulumi.export('x', upstream(read(Stage), 'network').output('vpc'))\n"
    )
    values = {"platform": "acme", "env": "dev", "region": "eu-central-1", "account": "123456789012"}
    config = {f"modelyard-test:{key}": value for key, value in values.items()}
    below = {"organization/modelyard-network/dev": {"vpc_id": "vpc-1"}}
    with pytest.raises(RequestError, match="Layer 'network' exports no 'vpc'"):
        recorded(tmp_path, text, below, config)
    placeholders = {"modelyard-test:placeholders": json.dumps({"network": {"vpc": "vpc-2"}})}
    assert recorded(tmp_path, text, {}, config | placeholders).exports == {"x": "vpc-2"}


def test_config_that_is_missing_or_wrong_is_named_by_its_key(tmp_path):
    text = "from modelyard.infra.platform.layers import NetworkLayer\n"
    text += "from modelyard.infra.platform.stack import read\nread(NetworkLayer)\n"
    values = {"modelyard-test:network": json.dumps({"cidr": "nonsense"}), "modelyard-test:env": "dev"}
    with pytest.raises(RequestError) as caught:
        recorded(tmp_path, text, values=values)
    assert "modelyard-test:platform: Field required" in caught.value.message
    assert "modelyard-test:network.cidr" in caught.value.message


def test_a_call_that_a_plan_cannot_answer_is_named(tmp_path):
    text = "import pulumi\nimport pulumi_aws as aws\npulumi.export('x', aws.ec2.get_ami_output(most_recent=True).id)\n"
    with pytest.raises(RequestError, match=r"aws:ec2/getAmi:getAmi"):
        recorded(tmp_path, text)


def test_an_environment_or_layer_that_does_not_exist_is_refused():
    with pytest.raises(RequestError, match=r"'test' is not in platform\.yaml"):
        plan(platform(), "test")
    with pytest.raises(RequestError, match="dev has no layer 'clutser'"):
        plan(platform(), "dev", ["clutser"])


def test_an_ejected_program_is_run_instead_of_the_shipped_one(tmp_path):
    (tmp_path / "account").mkdir()
    program(tmp_path / "account", "import pulumi\npulumi.export('mine', True)\n")
    made = plan(platform(), "dev", ["account"], ejected=tmp_path)
    assert made.layers[0].outputs == {"mine": True}


def test_a_repository_of_a_shared_platform_sees_its_own_layer_and_only_that():
    found = platform({"mode": "shared"})
    assert [layer.name for layer in plan(found, "dev").layers] == ["project"]
