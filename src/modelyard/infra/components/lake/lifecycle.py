"""When the objects of a bucket go, or move to where they cost less."""

from dataclasses import dataclass

import pulumi_aws as aws


@dataclass(frozen=True, kw_only=True)
class Expiry:
    """Objects under `prefix` go after `expire_days`, or to Intelligent-Tiering after `tier_days`."""

    prefix: str
    expire_days: int | None = None
    tier_days: int | None = None


def tidy(noncurrent_days: int) -> aws.s3.BucketLifecycleConfigurationRuleArgsDict:
    """Return the rule of every bucket: old versions go after so many days, but for three; torn uploads after seven."""
    return {
        "id": "tidy",
        "status": "Enabled",
        "filter": {"prefix": ""},
        "abort_incomplete_multipart_upload": {"days_after_initiation": 7},
        "noncurrent_version_expiration": {"noncurrent_days": noncurrent_days, "newer_noncurrent_versions": 3},
    }


def expire(expiry: Expiry) -> aws.s3.BucketLifecycleConfigurationRuleArgsDict:
    """Return the rule for what lies under one prefix."""
    rule: aws.s3.BucketLifecycleConfigurationRuleArgsDict = {
        "id": expiry.prefix.strip("/").replace("/", "-").replace("_", "") or "all",
        "status": "Enabled",
        "filter": {"prefix": expiry.prefix},
    }
    if expiry.expire_days is not None:
        rule["expiration"] = {"days": expiry.expire_days}
    if expiry.tier_days is not None:
        rule["transitions"] = [{"days": expiry.tier_days, "storage_class": "INTELLIGENT_TIERING"}]
    return rule
