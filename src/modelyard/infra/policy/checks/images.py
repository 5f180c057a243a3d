"""ECR: repositories whose images are scanned, fixed, encrypted and in the end removed."""

from collections.abc import Iterator

from modelyard.infra.policy.control import Property, Relation
from modelyard.infra.policy.item import Breach, Item, must_be
from modelyard.infra.policy.value import UNKNOWN, as_list, at
from modelyard.infra.policy.world import World

LIFECYCLE = "aws:ecr/lifecyclePolicy:LifecyclePolicy"


class Scanned(Property, row="ECR.1"):
    """Images are scanned."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        yield from must_be(item, "imageScanningConfiguration.scanOnPush", True, unset=False)


class FixedTags(Property, row="ECR.2"):
    """Image tags cannot be moved."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        yield from must_be(item, "imageTagMutability", "IMMUTABLE", "IMMUTABLE_WITH_EXCLUSION", unset="MUTABLE")


class OldImagesExpire(Relation, row="ECR.3"):
    """Old images expire."""

    def _breaches(self, item: Item, world: World) -> Iterator[Breach]:
        if not world.about(item, LIFECYCLE, "repository"):
            yield Breach("policy", None, "has no LifecyclePolicy")


class ImagesEncrypted(Property, row="ECR.5"):
    """Images are encrypted with a customer key."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        found = [at(one, "encryptionType") for one in as_list(item.get("encryptionConfigurations"))]
        if not set(found) & {"KMS", "KMS_DSSE", UNKNOWN}:
            yield Breach("encryptionConfigurations", found or None, "names no customer key")
