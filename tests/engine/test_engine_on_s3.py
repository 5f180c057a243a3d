"""State in the bucket and secrets under the key that `bootstrap` made, against a server that speaks S3 and KMS."""

import boto3
import pytest
from moto.kms.exceptions import AccessDeniedException
from moto.kms.models import KmsBackend
from small import target

from modelyard.errors import OutsideError
from modelyard.infra.bootstrap import bootstrap
from modelyard.infra.engine import executable, pending
from modelyard.infra.engine import run as engine
from modelyard.infra.engine.backend import backend
from modelyard.infra.engine.session import Run
from modelyard.infra.platform import parse

REGION = "eu-central-1"


@pytest.mark.slow
def test_up_works_on_what_bootstrap_made_and_no_secret_lies_open_in_the_bucket(aws, cloud, tmp_path, monkeypatch):
    document = {"name": "acme", "account": "123456789012", "region": REGION, "github": {"owner": "acme"}}
    platform = parse(document | {"kubernetes": False}, "platform.yaml")
    made = bootstrap(platform, "dev")
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE")
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"{made.backend}&s3ForcePathStyle=true")
    where = backend(platform, "dev")
    assert where.provider == made.secrets
    run = Run(executable.find(), where, pending.Look("123456789012", REGION))
    layer = target(tmp_path)
    with pytest.raises(OutsideError, match="AWS refused"):
        engine.up(run, [layer])  # this server has no TLS, and the bucket's policy takes nothing else
    s3 = boto3.client("s3", region_name=REGION)
    s3.delete_bucket_policy(Bucket=made.bucket)
    assert engine.up(run, [layer]).outputs["demo"]["password"] == "[secret]"
    assert engine.up(run, [layer]).changes == 0
    keys = [o["Key"] for o in s3.list_objects_v2(Bucket=made.bucket)["Contents"]]
    state = [s3.get_object(Bucket=made.bucket, Key=key)["Body"].read() for key in keys]
    assert any(b"acme-data" in each for each in state)
    assert not any(b"hunter2" in each for each in state)
    engine.destroy(run, [layer])
    assert cloud.resources == {}


def _denied(*_, **__):
    raise AccessDeniedException("the role may not open this")


@pytest.mark.slow
def test_who_may_read_the_bucket_and_not_use_the_key_previews_without_secrets_and_writes_nothing(
    aws, cloud, tmp_path, monkeypatch
):
    document = {"name": "acme", "account": "123456789012", "region": REGION, "github": {"owner": "acme"}}
    platform = parse(document | {"kubernetes": False}, "platform.yaml")
    made = bootstrap(platform, "dev")
    s3 = boto3.client("s3", region_name=REGION)
    s3.delete_bucket_policy(Bucket=made.bucket)  # this server has no TLS
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE")
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"{made.backend}&s3ForcePathStyle=true")
    run = Run(executable.find(), backend(platform, "dev"), pending.Look("123456789012", REGION))
    engine.up(run, [target(tmp_path)])
    before = s3.list_object_versions(Bucket=made.bucket)["Versions"]
    monkeypatch.setattr(KmsBackend, "decrypt", _denied)
    found = engine.preview(run, [target(tmp_path, size="2")], dict)
    assert (found.changes, found.secrets_compared) == (1, False)
    assert s3.list_object_versions(Bucket=made.bucket)["Versions"] == before
