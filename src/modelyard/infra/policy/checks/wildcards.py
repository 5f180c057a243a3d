"""Nobody and nothing unnamed: no `*` among principals or actions, wherever no other control looks already."""

from collections.abc import Iterator

from modelyard.infra.policy.checks.bucket_policies import open_to_all
from modelyard.infra.policy.control import Property, Relation
from modelyard.infra.policy.documents import IDENTITY, RESOURCE, TRUST, statements
from modelyard.infra.policy.item import Breach, Item
from modelyard.infra.policy.world import World

# S3.2, KMS.5, SNS.4, SQS.3 and EventBridge.3 speak of these
ELSEWHERE = frozenset(
    {
        "aws:s3/bucketPolicy:BucketPolicy",
        "aws:kms/key:Key",
        "aws:kms/keyPolicy:KeyPolicy",
        "aws:sns/topic:Topic",
        "aws:sns/topicPolicy:TopicPolicy",
        "aws:sqs/queue:Queue",
        "aws:sqs/queuePolicy:QueuePolicy",
        "aws:cloudwatch/eventBusPolicy:EventBusPolicy",
    }
)


class NamedPrincipals(Property, row="Modelyard.principals"):
    """No policy lets everybody in."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        if item.type in ELSEWHERE:
            return
        for one in statements(item, RESOURCE, TRUST):
            if open_to_all(one):
                yield Breach(one.place, list(one.actions), "lets everybody do this")


class NoStarActions(Relation, row="Modelyard.actions"):
    """No statement allows every action; an identity that may do everything to everything is IAM.1's."""

    def _breaches(self, item: Item, world: World) -> Iterator[Breach]:
        for one in statements(item, IDENTITY, RESOURCE, TRUST):
            if not one.allows:
                continue
            if "*" in one.actions and not (item.type in IDENTITY and "*" in one.resources):
                yield Breach(one.place, "*", "allows every action")
            if one.not_actions and not _is_boundary(item, world):
                yield Breach(one.place, list(one.not_actions), "allows every action but these")


def _is_boundary(item: Item, world: World) -> bool:
    """Say whether a policy only bounds what others allow: it is some role's boundary, and is attached to nobody."""
    bounded = world.about(item, "aws:iam/role:Role", "permissionsBoundary")
    return bool(bounded) and not world.about(item, "aws:iam/rolePolicyAttachment:RolePolicyAttachment", "policyArn")
