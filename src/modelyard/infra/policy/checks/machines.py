"""EC2: machines and their templates; the platform makes none, and judges those that somebody adds."""

from collections.abc import Iterator

from modelyard.infra.policy.control import Property
from modelyard.infra.policy.item import Breach, Item, must_be
from modelyard.infra.policy.value import UNKNOWN, as_list, at


class TokensOnly(Property, row="EC2.8/EC2.170"):
    """Instances take metadata requests with a token only."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        account = item.type.endswith(":InstanceMetadataDefaults")
        path = "httpTokens" if account else "metadataOptions.httpTokens"
        yield from must_be(item, path, "required", unset="optional")


class InstanceWithoutAddress(Property, row="EC2.9"):
    """Instances have no public address."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        yield from must_be(item, "associatePublicIpAddress", False, unset=False)


class TemplateWithoutAddress(Property, row="EC2.25"):
    """Launch templates give no public address."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        for one in as_list(item.get("networkInterfaces")):
            value = at(one, "associatePublicIpAddress", False)
            if value is not UNKNOWN and str(value).lower() != "false":
                yield Breach("networkInterfaces.associatePublicIpAddress", value, "gives a public address")


class TemplateEncrypts(Property, row="EC2.181"):
    """Launch templates encrypt their volumes."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        for one in as_list(item.get("blockDeviceMappings")):
            value = at(one, "ebs.encrypted", False)
            if at(one, "ebs") is not None and value is not UNKNOWN and str(value).lower() != "true":
                yield Breach("blockDeviceMappings.ebs.encrypted", value, "leaves a volume unencrypted")
