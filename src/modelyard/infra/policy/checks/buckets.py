"""S3: what must stand beside each bucket."""

from collections.abc import Iterator
from typing import Any, ClassVar

from modelyard.infra.policy.control import Presence, Property, Relation
from modelyard.infra.policy.item import Breach, Item, must_be
from modelyard.infra.policy.value import UNKNOWN, as_list, at
from modelyard.infra.policy.world import LOAD_BALANCER, World

BUCKET = "aws:s3/bucket:Bucket"
BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
LOGGING = "aws:s3/bucketLogging:BucketLogging"
OWNERSHIP = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"
ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
REPLICATION = (
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
    "aws:s3/bucketReplicationConfiguration:BucketReplicationConfiguration",
)
FLOW_LOG = "aws:ec2/flowLog:FlowLog"
FLAGS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")


def takes_logs(bucket: Item, world: World) -> bool:
    """Say whether AWS writes logs into a bucket: it may have neither logging of its own nor a customer key.

    Server access logs and load balancers cannot deliver to a bucket with SSE-KMS (S3 user guide, access logging).
    """
    written = world.about(bucket, LOGGING, "targetBucket") or world.about(bucket, LOAD_BALANCER, "accessLogs.bucket")
    return bool(written or world.about(bucket, FLOW_LOG, "logDestination"))


def rules_of(bucket: Item, world: World, type_: str) -> list[Any] | None:
    """Return the rules of a bucket's configuration of this type; None where it is not known yet."""
    found = [rule for item in world.about(bucket, type_, "bucket") for rule in as_list(item.get("rules"))]
    return None if any(rule is UNKNOWN for rule in found) else found


class AccountBlocksPublicAccess(Presence, row="S3.1"):
    """The account blocks public access to buckets: once for all regions, where its other guard rails are.

    With `account_wide.guard_rails: false` they are all somebody else's.
    """

    layer = "account"
    beside = ("aws:iam/accountPasswordPolicy:AccountPasswordPolicy",)
    needs: ClassVar[str] = "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock"

    def _breaches(self, item: Item) -> Iterator[Breach]:
        for flag in FLAGS:
            yield from must_be(item, flag, True, unset=False)


class BucketBlocksPublicAccess(Relation, row="S3.8"):
    """Each bucket blocks public access."""

    def _breaches(self, item: Item, world: World) -> Iterator[Breach]:
        blocks = world.about(item, BLOCK, "bucket")
        if not blocks:
            yield Breach("blockPublicAcls", None, "has no BucketPublicAccessBlock")
        for block in blocks:
            for flag in FLAGS:
                yield from must_be(block, flag, True, unset=False)


class AccessIsLogged(Relation, row="S3.9"):
    """Access to buckets is logged."""

    def _breaches(self, item: Item, world: World) -> Iterator[Breach]:
        exempt = takes_logs(item, world) or _is_copy(item, world)
        if not world.about(item, LOGGING, "bucket") and not exempt:
            yield Breach("targetBucket", None, "has no BucketLogging")


def _is_copy(bucket: Item, world: World) -> bool:
    """Say whether a bucket only receives replicas: it lies in another region, and logs cannot leave a region."""
    for item in (one for type_ in REPLICATION for one in world.of(type_)):
        destinations = {at(rule, "destination.bucket") for rule in as_list(item.get("rules"))}
        if bucket.urn in item.refers.get("rules", ()) or destinations & bucket.ids:
            return True
    return False


class NoAcls(Relation, row="S3.12"):
    """Buckets take no ACLs."""

    def _breaches(self, item: Item, world: World) -> Iterator[Breach]:
        controls = world.about(item, OWNERSHIP, "bucket")
        if not controls:
            yield Breach("rule.objectOwnership", None, "has no BucketOwnershipControls")
        for one in controls:
            yield from must_be(one, "rule.objectOwnership", "BucketOwnerEnforced")


class HasLifecycle(Relation, row="S3.13"):
    """Buckets have a lifecycle policy."""

    def _breaches(self, item: Item, world: World) -> Iterator[Breach]:
        rules = rules_of(item, world, LIFECYCLE)
        if rules is not None and not any(at(rule, "status") in ("Enabled", UNKNOWN) for rule in rules):
            yield Breach("rules", rules or None, "has no enabled lifecycle rule")


class OldVersionsExpire(Relation, row="S3.10"):
    """Old versions of objects expire: judged on the versioning, since only versioned buckets have old versions."""

    def _breaches(self, item: Item, world: World) -> Iterator[Breach]:
        buckets = [one for one in world.of(BUCKET) if world.points(item, "bucket", one)]
        for bucket in buckets:
            rules = rules_of(bucket, world, LIFECYCLE)
            if rules and not any(at(rule, "noncurrentVersionExpiration") for rule in rules):
                yield Breach("rules.noncurrentVersionExpiration", None, "is not in any lifecycle rule of its bucket")


class KeepsVersions(Relation, row="S3.14"):
    """Buckets keep versions: logs are only ever added, so a bucket that takes them needs no versions."""

    def _breaches(self, item: Item, world: World) -> Iterator[Breach]:
        versions = world.about(item, VERSIONING, "bucket")
        if not versions and not takes_logs(item, world):
            yield Breach("versioningConfiguration.status", None, "has no BucketVersioning")
        for one in versions:
            yield from must_be(one, "versioningConfiguration.status", "Enabled")


class CustomerKey(Relation, row="S3.17"):
    """Buckets are encrypted with a customer key."""

    def _breaches(self, item: Item, world: World) -> Iterator[Breach]:
        rules = rules_of(item, world, ENCRYPTION)
        if rules is None or takes_logs(item, world):
            return
        found = [at(rule, "applyServerSideEncryptionByDefault.sseAlgorithm") for rule in rules]
        if not set(found) & {"aws:kms", "aws:kms:dsse", UNKNOWN}:
            yield Breach("rules.applyServerSideEncryptionByDefault", found or None, "names no customer key")
        elif not any(at(rule, "bucketKeyEnabled") for rule in rules):
            yield Breach("rules.bucketKeyEnabled", None, "is not true: each object would be a request to KMS")


class AccessPointBlocksPublicAccess(Property, row="S3.19"):
    """Access points block public access."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        if item.get("publicAccessBlockConfiguration") is None:
            return  # AWS sets all four when an access point is made without
        for flag in FLAGS:
            yield from must_be(item, f"publicAccessBlockConfiguration.{flag}", True, unset=True)
