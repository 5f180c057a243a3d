"""`modelyard infra bootstrap` against AWS's interfaces as moto answers them."""

import json

import boto3
import botocore.client
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from modelyard.errors import OutsideError, RequestError
from modelyard.infra.bootstrap import bootstrap
from modelyard.infra.platform import parse

REGION = "eu-central-1"


@pytest.fixture
def platform():
    document = {
        "name": "acme",
        "account": "123456789012",
        "region": REGION,
        "github": {"owner": "acme"},
        "kubernetes": False,
    }
    return parse(document, "platform.yaml")


@pytest.fixture(autouse=True)
def _aws(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    with mock_aws():
        yield


def client(service, region=REGION):
    return boto3.client(service, region_name=region)


def test_makes_a_versioned_encrypted_private_bucket_and_a_rotating_key(platform):
    made = bootstrap(platform, "dev")
    s3, kms = client("s3"), client("kms")
    assert s3.get_bucket_versioning(Bucket=made.bucket)["Status"] == "Enabled"
    rule = s3.get_bucket_encryption(Bucket=made.bucket)["ServerSideEncryptionConfiguration"]["Rules"][0]
    assert rule["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": made.key}
    assert all(s3.get_public_access_block(Bucket=made.bucket)["PublicAccessBlockConfiguration"].values())
    assert kms.get_key_rotation_status(KeyId=made.key)["KeyRotationEnabled"]
    assert made.backend == f"s3://{made.bucket}?region={REGION}&awssdk=v2"
    assert made.key.startswith(f"arn:aws:kms:{REGION}:123456789012:key/")


def test_refuses_everything_that_does_not_come_over_tls(platform):
    made = bootstrap(platform, "dev")
    (statement,) = json.loads(client("s3").get_bucket_policy(Bucket=made.bucket)["Policy"])["Statement"]
    assert (statement["Effect"], statement["Principal"], statement["Action"]) == ("Deny", "*", "s3:*")
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert statement["Resource"] == [f"arn:aws:s3:::{made.bucket}", f"arn:aws:s3:::{made.bucket}/*"]


def test_a_second_run_finds_everything_and_changes_nothing(platform):
    first = bootstrap(platform, "dev")
    again = bootstrap(platform, "dev")
    assert first.changes
    assert again.changes == ()
    assert (again.bucket, again.key) == (first.bucket, first.key)
    assert len(client("kms").list_keys()["Keys"]) == 1


def test_environments_of_one_account_and_region_share_their_state_bucket(platform):
    assert bootstrap(platform, "dev").bucket == bootstrap(platform, "prod").bucket


def test_repairs_what_somebody_switched_off(platform):
    made = bootstrap(platform, "dev")
    client("s3").put_bucket_versioning(Bucket=made.bucket, VersioningConfiguration={"Status": "Suspended"})
    client("s3").delete_public_access_block(Bucket=made.bucket)
    client("kms").disable_key_rotation(KeyId=made.key)
    again = bootstrap(platform, "dev")
    assert set(again.changes) == {"turned on versions", "closed it to the public", "turned on rotation of the key"}
    assert client("s3").get_bucket_versioning(Bucket=made.bucket)["Status"] == "Enabled"


def test_keeps_the_statements_and_tags_of_others(platform):
    made = bootstrap(platform, "dev")
    s3 = client("s3")
    policy = json.loads(s3.get_bucket_policy(Bucket=made.bucket)["Policy"])
    theirs = {"Sid": "Theirs", "Effect": "Deny", "Principal": "*", "Action": "s3:DeleteBucket", "Resource": "*"}
    s3.put_bucket_policy(Bucket=made.bucket, Policy=json.dumps(policy | {"Statement": [theirs]}))
    s3.put_bucket_tagging(Bucket=made.bucket, Tagging={"TagSet": [{"Key": "cost-center", "Value": "7"}]})
    bootstrap(platform, "dev")
    kept = json.loads(s3.get_bucket_policy(Bucket=made.bucket)["Policy"])["Statement"]
    tags = {t["Key"]: t["Value"] for t in s3.get_bucket_tagging(Bucket=made.bucket)["TagSet"]}
    assert [s["Sid"] for s in kept] == ["Theirs", "ModelyardTlsOnly"]
    assert tags["cost-center"] == "7"
    assert tags["modelyard:layer"] == "state"


def test_keeps_a_statement_that_stands_alone_and_a_rule_without_a_name(platform):
    made = bootstrap(platform, "dev")
    s3 = client("s3")
    theirs = {"Sid": "Theirs", "Effect": "Deny", "Principal": "*", "Action": "s3:DeleteBucket", "Resource": "*"}
    s3.put_bucket_policy(Bucket=made.bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": theirs}))
    rule = {"Status": "Enabled", "Filter": {"Prefix": "tmp/"}, "Expiration": {"Days": 3}}
    s3.put_bucket_lifecycle_configuration(Bucket=made.bucket, LifecycleConfiguration={"Rules": [rule]})
    assert set(bootstrap(platform, "dev").changes) == {
        "refused everything but TLS",
        "set how long old versions are kept",
    }
    kept = json.loads(s3.get_bucket_policy(Bucket=made.bucket)["Policy"])["Statement"]
    rules = s3.get_bucket_lifecycle_configuration(Bucket=made.bucket)["Rules"]
    assert [s["Sid"] for s in kept] == ["Theirs", "ModelyardTlsOnly"]
    assert [r.get("Filter") for r in rules] == [{"Prefix": "tmp/"}, {"Prefix": ""}]


def test_refuses_a_bucket_that_lies_in_another_region(platform):
    name = f"acme-{REGION}-state-123456789012"
    elsewhere = {"LocationConstraint": "us-west-2"}
    client("s3", "us-west-2").create_bucket(Bucket=name, CreateBucketConfiguration=elsewhere)
    with pytest.raises(OutsideError, match=f"{name} exists, but not in account .* and region {REGION}"):
        bootstrap(platform, "dev")


def test_refuses_a_bucket_of_somebody_else(platform, monkeypatch):
    real = botocore.client.BaseClient._make_api_call

    def call(client, operation, arguments):  # moto lets everybody in
        if operation == "HeadBucket" and arguments["ExpectedBucketOwner"] == "123456789012":
            raise ClientError({"Error": {"Code": "403", "Message": "Forbidden"}}, operation)
        return real(client, operation, arguments)

    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", call)
    with pytest.raises(OutsideError) as caught:
        bootstrap(platform, "dev")
    assert caught.value.code == "bucket_taken"
    assert "another `name`" in caught.value.hint


def test_finishes_a_run_that_died_between_the_key_and_its_name(platform):
    first = bootstrap(platform, "dev")
    client("kms").delete_alias(AliasName=first.secrets.removeprefix("awskms:///").split("?")[0])
    again = bootstrap(platform, "dev")
    assert again.key == first.key
    assert len(client("kms").list_keys()["Keys"]) == 1


def test_says_how_to_save_a_key_that_waits_for_its_deletion(platform):
    made = bootstrap(platform, "dev")
    client("kms").schedule_key_deletion(KeyId=made.key.rsplit("/", 1)[-1])
    with pytest.raises(OutsideError, match="PendingDeletion") as caught:
        bootstrap(platform, "dev")
    assert "aws kms cancel-key-deletion" in caught.value.hint


def test_refuses_the_credentials_of_another_account(platform):
    other = platform.model_copy(update={"account": "999999999999"})
    with pytest.raises(RequestError, match="belong to account 123456789012, the configuration names 999999999999"):
        bootstrap(other, "dev")
    assert client("s3").list_buckets()["Buckets"] == []


def test_works_in_the_region_that_takes_no_location(platform):
    there = platform.model_copy(update={"region": "us-east-1"})
    made = bootstrap(there, "dev")
    assert "us-east-1" in made.bucket


def test_says_that_there_are_no_credentials(platform, monkeypatch, tmp_path):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    boto3.setup_default_session()
    with pytest.raises(OutsideError, match="no AWS credentials") as caught:
        bootstrap(platform, "dev")
    assert "AWS_PROFILE" in caught.value.hint
