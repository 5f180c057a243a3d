"""A second copy of a bucket in another region."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from modelyard.infra.components.documents import Statement, allow, document, trust
from modelyard.infra.components.key import CustomerKey, CustomerKeyArgs
from modelyard.infra.components.lake.bucket import SafeBucket, SafeBucketArgs


@dataclass(frozen=True, kw_only=True)
class ReplicaArgs:
    """Copies `source` (encrypted with `key_arn`) to `bucket` in `region`.

    `name` is that of the role which copies, and of the copy's key. A bucket that is locked is only copied to one that
    is (`lock_days`; S3 user guide, replication and Object Lock).
    """

    source: SafeBucket
    key_arn: pulumi.Input[str]
    bucket: str
    name: str
    account: str
    region: str
    noncurrent_days: int
    protect: bool
    lock_days: int | None = None


class Replica(pulumi.ComponentResource):
    """Produces the other bucket, its key, the role that copies, and the rule."""

    def __init__(self, name: str, args: ReplicaArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:lake:Replica", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        key = CustomerKey(
            name,
            CustomerKeyArgs(
                alias=args.name,
                description=f"Copy of {args.bucket}",
                account=args.account,
                protect=args.protect,
                region=args.region,
            ),
            child,
        )
        copy = SafeBucket(
            name,
            SafeBucketArgs(
                bucket=args.bucket,
                key_arn=key.arn,
                noncurrent_days=args.noncurrent_days,
                protect=args.protect,
                lock_days=args.lock_days,
                region=args.region,
            ),
            child,
        )
        role = aws.iam.Role(
            name, name=args.name, assume_role_policy=trust("s3.amazonaws.com", args.account), opts=child
        )
        policy = aws.iam.RolePolicy(name, role=role.id, policy=document(_may(args, copy.arn, key.arn)), opts=child)
        aws.s3.BucketReplicationConfig(
            name,
            bucket=args.source.bucket.id,
            role=role.arn,
            rules=[
                {
                    "id": "everything",
                    "status": "Enabled",
                    "filter": {"prefix": ""},
                    "delete_marker_replication": {"status": "Enabled"},
                    "source_selection_criteria": {"sse_kms_encrypted_objects": {"status": "Enabled"}},
                    "destination": {
                        "bucket": copy.arn,
                        "storage_class": "STANDARD_IA",
                        "encryption_configuration": {"replica_kms_key_id": key.arn},
                    },
                }
            ],
            opts=pulumi.ResourceOptions(parent=self, depends_on=[args.source.versioning, copy.versioning, policy]),
        )
        self.name, self.arn = copy.name, copy.arn
        self.register_outputs({"name": self.name, "arn": self.arn})


def _may(args: ReplicaArgs, copy: pulumi.Output[str], key: pulumi.Output[str]) -> list[Statement]:
    """Return what S3 needs to copy encrypted objects (S3 user guide, replicating encrypted objects)."""
    source = args.source.arn
    versions = ["s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"]
    versions += ["s3:GetObjectRetention", "s3:GetObjectLegalHold"] if args.lock_days is not None else []
    copies = ["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"]
    return [
        allow("Source", ["s3:GetReplicationConfiguration", "s3:ListBucket"], [source]),
        allow("Versions", versions, [pulumi.Output.concat(source, "/*")]),
        allow("Copies", copies, [pulumi.Output.concat(copy, "/*")]),
        allow("Decrypt", ["kms:Decrypt"], [args.key_arn]),
        allow("Encrypt", ["kms:Encrypt", "kms:GenerateDataKey"], [key]),
    ]
