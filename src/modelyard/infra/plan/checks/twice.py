"""One physical name for two things: the second create would fail, or take over what the first has made."""

from collections.abc import Iterator, Sequence

from modelyard.infra.plan.checks.known import Known
from modelyard.infra.plan.checks.limits import LIMITS
from modelyard.infra.plan.records import Problem, Resource

# unique inside something else only: role, VPC, cluster
_INSIDE = {
    "iam/rolePolicy:RolePolicy": "role",
    "ec2/securityGroup:SecurityGroup": "vpcId",
    "ecs/service:Service": "cluster",
}


def twice(resources: Sequence[Resource], known: Known) -> Iterator[Problem]:  # noqa: ARG001 - one shape for all checks
    """Yield a problem for each resource whose physical name another of its type already has."""
    seen: dict[tuple[str, ...], Resource] = {}
    for resource in resources:
        token = resource.type.removeprefix("aws:")
        name = resource.inputs.get(LIMITS[token][0]) if token in LIMITS else None
        if not isinstance(name, str):
            continue
        # names are compared without regard to case by IAM and EC2
        key = (
            token,
            name.lower(),
            str(resource.inputs.get(_INSIDE.get(token, ""))),
            str(resource.inputs.get("region")),
        )
        first = seen.setdefault(key, resource)
        if first is not resource:
            yield Problem(
                layer=resource.layer,
                resource=resource.urn,
                property=LIMITS[token][0],
                value=name,
                message=f"is also the name of {first.name} in layer {first.layer}",
                fix="Give the platform, or one of the projects, another name.",
            )
