"""A bucket that is private, encrypted with a customer key, versioned, logged, and tidies up after itself."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from modelyard.infra.components.documents import Statement, document, only_tls
from modelyard.infra.components.lake.lifecycle import Expiry, expire, tidy

RESULTS = "_athena/"  # the folder of the lake that holds the answers to questions


@dataclass(frozen=True, kw_only=True)
class SafeBucketArgs:
    """`key_arn` None means SSE-S3, which only a bucket that receives access logs needs.

    `protect` keeps the bucket when the stack is destroyed; without it the bucket goes with its contents.
    """

    bucket: str
    key_arn: pulumi.Input[str] | None
    noncurrent_days: int
    protect: bool
    log_bucket: pulumi.Input[str] | None = None
    expiries: Sequence[Expiry] = ()
    lock_days: int | None = None
    statements: Sequence[Statement] = ()
    events: bool = False
    region: str | None = None


class SafeBucket(pulumi.ComponentResource):
    """Produces a bucket with ownership, public access block, encryption, versions, lifecycle, policy and logging."""

    def __init__(self, name: str, args: SafeBucketArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:lake:SafeBucket", name, None, opts)
        self._name, self._args = name, args
        self._child = pulumi.ResourceOptions(parent=self)
        self.bucket = aws.s3.Bucket(
            name,
            bucket=args.bucket,
            force_destroy=not args.protect,
            object_lock_enabled=args.lock_days is not None,
            region=args.region,
            opts=pulumi.ResourceOptions(parent=self, protect=args.protect),
        )
        self.name, self.arn = self.bucket.bucket, self.bucket.arn
        self._private()
        self._encrypted()
        self._kept()
        self._watched()
        self.register_outputs({"name": self.name, "arn": self.arn})

    def _private(self) -> None:
        bucket, args = self.bucket.id, self._args
        ownership: aws.s3.BucketOwnershipControlsRuleArgsDict = {"object_ownership": "BucketOwnerEnforced"}
        aws.s3.BucketOwnershipControls(self._name, bucket=bucket, rule=ownership, region=args.region, opts=self._child)
        block = aws.s3.BucketPublicAccessBlock(
            self._name,
            bucket=bucket,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            region=args.region,
            opts=self._child,
        )
        everything = [self.arn, pulumi.Output.concat(self.arn, "/*")]
        aws.s3.BucketPolicy(
            self._name,
            bucket=bucket,
            policy=document([only_tls(["s3:*"], everything), *args.statements]),
            region=args.region,
            # two changes of one bucket at the same time are refused as a conflict
            opts=pulumi.ResourceOptions(parent=self, depends_on=[block]),
        )

    def _encrypted(self) -> None:
        key = self._args.key_arn
        how: aws.s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgsDict
        how = {"sse_algorithm": "AES256"} if key is None else {"sse_algorithm": "aws:kms", "kms_master_key_id": key}
        rule: aws.s3.BucketServerSideEncryptionConfigurationRuleArgsDict
        rule = {"apply_server_side_encryption_by_default": how, "bucket_key_enabled": key is not None}
        aws.s3.BucketServerSideEncryptionConfiguration(
            self._name, bucket=self.bucket.id, rules=[rule], region=self._args.region, opts=self._child
        )

    def _kept(self) -> None:
        bucket, args = self.bucket.id, self._args
        self.versioning = aws.s3.BucketVersioning(
            self._name,
            bucket=bucket,
            versioning_configuration={"status": "Enabled"},
            region=args.region,
            opts=self._child,
        )
        after = pulumi.ResourceOptions(parent=self, depends_on=[self.versioning])
        if args.lock_days is not None:
            retention: aws.s3.BucketObjectLockConfigurationRuleArgsDict
            retention = {"default_retention": {"mode": "GOVERNANCE", "days": args.lock_days}}
            aws.s3.BucketObjectLockConfiguration(
                self._name, bucket=bucket, rule=retention, region=args.region, opts=after
            )
        rules = [tidy(args.noncurrent_days), *(expire(expiry) for expiry in args.expiries)]
        aws.s3.BucketLifecycleConfiguration(self._name, bucket=bucket, rules=rules, region=args.region, opts=after)

    def _watched(self) -> None:
        args = self._args
        if args.log_bucket is not None:
            aws.s3.BucketLogging(
                self._name,
                bucket=self.bucket.id,
                target_bucket=args.log_bucket,
                target_prefix=f"s3/{args.bucket}/",
                target_object_key_format={"partitioned_prefix": {"partition_date_source": "EventTime"}},
                region=args.region,
                opts=self._child,
            )
        if args.events:
            aws.s3.BucketNotification(
                self._name, bucket=self.bucket.id, eventbridge=True, region=args.region, opts=self._child
            )
