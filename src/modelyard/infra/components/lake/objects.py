"""Statements about the objects of a bucket: listing, reading, writing, and the key they are encrypted with."""

from collections.abc import Sequence

import pulumi

from modelyard.infra.components.documents import Statement, allow

READ = ("s3:GetObject", "s3:GetObjectVersion")
WRITE = ("s3:PutObject", "s3:AbortMultipartUpload")


def listing(bucket: pulumi.Input[str], prefixes: Sequence[str]) -> Statement:
    """Let the keys under these prefixes be listed."""
    return allow("List", ["s3:ListBucket"], [bucket], condition=below(prefixes))


def below(prefixes: Sequence[str]) -> dict[str, dict[str, list[str]]]:
    """Return the condition that a listing stays under these prefixes."""
    return {"StringLike": {"s3:prefix": list(prefixes)}}


def under(bucket: pulumi.Input[str], prefixes: Sequence[str]) -> list[pulumi.Output[str]]:
    """Return the objects under these prefixes, as resources of a statement."""
    return [pulumi.Output.concat(bucket, "/", prefix) for prefix in prefixes]


def use_key(key: pulumi.Input[str]) -> Statement:
    """Let objects be opened and written that are encrypted with a key."""
    return allow("Key", ["kms:Decrypt", "kms:GenerateDataKey"], [key])
