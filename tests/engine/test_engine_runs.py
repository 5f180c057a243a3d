"""The engine on one small layer: what it counts, masks, refuses, and how it goes on after failures."""

import pytest
from small import PROGRAM, target
from standin_cloud.cloud import Fault

from modelyard.errors import OutcomeError, OutsideError, RequestError
from modelyard.infra.engine import run as engine
from modelyard.infra.engine.session import Pack

pytestmark = pytest.mark.slow

BUCKET = "aws:s3/bucket:Bucket"


def counts(outcome):
    (layer,) = outcome.layers
    return layer.create, layer.update, layer.delete, layer.same


def test_up_makes_what_preview_announced_and_a_second_up_changes_nothing(run, cloud, tmp_path):
    layer = target(tmp_path)
    assert counts(engine.preview(run, [layer], dict)) == (3, 0, 0, 0)
    assert cloud.resources == {}
    assert counts(engine.up(run, [layer])) == (3, 0, 0, 0)
    assert len(cloud.resources) == 3
    assert counts(engine.up(run, [layer])) == (0, 0, 0, 3)


def test_a_secret_output_is_masked_everywhere(run, cloud, tmp_path):
    layer = target(tmp_path)
    done = engine.up(run, [layer])
    assert done.outputs == {"demo": {"bucket": "arn:aws:s3:::acme-data", "password": "[secret]"}}
    assert engine.outputs(run, [layer]).outputs == done.outputs
    assert "hunter2" not in done.model_dump_json()


def test_what_a_person_has_set_for_their_own_pulumi_changes_no_run(run, cloud, tmp_path, monkeypatch):
    for name, value in {"SHOW_SECRETS": "true", "TARGET": "nothing", "JSON": "true"}.items():
        monkeypatch.setenv(f"PULUMI_OPTION_{name}", value)
    layer = target(tmp_path)
    done = engine.up(run, [layer])
    assert counts(done) == (3, 0, 0, 0)
    assert done.outputs["demo"]["password"] == "[secret]"
    assert engine.outputs(run, [layer]).outputs == done.outputs


def test_one_changed_value_updates_one_resource(run, cloud, tmp_path):
    engine.up(run, [target(tmp_path)])
    assert counts(engine.up(run, [target(tmp_path, size="2")])) == (0, 1, 0, 2)
    (bucket,) = cloud.of(BUCKET)
    assert bucket.inputs["tags"] == {"size": "2"}


def test_a_change_by_hand_is_seen_by_preview_and_refresh_and_undone_by_up(run, cloud, tmp_path):
    layer = target(tmp_path)
    engine.up(run, [layer])
    (bucket,) = cloud.of(BUCKET)
    bucket.inputs = bucket.inputs | {"tags": {"size": "by hand"}}
    assert counts(engine.preview(run, [layer], dict))[1] == 1
    assert counts(engine.refresh(run, [layer])) == (0, 1, 0, 2)
    engine.up(run, [layer])
    assert cloud.of(BUCKET)[0].inputs["tags"] == {"size": "1"}


def test_what_was_deleted_by_hand_is_made_again(run, cloud, tmp_path):
    layer = target(tmp_path)
    engine.up(run, [layer])
    del cloud.resources[f"{BUCKET}|acme-data"]
    assert counts(engine.refresh(run, [layer]))[2] == 1
    assert counts(engine.up(run, [layer])) == (1, 0, 0, 2)


def test_destroy_leaves_nothing_and_can_be_repeated(run, cloud, tmp_path, backend):
    layer = target(tmp_path)
    engine.up(run, [layer])
    assert counts(engine.destroy(run, [layer])) == (0, 0, 3, 0)
    assert cloud.resources == {}
    assert counts(engine.destroy(run, [layer])) == (0, 0, 0, 0)
    assert engine.outputs(run, [layer]).layers == ()


def test_a_failed_create_names_the_resource_and_the_next_run_goes_on(run, cloud, tmp_path):
    layer = target(tmp_path)
    cloud.faults.append(Fault(token="aws:ec2/subnet:Subnet"))
    with pytest.raises(OutsideError, match="aws:ec2/subnet:Subnet a: InternalFailure") as caught:
        engine.up(run, [layer])
    assert "Run the same command again" in caught.value.hint
    assert counts(engine.up(run, [layer])) == (1, 0, 0, 2)


