"""Policy documents of AWS, whether they come as JSON, as a mapping or not yet known."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from modelyard.infra.policy.item import Item
from modelyard.infra.policy.value import UNKNOWN, Value, as_list

# Where documents lie. Identity policies say what somebody may do; resource policies say who may come.
IDENTITY: Mapping[str, tuple[str, ...]] = {
    "aws:iam/policy:Policy": ("policy",),
    "aws:iam/rolePolicy:RolePolicy": ("policy",),
    "aws:iam/groupPolicy:GroupPolicy": ("policy",),
    "aws:iam/userPolicy:UserPolicy": ("policy",),
    "aws:iam/role:Role": ("inlinePolicies",),
    "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy": ("inlinePolicy",),
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": ("policy",),
}
TRUST: Mapping[str, tuple[str, ...]] = {"aws:iam/role:Role": ("assumeRolePolicy",)}
RESOURCE: Mapping[str, tuple[str, ...]] = {
    "aws:s3/bucketPolicy:BucketPolicy": ("policy",),
    "aws:s3/accessPoint:AccessPoint": ("policy",),
    "aws:kms/key:Key": ("policy",),
    "aws:kms/keyPolicy:KeyPolicy": ("policy",),
    "aws:sns/topic:Topic": ("policy",),
    "aws:sns/topicPolicy:TopicPolicy": ("policy",),
    "aws:sqs/queue:Queue": ("policy",),
    "aws:sqs/queuePolicy:QueuePolicy": ("policy",),
    "aws:ecr/repositoryPolicy:RepositoryPolicy": ("policy",),
    "aws:ecr/registryPolicy:RegistryPolicy": ("policy",),
    "aws:secretsmanager/secret:Secret": ("policy",),
    "aws:secretsmanager/secretPolicy:SecretPolicy": ("policy",),
    "aws:glue/resourcePolicy:ResourcePolicy": ("policy",),
    "aws:backup/vaultPolicy:VaultPolicy": ("policy",),
    "aws:cloudwatch/eventBusPolicy:EventBusPolicy": ("policy",),
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": ("policyDocument",),
    "aws:ec2/vpcEndpoint:VpcEndpoint": ("policy",),
    "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy": ("policy",),
    "aws:codebuild/resourcePolicy:ResourcePolicy": ("policy",),
    "aws:efs/fileSystemPolicy:FileSystemPolicy": ("policy",),
    "aws:opensearch/domainPolicy:DomainPolicy": ("accessPolicies",),
    "aws:dynamodb/resourcePolicy:ResourcePolicy": ("policy",),
    "aws:s3tables/tableBucketPolicy:TableBucketPolicy": ("resourcePolicy",),
}


@dataclass(frozen=True)
class Statement:
    """One statement; every member is a list, as if it had been written so."""

    place: str
    effect: str
    actions: tuple[str, ...]
    not_actions: tuple[str, ...]
    resources: tuple[str, ...]
    principals: tuple[str, ...]
    not_principals: bool
    conditions: Mapping[str, Mapping[str, Any]]

    @property
    def allows(self) -> bool:
        """Whether it grants something."""
        return self.effect == "Allow"

    @property
    def public(self) -> bool:
        """Whether everybody is among its principals."""
        return "*" in self.principals or self.not_principals

    def keys(self) -> set[str]:
        """Return the condition keys, in lower case."""
        return {key.lower() for block in self.conditions.values() if isinstance(block, Mapping) for key in block}


def statements(item: Item, *places: Mapping[str, tuple[str, ...]]) -> Iterator[Statement]:
    """Return the statements of the documents of a resource; none where a document is not known yet."""
    for place in places:
        for name in place.get(item.type, ()):
            for document in _documents(item.get(name)):
                yield from (_statement(name, one) for one in _entries(document))


def _documents(value: Value) -> Iterator[Mapping[str, Any]]:
    for one in as_list(value):
        inner = one.get("policy") if isinstance(one, Mapping) and "policy" in one else one
        document = _parsed(inner)
        if document is not None:
            yield document


def _parsed(value: Value) -> Mapping[str, Any] | None:
    if value is UNKNOWN or value is None:
        return None
    if isinstance(value, Mapping):
        return value
    try:
        document = json.loads(value)
    except (TypeError, ValueError):
        return None
    return document if isinstance(document, Mapping) else None


def _entries(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [one for one in as_list(document.get("Statement")) if isinstance(one, Mapping)]


def _statement(name: str, entry: Mapping[str, Any]) -> Statement:
    return Statement(
        place=name,
        effect=str(entry.get("Effect", "Deny")),
        actions=_words(entry.get("Action")),
        not_actions=_words(entry.get("NotAction")),
        resources=_words(entry.get("Resource")),
        principals=_principals(entry.get("Principal")),
        not_principals="NotPrincipal" in entry,
        conditions=entry.get("Condition") or {},
    )


def _principals(value: Value) -> tuple[str, ...]:
    if isinstance(value, Mapping):
        return tuple(word for part in value.values() for word in _words(part))
    return _words(value)


def _words(value: Value) -> tuple[str, ...]:
    return tuple(str(one) for one in as_list(value))
