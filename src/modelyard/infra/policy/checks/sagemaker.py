"""SageMaker: the platform uses none of it, and judges what somebody adds."""

from collections.abc import Iterator

from modelyard.infra.policy.control import Property
from modelyard.infra.policy.item import Breach, Item, must_be
from modelyard.infra.policy.value import UNKNOWN, as_list, at


class NoNotebooks(Property, row="SageMaker.1-3"):
    """No notebook instances."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        yield Breach("directInternetAccess", item.get("directInternetAccess"), "is a property of a notebook instance")


class SecondInstance(Property, row="SageMaker.4"):
    """Endpoints have a second instance."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        for one in as_list(item.get("productionVariants")):
            count = at(one, "initialInstanceCount", 1)
            serverless = at(one, "serverlessConfig") is not None
            if not serverless and count is not UNKNOWN and int(count) < 2:
                yield Breach("productionVariants.initialInstanceCount", count, "leaves no second instance")


class NoNetwork(Property, row="SageMaker.5"):
    """Hosted models have no network."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        yield from must_be(item, "enableNetworkIsolation", True, unset=False)
