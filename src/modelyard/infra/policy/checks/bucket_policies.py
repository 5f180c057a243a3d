"""S3: what a bucket's policy must and must not say."""

from collections.abc import Iterator

from modelyard.infra.policy.checks.buckets import BUCKET
from modelyard.infra.policy.control import Property, Relation
from modelyard.infra.policy.documents import RESOURCE, Statement, statements
from modelyard.infra.policy.item import Breach, Item
from modelyard.infra.policy.value import UNKNOWN
from modelyard.infra.policy.world import World

POLICY = "aws:s3/bucketPolicy:BucketPolicy"
# what bounds a public statement (S3 user guide, "The meaning of public")
BOUNDS = frozenset(
    key.lower()
    for key in (
        "aws:PrincipalAccount", "aws:PrincipalArn", "aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:SourceAccount",
        "aws:SourceArn", "aws:SourceOrgID", "aws:SourceVpc", "aws:SourceVpce", "aws:userid", "kms:CallerAccount",
        "kms:ViaService", "s3:DataAccessPointAccount", "s3:x-amz-server-side-encryption-aws-kms-key-id",
    )
)  # fmt: skip
DANGEROUS = frozenset(
    action.lower()
    for action in (
        "s3:DeleteBucketPolicy", "s3:PutBucketAcl", "s3:PutBucketPolicy", "s3:PutEncryptionConfiguration",
        "s3:PutObjectAcl", "s3:*", "*",
    )
)  # fmt: skip


def open_to_all(statement: Statement) -> bool:
    """Say whether a statement lets everybody in and nothing bounds who that is."""
    return statement.allows and statement.public and not statement.keys() & BOUNDS


class NotPublic(Property, row="S3.2/S3.3"):
    """No bucket policy lets the public read or write."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        for one in statements(item, RESOURCE):
            if open_to_all(one):
                yield Breach(one.place, list(one.actions), "lets everybody do this")


class TlsOnly(Relation, row="S3.5"):
    """Buckets answer over TLS only."""

    def _breaches(self, item: Item, world: World) -> Iterator[Breach]:
        policies = world.about(item, POLICY, "bucket")
        if any(policy.get("policy") is UNKNOWN for policy in policies):
            return
        found = [one for policy in policies for one in statements(policy, RESOURCE) if _denies_plain(one)]
        covered = {resource for one in found for resource in one.resources}
        if not any(resource.endswith("/*") or resource == "*" for resource in covered):
            yield Breach("policy", None, "does not deny requests without TLS to its objects")
        elif all(resource.endswith("/*") for resource in covered):
            yield Breach("policy", sorted(covered), "does not deny requests without TLS to the bucket itself")


def _denies_plain(statement: Statement) -> bool:
    wanted = statement.conditions.get("Bool", {})
    plain = any(
        key.lower() == "aws:securetransport" and str(value).lower() in ("false", "['false']")
        for key, value in wanted.items()
    )
    whole = bool({"s3:*", "*"} & set(statement.actions)) and "*" in statement.principals
    return statement.effect == "Deny" and plain and whole


class NoForeignControl(Relation, row="S3.6"):
    """Other accounts cannot change a bucket's policy or ACLs."""

    def _breaches(self, item: Item, world: World) -> Iterator[Breach]:
        for one in statements(item, RESOURCE):
            foreign = [name for name in one.principals if _foreign(name, world.account)]
            granted = [action for action in one.actions if action.lower() in DANGEROUS]
            if one.allows and foreign and granted:
                yield Breach(one.place, granted, f"is granted to {', '.join(foreign)}")


def _foreign(principal: str, account: str) -> bool:
    """Say whether a principal is an account, or in one, that is not ours; a service is neither."""
    number = principal.split(":")[4] if principal.startswith("arn:") and principal.count(":") >= 5 else principal
    return bool(account) and number.isdigit() and len(number) == 12 and number != account


__all__ = ["BUCKET", "POLICY", "NoForeignControl", "NotPublic", "TlsOnly", "open_to_all"]
