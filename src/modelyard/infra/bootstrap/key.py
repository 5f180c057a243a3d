"""The key that encrypts the state and the secrets in it: a customer key that rotates every year."""

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from modelyard.errors import OutsideError
from modelyard.infra import aws
from modelyard.infra.engine.backend import Place

_MARK = "modelyard:state"  # found again by this tag when a crash came before the alias


def ensure(home: Place, wanted: Mapping[str, str]) -> tuple[str, list[str]]:
    """Return the key's ARN and what had to be changed.

    Raises:
        OutsideError: The key waits for its deletion.
    """
    kms = aws.client("kms", home.region)
    with aws.told(f"making the key {home.alias}"):
        found = _described(kms, home.alias)
        changes = []
        if found is None:
            found, change = _orphan_or_new(kms, home, wanted)
            kms.create_alias(AliasName=home.alias, TargetKeyId=found["KeyId"])
            changes.append(change)
        _refuse_doomed(found, home)
        return found["Arn"], changes + _rotating(kms, found["KeyId"])


def _described(kms: Any, name: str) -> dict[str, Any] | None:  # noqa: ANN401
    try:
        return kms.describe_key(KeyId=name)["KeyMetadata"]
    except ClientError as error:
        if aws.code(error) == "NotFoundException":
            return None
        raise


def _orphan_or_new(kms: Any, home: Place, wanted: Mapping[str, str]) -> tuple[dict[str, Any], str]:  # noqa: ANN401
    tagging = aws.client("resourcegroupstaggingapi", home.region)
    marked = aws.pages(
        tagging,
        "get_resources",
        "ResourceTagMappingList",
        ResourceTypeFilters=["kms:key"],
        TagFilters=[{"Key": _MARK, "Values": [home.bucket]}],
    )
    for each in marked:
        key = _described(kms, each["ResourceARN"])
        if key is not None and key["KeyState"] == "Enabled":
            return key, f"named the key {home.alias}"
    tags = [{"TagKey": k, "TagValue": v} for k, v in {**wanted, _MARK: home.bucket}.items()]
    made = kms.create_key(Description=f"State of modelyard in {home.bucket}", Tags=tags)
    return made["KeyMetadata"], f"made the key {home.alias}"


def _refuse_doomed(key: Mapping[str, Any], home: Place) -> None:
    if key["KeyState"] in {"PendingDeletion", "Disabled"}:
        step = "cancel-key-deletion" if key["KeyState"] == "PendingDeletion" else "enable-key"
        raise OutsideError(
            f"The key {home.alias} ({key['KeyId']}) is {key['KeyState']}: the state could not be read any more.",
            f"aws kms {step} --region {home.region} --key-id {key['KeyId']}, then run the same command again.",
            code="key_unusable",
        )


def _rotating(kms: Any, key: str) -> list[str]:  # noqa: ANN401
    if kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"]:
        return []
    kms.enable_key_rotation(KeyId=key)
    return ["turned on rotation of the key"]
