"""The bucket for the state: versioned, encrypted, closed to the public, reachable over TLS only."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from modelyard.errors import OutsideError
from modelyard.infra import aws
from modelyard.infra.components.tags import PREFIX
from modelyard.infra.engine.backend import Place

_KEPT_DAYS = 365  # how long an older version of the state can be brought back
_OURS = "ModelyardTlsOnly"
_BLOCK = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)


def ensure(home: Place, key: str, wanted: Mapping[str, str]) -> list[str]:
    """Make the bucket and its settings; return what had to be changed.

    Raises:
        OutsideError: The name belongs to another account.
    """
    s3 = aws.client("s3", home.region)
    with aws.told(f"making the bucket {home.bucket}"):
        made = _bucket(s3, home)
        settings = _settings(home, key, wanted)
        return made + [setting[0] for setting in settings if _changed(s3, home.bucket, setting)]


def _bucket(s3: Any, home: Place) -> list[str]:  # noqa: ANN401
    try:
        found = s3.head_bucket(Bucket=home.bucket, ExpectedBucketOwner=home.account)
    except ClientError as error:
        if aws.code(error) in {"404", "NoSuchBucket"}:
            place = (
                {} if home.region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": home.region}}
            )
            s3.create_bucket(Bucket=home.bucket, ObjectOwnership="BucketOwnerEnforced", **place)
            return [f"made the bucket {home.bucket}"]
        if aws.code(error) not in {"403", "301", "AccessDenied"}:
            raise
        raise _not_ours(home) from error
    if found.get("BucketRegion", home.region) != home.region:  # boto3 follows it there
        raise _not_ours(home)
    return []


def _not_ours(home: Place) -> OutsideError:
    return OutsideError(
        f"The bucket {home.bucket} exists, but not in account {home.account} and region {home.region}, or not for you.",
        "Sign in to the right account, or choose another `name` in platform.yaml.",
        code="bucket_taken",
    )


_Setting = tuple[str, Callable[[Any, str], Any], Callable[[Any, str, Any], Any], Any]


def _settings(home: Place, key: str, wanted: Mapping[str, str]) -> list[_Setting]:
    rule = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    encryption = {"ApplyServerSideEncryptionByDefault": rule, "BucketKeyEnabled": True}
    return [
        ("closed it to the public", _get_block, _put_block, _BLOCK),
        ("turned on versions", _get_versions, _put_versions, "Enabled"),
        ("encrypted it with the key", _get_encryption, _put_encryption, encryption),
        ("refused everything but TLS", _get_policy, _put_policy, _tls_only(home.bucket)),
        ("set how long old versions are kept", _get_lifecycle, _put_lifecycle, _lifecycle()),
        ("tagged it", _get_tags, _put_tags, dict(wanted)),
    ]


def _changed(s3: Any, name: str, setting: _Setting) -> bool:  # noqa: ANN401
    """Set what differs; tell whether it did."""
    _, get, put, value = setting
    try:
        found = get(s3, name)
    except ClientError as error:
        if not aws.code(error).startswith("NoSuch") and "NotFound" not in aws.code(error):
            raise
        found = None
    if found == value:
        return False
    put(s3, name, value)
    return True


def _tls_only(name: str) -> dict[str, Any]:
    return {
        "Sid": _OURS,
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def _lifecycle() -> dict[str, Any]:
    return {
        "ID": "modelyard-old-versions",
        "Status": "Enabled",
        "NoncurrentVersionExpiration": {"NoncurrentDays": _KEPT_DAYS},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
    }


def _get_block(s3: Any, name: str) -> Any:  # noqa: ANN401
    return s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"]


def _put_block(s3: Any, name: str, value: Any) -> None:  # noqa: ANN401
    s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=value)


def _get_versions(s3: Any, name: str) -> Any:  # noqa: ANN401
    return s3.get_bucket_versioning(Bucket=name).get("Status")


def _put_versions(s3: Any, name: str, value: Any) -> None:  # noqa: ANN401
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": value})


def _get_encryption(s3: Any, name: str) -> Any:  # noqa: ANN401
    rules = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"]
    return {k: rules[0].get(k) for k in ("ApplyServerSideEncryptionByDefault", "BucketKeyEnabled")}


def _put_encryption(s3: Any, name: str, value: Any) -> None:  # noqa: ANN401
    s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": [value]})


def _statements(s3: Any, name: str) -> list[dict[str, Any]]:  # noqa: ANN401
    try:
        found = json.loads(s3.get_bucket_policy(Bucket=name)["Policy"])["Statement"]
    except ClientError as error:
        if aws.code(error) != "NoSuchBucketPolicy":
            raise
        return []
    return found if isinstance(found, list) else [found]  # one alone may be written without brackets


def _get_policy(s3: Any, name: str) -> Any:  # noqa: ANN401
    return next((s for s in _statements(s3, name) if s.get("Sid") == _OURS), None)


def _put_policy(s3: Any, name: str, value: Any) -> None:  # noqa: ANN401
    """Set our statement; those of others stay."""
    others = [s for s in _statements(s3, name) if s.get("Sid") != _OURS]
    policy = {"Version": "2012-10-17", "Statement": [*others, value]}
    s3.put_bucket_policy(Bucket=name, Policy=json.dumps(policy))


def _get_lifecycle(s3: Any, name: str) -> Any:  # noqa: ANN401
    mine = next((r for r in _rules(s3, name) if r.get("ID") == _lifecycle()["ID"]), {})
    return {key: mine.get(key) for key in _lifecycle()}


def _put_lifecycle(s3: Any, name: str, value: Any) -> None:  # noqa: ANN401
    """Set our rule; those of others stay."""
    others = [r for r in _rules(s3, name) if r.get("ID") != value["ID"]]
    rules = [*others, {**value, "Filter": {"Prefix": ""}}]
    s3.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": rules})


def _rules(s3: Any, name: str) -> list[dict[str, Any]]:  # noqa: ANN401
    try:
        return s3.get_bucket_lifecycle_configuration(Bucket=name)["Rules"]
    except ClientError as error:
        if aws.code(error) != "NoSuchLifecycleConfiguration":
            raise
        return []


def _get_tags(s3: Any, name: str) -> Any:  # noqa: ANN401
    return {k: v for k, v in _tags(s3, name).items() if k.startswith(PREFIX) or k == "ManagedBy"}


def _put_tags(s3: Any, name: str, value: Any) -> None:  # noqa: ANN401
    """Set our tags; those of others stay."""
    both = {**_tags(s3, name), **value}
    s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": [{"Key": k, "Value": v} for k, v in both.items()]})


def _tags(s3: Any, name: str) -> dict[str, str]:  # noqa: ANN401
    try:
        return {t["Key"]: t["Value"] for t in s3.get_bucket_tagging(Bucket=name)["TagSet"]}
    except ClientError as error:
        if aws.code(error) != "NoSuchTagSet":
            raise
        return {}
