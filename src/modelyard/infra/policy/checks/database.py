"""RDS: the instance that holds the registry's database."""

from collections.abc import Iterator

from modelyard.infra.policy.control import Presence, Property
from modelyard.infra.policy.item import Breach, Item, must_be, must_have, must_include, must_reach
from modelyard.infra.policy.value import UNKNOWN, as_list, at

# names that an attacker tries first (RDS.24, RDS.25)
USUAL_NAMES = frozenset({"admin", "administrator", "awsuser", "postgres", "root", "user", "rdsadmin"})
USUAL_PORTS = {"postgres": 5432, "mysql": 3306, "mariadb": 3306, "aurora-postgresql": 5432, "aurora-mysql": 3306}
# source -> categories that RDS.19 to RDS.22 call critical
CRITICAL = {
    "db-cluster": ("failure", "maintenance"),
    "db-instance": ("configuration change", "failure", "maintenance"),
    "db-parameter-group": ("configuration change",),
    "db-security-group": ("configuration change", "failure"),
}


class InstanceNotPublic(Property, row="RDS.2"):
    """The database is not public."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        yield from must_be(item, "publiclyAccessible", False, unset=False)


class InstanceEncrypted(Property, row="RDS.3"):
    """The database is encrypted with a customer key."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        yield from must_be(item, "storageEncrypted", True, unset=False)
        yield from must_have(item, "kmsKeyId")


class SnapshotCopyEncrypted(Property, row="RDS.4"):
    """Copied snapshots are encrypted."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        yield from must_have(item, "kmsKeyId")


class Standby(Property, row="RDS.5"):
    """The database has a standby in another zone."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        yield from must_be(item, "multiAz", True, unset=False)


class EnhancedMonitoring(Property, row="RDS.6"):
    """The database has enhanced monitoring."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        yield from must_reach(item, "monitoringInterval", 1)


class InstanceKept(Property, row="RDS.8"):
    """The database cannot be deleted by accident."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        yield from must_be(item, "deletionProtection", True, unset=False)


class InstanceLogs(Property, row="RDS.9/RDS.36"):
    """The database's logs go to CloudWatch."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        if str(item.get("engine", "")).startswith("postgres"):
            yield from must_include(item, "enabledCloudwatchLogsExports", "postgresql")
        else:
            yield from must_have(item, "enabledCloudwatchLogsExports")


class InstanceIam(Property, row="RDS.10"):
    """The database takes IAM authentication."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        yield from must_be(item, "iamDatabaseAuthenticationEnabled", True, unset=False)


class BackedUp(Property, row="RDS.11"):
    """The database is backed up for at least seven days."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        yield from must_reach(item, "backupRetentionPeriod", 7)


class MinorUpgrades(Property, row="RDS.13/RDS.35"):
    """Minor versions are upgraded by AWS."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        yield from must_be(item, "autoMinorVersionUpgrade", True, unset=True)


class InstanceTagsToSnapshots(Property, row="RDS.17"):
    """Snapshots of the database carry its tags."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        yield from must_be(item, "copyTagsToSnapshot", True, unset=False)


class InVpc(Property, row="RDS.18"):
    """The database is in a VPC."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        yield from must_have(item, "dbSubnetGroupName")
        yield from must_have(item, "vpcSecurityGroupIds")


class EventsHeard(Presence, row="RDS.19-22"):
    """Somebody hears of critical database events: the layer that knows whom to tell subscribes."""

    layer = "monitoring"
    needs = "aws:rds/eventSubscription:EventSubscription"

    def _breaches(self, item: Item) -> Iterator[Breach]:
        yield from must_be(item, "enabled", True, unset=True)
        if as_list(item.get("eventCategories")):  # none named: all are heard
            yield from must_include(item, "eventCategories", *CRITICAL.get(str(item.get("sourceType")), ()))


class OwnPort(Property, row="RDS.23"):
    """The database listens on another than its default port."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        usual = USUAL_PORTS.get(str(item.get("engine")))
        port = item.get("port", usual)
        if usual is not None and port is not UNKNOWN and int(port) == usual:
            yield Breach("port", item.get("port"), "is the engine's default")


class OwnAdministrator(Property, row="RDS.24/RDS.25"):
    """The database's administrator has a name of its own."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        for path in ("username", "masterUsername"):
            name = item.get(path)
            if isinstance(name, str) and name.lower() in USUAL_NAMES:
                yield Breach(path, name, "is a name that everybody tries")


class TlsForced(Property, row="RDS.38"):
    """PostgreSQL refuses connections without TLS."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        if not str(item.get("family", "")).startswith(("postgres", "aurora-postgresql")):
            return
        values = [at(one, "value") for one in as_list(item.get("parameters")) if at(one, "name") == "rds.force_ssl"]
        if UNKNOWN not in [item.get("parameters"), *values] and "1" not in [str(value) for value in values]:
            yield Breach("parameters", values or None, "does not force TLS (rds.force_ssl)")


class PasswordKeptByAws(Property, row="SecretsManager.1/.4"):
    """The database's password is kept by AWS, which rotates it every seven days (RDS user guide)."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        if item.type.startswith("aws:secretsmanager/"):
            yield from must_have(item, "rotationRules")
            return
        if item.get("replicateSourceDb") is None:
            yield from must_be(item, "manageMasterUserPassword", True, unset=False)
        for path in ("password", "masterPassword"):
            if item.get(path) is not None:
                yield Breach(path, "[secret]", "is given by hand, so nothing rotates it")
