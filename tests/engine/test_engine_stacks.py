"""The platform's own programs through the real engine: every layer of every environment, against a strict cloud."""

import pytest
from standin_cloud.cloud import Fault

from modelyard.errors import OutcomeError, OutsideError
from modelyard.infra import engine
from modelyard.infra.engine.targets import Request
from modelyard.infra.plan import plan
from modelyard.infra.platform import parse

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]  # seconds: two hundred resources, again and again
DOCUMENT = {
    "name": "acme",
    "account": "123456789012",
    "region": "eu-central-1",
    "github": {"owner": "acme", "owner_id": 5},
    "repositories": [{"name": "churn", "repository_id": 7}],
}


def platform(**changes):
    return parse({**DOCUMENT, **changes}, "platform.yaml")


def made(cloud):
    """Everything that exists: (layer, type, name in its program)."""
    both = [*cloud.resources.values(), *cloud.cluster.resources.values()]
    return sorted((_layer(r.urn), r.token, r.urn.rsplit("::", 1)[-1]) for r in both)


def predicted(planned):
    return sorted((layer.name, r.type, r.name) for layer in planned.layers for r in layer.resources)


def _layer(urn):
    return urn.split("::")[1].removeprefix("modelyard-")


def differing(cloud, planned):
    """What the engine was told of a resource and the plan did not know, or the other way round."""
    known = {(layer.name, r.type, r.name): set(r.inputs) for layer in planned.layers for r in layer.resources}
    both = [*cloud.resources.values(), *cloud.cluster.resources.values()]
    told = {(_layer(r.urn), r.token, r.urn.rsplit("::", 1)[-1]): set(r.inputs) for r in both}
    ours = {"__defaults"}
    return {key: told[key] ^ known[key] for key in told if (told[key] ^ known[key]) - ours}


MEASURED = {  # what no environment has by default
    "service": {"backend": "kubernetes", "auth": "token"},
    "monitoring": {"prometheus": True, "grafana": True},
}


@pytest.mark.parametrize(("env", "options"), [("dev", {}), ("staging", MEASURED), ("prod", {})])
def test_up_makes_exactly_what_the_plan_predicted_and_destroy_leaves_nothing(env, options, cloud, backend):
    config = platform(environments={env: options})
    planned = plan(config, env)
    up = engine.up(Request(config, env))
    assert made(cloud) == predicted(planned)
    assert differing(cloud, planned) == {}
    assert sum(layer.create for layer in up.layers) == len(made(cloud))
    again = engine.up(Request(config, env))
    assert [layer.name for layer in again.layers if layer.changes] == []
    engine.destroy(Request(config, env, delete_data=True))
    assert made(cloud) == []


def test_preview_before_the_first_up_stands_on_the_plan_and_says_so(cloud, backend):
    config = platform()
    found = engine.preview(Request(config, "dev"))
    planned = {layer.name: len(layer.resources) for layer in plan(config, "dev").layers}
    assert {layer.name: layer.create for layer in found.layers} == planned
    assert found.layers[0].placeholders == ()
    assert "network" in found.layers[-1].placeholders
    assert made(cloud) == []


def test_one_layer_can_be_previewed_before_those_below_it_are_up(cloud, backend):
    (found,) = engine.preview(Request(platform(), "dev", layers=("serving",))).layers
    assert found.create > 0
    assert "network" in found.placeholders


def test_changes_drift_and_failures_on_two_layers_that_are_up(cloud, backend):
    request = Request(platform(), "dev", layers=("account", "network"))
    engine.up(request)

    longer = platform(environments={"dev": {"network": {"flow_log_days": 30}}})
    changed = engine.up(Request(longer, "dev", layers=("network",)))
    assert [(layer.create, layer.update, layer.delete) for layer in changed.layers] == [(0, 1, 0)]

    (group,) = [g for g in cloud.of("aws:cloudwatch/logGroup:LogGroup") if "flow" in g.inputs["name"]]
    assert group.inputs["retentionInDays"] == 30
    group.inputs = group.inputs | {"retentionInDays": 1}
    drifted = engine.refresh(Request(longer, "dev", layers=("network",)))
    assert [(layer.update, layer.delete) for layer in drifted.layers] == [(1, 0)]

    cloud.faults.append(Fault(op="update", token="aws:cloudwatch/logGroup:LogGroup"))
    with pytest.raises(OutsideError, match="InternalFailure"):
        engine.up(Request(longer, "dev", layers=("network",)))
    engine.up(Request(longer, "dev", layers=("network",)))
    assert group.inputs["retentionInDays"] == 30


def test_the_layer_that_environments_share_goes_with_the_last_of_them(cloud, backend):
    config, notes = platform(), []
    for env in ("dev", "prod"):
        engine.up(Request(config, env, layers=("account", "network")))
    engine.destroy(Request(config, "dev", delete_data=True), note=notes.append)
    assert {layer for layer, _, _ in made(cloud)} == {"account", "network"}
    assert notes[-1].startswith("account: kept, prod uses it")
    engine.destroy(Request(config, "prod", delete_data=True))
    assert made(cloud) == []


def test_policies_block_what_breaks_a_control(cloud, backend, tmp_path):
    folder = tmp_path / "network"
    folder.mkdir()
    program = """\
import pulumi_aws as aws

aws.s3.Bucket("open", bucket="acme-dev-open")
"""
    (folder / "__main__.py").write_text(program, "utf-8")
    with pytest.raises(OutcomeError, match="mandatory polic"):
        engine.up(Request(platform(), "dev", layers=("network",), ejected=tmp_path))
    assert cloud.resources == {}


def test_a_failure_at_the_first_create_of_each_type_is_resumed(cloud, backend):
    config = platform()
    planned = plan(config, "dev")
    tokens = sorted({r.type for layer in planned.layers for r in layer.resources})
    cloud.faults = [Fault(token=token) for token in tokens if token.startswith("aws:")]
    cloud.cluster.faults = [Fault(token=token) for token in tokens if token.startswith("kubernetes:")]
    for layer in planned.layers:
        insist(Request(config, "dev", layers=(layer.name,)), attempts=len(tokens))
    assert [f.token for f in cloud.faults + cloud.cluster.faults if f.times] == []
    assert made(cloud) == predicted(planned)


def insist(request, attempts):
    """Run `up` until it is finished; each failure must say that this is the way."""
    for _ in range(attempts):
        try:
            return engine.up(request)
        except OutsideError as error:
            assert "Run the same command again" in error.hint  # noqa: PT017
    raise AssertionError(f"not finished after {attempts} attempts")
