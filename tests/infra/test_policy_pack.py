"""The controls under pulumi_policy's own server: the process that Pulumi's engine starts, asked as the engine asks."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

from modelyard.infra.platform import Platform
from modelyard.infra.policy.configuration import PACK, pack_config
from modelyard.infra.policy.table import table

UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"  # what the engine sends for a string that is not known yet
KEY = "aws:kms/key:Key"
BUCKET = "aws:s3/bucket:Bucket"
BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
TAGS = {"modelyard:project": "p", "modelyard:env": "e", "modelyard:layer": "l", "ManagedBy": "modelyard"}
FLAGS = {"blockPublicAcls": True, "blockPublicPolicy": True, "ignorePublicAcls": True, "restrictPublicBuckets": True}


@pytest.fixture(scope="module")
def pack() -> Iterator[analyzer_pb2_grpc.AnalyzerStub]:
    command = [sys.executable, str(PACK / "__main__.py"), "127.0.0.1:1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield analyzer_pb2_grpc.AnalyzerStub(channel)
        process.kill()


def urn(type_: str, name: str, env: str = "prod", layer: str = "lake") -> str:
    return f"urn:pulumi:{env}::modelyard-{layer}::modelyard:lake:Thing${type_}::{name}"


def struct(inputs: dict[str, Any]) -> struct_pb2.Struct:
    value = struct_pb2.Struct()
    value.update(inputs)
    return value


def asked(pack: Any, type_: str, inputs: dict[str, Any], *, env: str = "prod", protect: bool = True) -> dict[str, str]:
    """Policy -> level, of what one resource breaks."""
    answer = pack.Analyze(
        analyzer_pb2.AnalyzeRequest(
            type=type_,
            urn=urn(type_, "one", env),
            name="one",
            properties=struct({"tags": TAGS, **inputs}),
            options=analyzer_pb2.AnalyzerResourceOptions(protect=protect),
        )
    )
    return {one.policyName: level(one.enforcementLevel) for one in answer.diagnostics}


def level(number: int) -> str:
    return "mandatory" if number == analyzer_pb2.MANDATORY else "advisory"


def stack(pack: Any, *resources: analyzer_pb2.AnalyzerResource) -> set[str]:
    answer = pack.AnalyzeStack(analyzer_pb2.AnalyzeStackRequest(resources=list(resources)))
    return {one.policyName for one in answer.diagnostics}


def resource(type_: str, name: str, inputs: dict[str, Any], **refers: str) -> analyzer_pb2.AnalyzerResource:
    dependencies = {key: analyzer_pb2.AnalyzerPropertyDependencies(urns=[value]) for key, value in refers.items()}
    return analyzer_pb2.AnalyzerResource(
        type=type_, urn=urn(type_, name), name=name, properties=struct(inputs), propertyDependencies=dependencies
    )


def test_the_pack_offers_every_enforced_control(pack):
    offered = pack.GetAnalyzerInfo(empty_pb2.Empty()).policies

    described = {one.description.partition(":")[0] for one in offered}
    assert described == {row.control for row in table() if not row.never}
    assert len({one.name for one in offered}) == len(offered)


def test_a_bad_property_is_found_before_the_resource_is_made(pack):
    assert asked(pack, KEY, {"enableKeyRotation": False}) == {"kms-4": "mandatory"}
    assert asked(pack, KEY, {"enableKeyRotation": True}) == {}


def test_what_is_not_known_yet_is_not_judged(pack):
    assert asked(pack, KEY, {"enableKeyRotation": True, "policy": UNKNOWN_TEXT}) == {}
    assert asked(pack, "aws:sns/topic:Topic", {"kmsMasterKeyId": UNKNOWN_TEXT}) == {}


def test_a_policy_document_is_read_as_json(pack):
    document = '{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'

    assert asked(pack, "aws:iam/rolePolicy:RolePolicy", {"policy": document}) == {"iam-1": "mandatory"}


def test_a_control_of_production_is_advisory_elsewhere(pack):
    bucket = {"bucket": "b"}

    assert asked(pack, BUCKET, bucket, protect=False) == {"modelyard-protected": "mandatory"}
    assert asked(pack, BUCKET, bucket, protect=False, env="dev") == {"modelyard-protected-advisory": "advisory"}
    assert asked(pack, BUCKET, bucket, protect=False, env="churn.prod") == {"modelyard-protected": "mandatory"}


def test_neighbours_are_found_by_the_engines_own_record_while_names_are_unknown(pack):
    mine = urn(BUCKET, "lake")
    bucket = resource(BUCKET, "lake", {"bucket": UNKNOWN_TEXT})
    block = resource(BLOCK, "block", {"bucket": UNKNOWN_TEXT, **FLAGS}, bucket=mine)
    stranger = resource(BLOCK, "block", {"bucket": UNKNOWN_TEXT, **FLAGS}, bucket=urn(BUCKET, "other"))

    assert "s3-8" not in stack(pack, bucket, block)
    assert "s3-8" in stack(pack, bucket, stranger)
    assert "s3-8" in stack(pack, bucket)


def test_the_account_of_a_stack_is_read_from_its_arns(pack):
    key = resource(KEY, "key", {"arn": "arn:aws:kms:eu-west-1:111111111111:key/1", "enableKeyRotation": True})
    document = '{"Statement": {"Effect": "Allow", "Action": "s3:PutBucketPolicy", "Principal": {"AWS": "%s"}}}'
    kind = "aws:s3/bucketPolicy:BucketPolicy"
    own = resource(kind, "own", {"policy": document % ("1" * 12)})
    foreign = resource(kind, "foreign", {"policy": document % ("9" * 12)})

    assert "s3-6" not in stack(pack, key, own)
    assert "s3-6" in stack(pack, key, foreign)


def test_exceptions_of_the_configuration_reach_the_pack(pack):
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    platform = platform_with({"control": "KMS.4", "resource": "one", "reason": "moved by hand", "until": tomorrow})
    configure(pack, pack_config(platform, "prod"))

    assert asked(pack, KEY, {"enableKeyRotation": False}) == {}


def test_an_exception_that_has_run_out_excuses_nothing(pack):
    platform = platform_with({"control": "KMS.4", "reason": "moved by hand", "until": "2020-01-01"})
    configure(pack, pack_config(platform, "prod"))

    assert asked(pack, KEY, {"enableKeyRotation": False}) == {"kms-4": "mandatory"}


def configure(pack: Any, config: dict[str, dict[str, Any]]) -> None:
    given = {
        name: analyzer_pb2.PolicyConfig(enforcementLevel=analyzer_pb2.MANDATORY, properties=struct(one))
        for name, one in config.items()
    }
    pack.Configure(analyzer_pb2.ConfigureAnalyzerRequest(policyConfig=given))


def platform_with(exception: dict[str, Any]) -> Platform:
    return Platform.model_validate(
        {
            "name": "acme",
            "account": "123456789012",
            "region": "eu-west-1",
            "github": {"owner": "acme"},
            "exceptions": [exception],
        }
    )
