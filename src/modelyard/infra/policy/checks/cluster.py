"""EKS: a cluster that few can reach, on a supported version, with its secrets encrypted and its doings logged."""

from collections.abc import Iterator
from datetime import date

from modelyard.infra.policy.control import Property, Relation
from modelyard.infra.policy.item import Breach, Item, must_be, must_have, must_include
from modelyard.infra.policy.value import UNKNOWN, as_list
from modelyard.infra.policy.world import World

# End of standard support (EKS user guide, Kubernetes version lifecycle, read 2026-11-21).
STANDARD_SUPPORT_ENDS = {
    "1.33": date(2026, 7, 29),
    "1.34": date(2026, 12, 2),
    "1.35": date(2027, 3, 27),
    "1.36": date(2027, 8, 2),
}
EVERYWHERE = frozenset({"0.0.0.0/0", "::/0"})


class PrivateEndpoint(Property, row="EKS.1"):
    """The private way into the cluster is there; the public one is closed, or open to named networks."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        yield from must_be(item, "vpcConfig.endpointPrivateAccess", True, unset=False)
        if item.get("vpcConfig.endpointPublicAccess", True) is not True:
            return
        ranges = as_list(item.get("vpcConfig.publicAccessCidrs")) or ["0.0.0.0/0"]
        if EVERYWHERE & {one for one in ranges if one is not UNKNOWN}:
            yield Breach("vpcConfig.publicAccessCidrs", ranges, "opens the cluster's endpoint to the internet")


class SupportedVersion(Relation, row="EKS.2"):
    """The cluster runs a Kubernetes version in standard support."""

    def _breaches(self, item: Item, world: World) -> Iterator[Breach]:
        yield from must_be(item, "upgradePolicy.supportType", "STANDARD", unset="EXTENDED")
        version = item.get("version")
        if not isinstance(version, str):
            return
        newest = max(STANDARD_SUPPORT_ENDS, key=_number)
        ends = STANDARD_SUPPORT_ENDS.get(version)
        if ends is None and _number(version) < _number(newest):
            yield Breach("version", version, "is out of standard support")
        elif ends is not None and ends < world.today:
            yield Breach("version", version, f"has been out of standard support since {ends}")


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())


class SecretsEncrypted(Property, row="EKS.3"):
    """Kubernetes secrets are encrypted with a customer key."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        yield from must_have(item, "encryptionConfig.provider.keyArn")
        yield from must_include(item, "encryptionConfig.resources", "secrets")


class AuditLog(Property, row="EKS.8"):
    """The cluster writes its audit log."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        yield from must_include(item, "enabledClusterLogTypes", "audit")
