"""Athena, Backup and DynamoDB: what else holds data."""

from collections.abc import Iterator

from modelyard.infra.policy.control import Property
from modelyard.infra.policy.item import Breach, Item, must_be, must_have

RESULTS = "configuration.resultConfiguration.encryptionConfiguration.encryptionOption"


class WorkgroupHolds(Property, row="Athena.4"):
    """Workgroups publish what they do and cannot be overridden."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        yield from must_be(item, "configuration.publishCloudwatchMetricsEnabled", True, unset=True)
        yield from must_be(item, "configuration.enforceWorkgroupConfiguration", True, unset=True)


class ResultsEncrypted(Property, row="Athena.1"):
    """Query results are encrypted."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        yield from must_be(item, RESULTS, "SSE_KMS", "CSE_KMS")


class BackupsEncrypted(Property, row="Backup.1"):
    """Recovery points are encrypted."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        yield from must_have(item, "kmsKeyArn")


class TableSafe(Property, row="DynamoDB.1/.2/.6"):
    """Tables scale, can be restored and not deleted by accident."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        yield from must_be(item, "billingMode", "PAY_PER_REQUEST", unset="PROVISIONED")
        yield from must_be(item, "pointInTimeRecovery.enabled", True, unset=False)
        yield from must_be(item, "deletionProtectionEnabled", True, unset=False)
