"""RDS clusters, copies and proxies: the platform makes none, and judges those that somebody adds."""

from collections.abc import Iterator

from modelyard.infra.policy.control import Property, Relation
from modelyard.infra.policy.item import Breach, Item, must_be, must_have, must_include
from modelyard.infra.policy.world import World


class ClusterKept(Property, row="RDS.7"):
    """Database clusters cannot be deleted by accident."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        yield from must_be(item, "deletionProtection", True, unset=False)


class ClusterIam(Property, row="RDS.12"):
    """Database clusters take IAM authentication."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        yield from must_be(item, "iamDatabaseAuthenticationEnabled", True, unset=False)


class ClusterSpansZones(Relation, row="RDS.15"):
    """Database clusters span zones."""

    def _breaches(self, item: Item, world: World) -> Iterator[Breach]:
        members = world.about(item, "aws:rds/clusterInstance:ClusterInstance", "clusterIdentifier")
        if len(members) < 2:
            yield Breach("clusterIdentifier", len(members), "names a cluster with fewer than two instances")


class ClusterTagsToSnapshots(Property, row="RDS.16/RDS.47"):
    """Snapshots of database clusters carry their tags."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        yield from must_be(item, "copyTagsToSnapshot", True, unset=False)


class ClusterEncrypted(Property, row="RDS.27"):
    """Database clusters are encrypted."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        yield from must_be(item, "storageEncrypted", True, unset=False)
        yield from must_have(item, "kmsKeyId")


class ClusterLogs(Property, row="RDS.37"):
    """Logs of Aurora PostgreSQL go to CloudWatch."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        if item.get("engine") == "aurora-postgresql":
            yield from must_include(item, "enabledCloudwatchLogsExports", "postgresql")


class ProxyTls(Property, row="RDS.43"):
    """Database proxies require TLS."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        yield from must_be(item, "requireTls", True, unset=False)
