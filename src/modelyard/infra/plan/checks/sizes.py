"""How much there may be of something in one place: characters of a policy, rules of a group, policies of a role.

Default quotas: IAM user guide (IAM and STS quotas), S3 user guide (bucket policies), VPC user guide (security groups),
Elastic Load Balancing user guide (Application Load Balancers).
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence

from modelyard.infra.plan.checks.known import Known
from modelyard.infra.plan.records import Problem, Resource

# type without `aws:` -> property with a document, its most characters; IAM does not count white space
_CHARACTERS = {
    "iam/policy:Policy": ("policy", 6144),
    "iam/role:Role": ("assumeRolePolicy", 2048),
    "s3/bucketPolicy:BucketPolicy": ("policy", 20480),
    "kms/key:Key": ("policy", 32768),
    "sns/topicPolicy:TopicPolicy": ("policy", 30720),
    "cloudwatch/dashboard:Dashboard": ("dashboardBody", 1 << 20),
    "ecs/taskDefinition:TaskDefinition": ("containerDefinitions", 65536),
    "cloudwatch/compositeAlarm:CompositeAlarm": ("alarmRule", 10240),
}
_INLINE, _INLINE_MOST = "iam/rolePolicy:RolePolicy", 10240
# type -> what it is counted by, how many there may be, what they are
_COUNTS = {
    "vpc/securityGroupIngressRule:SecurityGroupIngressRule": ("securityGroupId", 60, "rules for what comes in"),
    "vpc/securityGroupEgressRule:SecurityGroupEgressRule": ("securityGroupId", 60, "rules for what goes out"),
    "iam/rolePolicyAttachment:RolePolicyAttachment": ("role", 10, "attached policies"),
    "lb/listenerRule:ListenerRule": ("listenerArn", 100, "rules"),
}


def sizes(resources: Sequence[Resource], known: Known) -> Iterator[Problem]:  # noqa: ARG001 - one shape for all checks
    """Yield a problem for each document that is too long, and for each thing that has too many of another."""
    for resource in resources:
        name, most = _CHARACTERS.get(resource.type.removeprefix("aws:"), ("", 0))
        length = _length(resource.inputs.get(name)) if name else 0
        if length > most:
            yield _problem(resource, name, length, f"characters; {most} are allowed")
    yield from _inline(resources)
    yield from _counted(resources)


def _inline(resources: Sequence[Resource]) -> Iterator[Problem]:
    together: dict[str, int] = defaultdict(int)
    for resource in resources:
        if resource.type == f"aws:{_INLINE}":
            role = str(resource.inputs.get("role"))
            together[role] += _length(resource.inputs.get("policy"))
            if together[role] > _INLINE_MOST:
                what = f"characters in all policies of its own of role {role}; {_INLINE_MOST} are allowed"
                yield _problem(resource, "policy", together[role], what)


def _counted(resources: Sequence[Resource]) -> Iterator[Problem]:
    found: dict[tuple[str, str], int] = defaultdict(int)
    for resource in resources:
        by, most, what = _COUNTS.get(resource.type.removeprefix("aws:"), ("", 0, ""))
        if not by:
            continue
        key = (resource.type, str(resource.inputs.get(by)))
        found[key] += 1
        if found[key] == most + 1:
            yield _problem(resource, by, most + 1, f"{what} of {key[1]}; {most} are allowed")


def _length(text: object) -> int:
    """Return the characters of a document without the white space between its parts."""
    if not isinstance(text, str):
        return 0
    try:
        return len(json.dumps(json.loads(text), separators=(",", ":"), ensure_ascii=False))
    except ValueError:
        return len(text)


def _problem(resource: Resource, name: str, value: int, message: str) -> Problem:
    return Problem(
        layer=resource.layer,
        resource=resource.urn,
        property=name,
        value=str(value),
        message=message,
        fix="Use shorter names or fewer projects in this platform, or ask AWS for a higher quota.",
    )
