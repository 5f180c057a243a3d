"""SNS, SQS and EventBridge: encrypted, and not for everybody."""

from collections.abc import Iterator

from modelyard.infra.policy.checks.bucket_policies import open_to_all
from modelyard.infra.policy.control import Property, Relation
from modelyard.infra.policy.documents import RESOURCE, statements
from modelyard.infra.policy.item import Breach, Item, must_be, must_have
from modelyard.infra.policy.value import UNKNOWN
from modelyard.infra.policy.world import World

# AWS's own key cannot be used by CloudWatch or EventBridge: their messages would be lost without a word
UNUSABLE_KEY = "alias/aws/sns"


class TopicEncrypted(Property, row="SNS.1"):
    """Topics are encrypted with a customer key."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        yield from must_have(item, "kmsMasterKeyId")
        if item.get("kmsMasterKeyId") == UNUSABLE_KEY:
            yield Breach("kmsMasterKeyId", UNUSABLE_KEY, "keeps CloudWatch and EventBridge from publishing")


class TopicNotPublic(Property, row="SNS.4"):
    """Topics are not public."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        for one in statements(item, RESOURCE):
            if open_to_all(one):
                yield Breach(one.place, list(one.actions), "lets everybody do this")


class QueueEncrypted(Property, row="SQS.1"):
    """Queues are encrypted."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        if item.get("kmsMasterKeyId") is None:
            yield from must_be(item, "sqsManagedSseEnabled", True, unset=False)


class QueueNotPublic(Property, row="SQS.3"):
    """Queues are not public."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        for one in statements(item, RESOURCE):
            if open_to_all(one):
                yield Breach(one.place, list(one.actions), "lets everybody do this")


class BusHasPolicy(Relation, row="EventBridge.3"):
    """Custom event buses have a policy."""

    def _breaches(self, item: Item, world: World) -> Iterator[Breach]:
        policies = world.about(item, "aws:cloudwatch/eventBusPolicy:EventBusPolicy", "eventBusName")
        if not policies:
            yield Breach("policy", None, "has no EventBusPolicy")
        for policy in policies:
            open_ = [one for one in statements(policy, RESOURCE) if open_to_all(one)]
            if policy.get("policy") is not UNKNOWN and open_:
                yield Breach("policy", list(open_[0].actions), "lets everybody do this")