@pytest.mark.parametrize(
    "says",
    [
        "ExpiredToken: The provided token has expired.",
        "api error RequestExpired: Request has expired.",
        "InvalidClientTokenId: no",
        "api error AuthFailure: AWS was not able to validate the provided access credentials",
    ],
)
def test_after_credentials_that_ended_in_the_middle_a_person_signs_in_and_goes_on(run, cloud, backend, tmp_path, says):
    layer = target(tmp_path)
    cloud.faults.append(Fault(token="aws:ec2/subnet:Subnet", says=says))
    with pytest.raises(OutsideError, match=r"demo: .*credentials.*\n.*subnet") as caught:
        engine.up(run, [layer])
    assert (caught.value.code, caught.value.hint.partition(" again")[0]) == ("expired_credentials", "Sign in")
    assert not [p for p in (tmp_path / "state/.pulumi/locks").rglob("*") if p.is_file()]
    assert counts(engine.up(run, [layer])) == (1, 0, 0, 2)


def test_a_failed_delete_is_finished_by_the_next_destroy(run, cloud, tmp_path):
    layer = target(tmp_path)
    engine.up(run, [layer])
    cloud.faults.append(Fault(op="delete", token=BUCKET))
    with pytest.raises(OutsideError, match="data: "):
        engine.destroy(run, [layer])
    engine.destroy(run, [layer])
    assert cloud.resources == {}


def test_what_the_service_refuses_is_said_in_its_words(run, cloud, tmp_path):
    with pytest.raises(OutsideError, match="the service refuses the name 'Not A Bucket'"):
        engine.up(run, [target(tmp_path, bucket="Not A Bucket")])


def test_a_program_that_fails_is_named_with_its_line(run, cloud, tmp_path):
    layer = target(tmp_path, "import pulumi\n\nraise ValueError('no such size: 7')\n")
    with pytest.raises(RequestError, match=r"demo/__main__\.py:3: ValueError: no such size: 7"):
        engine.up(run, [layer])


def test_protected_data_is_kept_until_its_deletion_is_asked_for(run, cloud, tmp_path):
    program = PROGRAM.replace('or "1"})', 'or "1"}, opts=pulumi.ResourceOptions(protect=True))')
    layer = target(tmp_path, program)
    engine.up(run, [layer])
    with pytest.raises(OutcomeError, match="protected") as caught:
        engine.destroy(run, [layer])
    assert "--delete-data" in caught.value.hint
    assert len(cloud.of(BUCKET)) == 1
    engine.destroy(type(run)(**{**vars(run), "delete_data": True}), [layer])
    assert cloud.resources == {}


PACK = """\
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy


def named(args, report):
    if args.resource_type == "aws:s3/bucket:Bucket" and args.props["bucket"].startswith("acme-bad"):
        report(f"the name {args.props['bucket']} is forbidden")


PolicyPack("tests", [ResourceValidationPolicy("names", "names of buckets", named)], EnforcementLevel.MANDATORY)
"""


def test_a_mandatory_policy_stops_up_before_anything_is_made(run, cloud, tmp_path):
    folder = tmp_path / "pack"
    folder.mkdir()
    (folder / "__main__.py").write_text(PACK, "utf-8")
    (folder / "PulumiPolicy.yaml").write_text("runtime: python\n", "utf-8")
    guarded = type(run)(**{**vars(run), "pack": Pack(folder, {})})
    with pytest.raises(OutcomeError, match=r"names: aws:s3/bucket:Bucket data: .*acme-bad is forbidden"):
        engine.up(guarded, [target(tmp_path, bucket="acme-bad")])
    assert cloud.of(BUCKET) == []
    engine.up(guarded, [target(tmp_path, bucket="acme-good")])
    assert len(cloud.of(BUCKET)) == 1


def test_layers_go_up_in_order_and_down_in_reverse(run, cloud, tmp_path):
    above = """\
import pulumi
import pulumi_aws as aws

below = pulumi.StackReference("organization/modelyard-demo/dev")
aws.s3.BucketVersioning("v", bucket=below.require_output("bucket"), versioning_configuration={"status": "Enabled"})
"""
    layers = [target(tmp_path), target(tmp_path, above, name="upper")]
    assert [layer.create for layer in engine.up(run, layers).layers] == [3, 1]
    done = engine.destroy(run, layers)
    assert [(layer.name, layer.delete) for layer in done.layers] == [("upper", 1), ("demo", 3)]


def test_a_wrong_passphrase_is_told_apart(run, cloud, tmp_path, monkeypatch):
    layer = target(tmp_path)
    engine.up(run, [layer])
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "another one")
    with pytest.raises(RequestError, match="passphrase"):
        engine.up(run, [layer])
