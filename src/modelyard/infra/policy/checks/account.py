"""Account-wide services: judged where somebody adds them."""

from collections.abc import Iterator

from modelyard.infra.policy.control import Property, Relation
from modelyard.infra.policy.item import Breach, Item, must_be, must_have, must_include
from modelyard.infra.policy.value import UNKNOWN, as_list, at
from modelyard.infra.policy.world import World


class TrailComplete(Property, row="CloudTrail.1/.2/.4/.5"):
    """Trails cover all regions, are encrypted, validated and sent to CloudWatch."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        yield from must_be(item, "isMultiRegionTrail", True, unset=False)
        yield from must_have(item, "kmsKeyId")
        yield from must_be(item, "enableLogFileValidation", True, unset=False)
        yield from must_have(item, "cloudWatchLogsGroupArn")


class DetectorOn(Property, row="GuardDuty.1,5,7,9,10,11"):
    """GuardDuty is on."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        if item.type.endswith(":DetectorFeature"):
            yield from must_be(item, "status", "ENABLED")
        else:
            yield from must_be(item, "enable", True, unset=True)


class InspectorScansImages(Property, row="Inspector.2"):
    """Inspector scans images."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        yield from must_include(item, "resourceTypes", "ECR")


class RecorderRecordsAll(Property, row="Config.1"):
    """AWS Config records everything."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        yield from must_be(item, "recordingGroup.allSupported", True, unset=True)


class NothingSharedWithAll(Property, row="SSM.4/SSM.7"):
    """Documents cannot be shared with everybody."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        if str(item.get("settingId", "")).endswith("/ssm/documents/console/public-sharing-permission"):
            yield from must_be(item, "settingValue", "Disable")
        if str(at(item.get("permissions"), "accountIds", "")).lower() == "all":
            yield Breach("permissions.accountIds", "All", "shares the document with everybody")


class SecurityContact(Property, row="Account.1"):
    """The account has a security contact."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        yield from must_be(item, "alternateContactType", "SECURITY", "OPERATIONS", "BILLING")
        yield from must_have(item, "emailAddress")


class CertificateRenews(Property, row="ACM.1"):
    """Certificates renew by themselves: an imported certificate is renewed by nobody."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        if item.get("certificateAuthorityArn") is None:
            yield from must_be(item, "validationMethod", "DNS")


class WebAclComplete(Relation, row="WAF.10/11/12"):
    """Web ACLs have rules, metrics and logs."""

    def _breaches(self, item: Item, world: World) -> Iterator[Breach]:
        rules = as_list(item.get("rules"))
        if not rules and item.get("ruleJson") is None:
            yield Breach("rules", None, "is empty")
        yield from must_be(item, "visibilityConfig.cloudwatchMetricsEnabled", True)
        for rule in rules:
            if rule is not UNKNOWN and at(rule, "visibilityConfig.cloudwatchMetricsEnabled") is False:
                yield Breach("rules.visibilityConfig", at(rule, "name"), "has no metrics")
        if not world.about(item, "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration", "resourceArn"):
            yield Breach("logDestinationConfigs", None, "has no WebAclLoggingConfiguration")
