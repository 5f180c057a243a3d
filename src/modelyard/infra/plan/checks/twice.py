"""One physical name for two things: the second create would fail, or take over what the first has made."""

from collections.abc import Iterator, Sequence

from modelyard.infra.plan.checks.known import Known
from modelyard.infra.plan.checks.limits import LIMITS
from modelyard.infra.plan.records import Problem, Resource

_RULE = "lb/listenerRule:ListenerRule"
_FIX = "Give the platform, or one of the projects, another name."
_FIX_RULE = "Give one of the repositories another `priority` in platform.yaml; the order does not matter."
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
        found = _called(resource)
        if found is None:
            continue
        at, name, within = found
        first = seen.setdefault((resource.type, name.lower(), *within), resource)
        if first is not resource:
            yield Problem(
                layer=resource.layer,
                resource=resource.urn,
                property=at,
                value=name,
                message=f"is also the name of {first.name} in layer {first.layer}",
                fix=_FIX_RULE if at == "priority" else _FIX,
            )


def _called(resource: Resource) -> tuple[str, str, tuple[str, ...]] | None:
    """Return property, name, and within what the name is unique; compared without regard to case, as IAM and EC2 do."""
    inputs = resource.inputs
    if resource.type.startswith("kubernetes:"):
        metadata = inputs.get("metadata") or {}
        name = metadata.get("name") if isinstance(metadata, dict) else None
        return ("metadata.name", name, (str(metadata.get("namespace")),)) if isinstance(name, str) else None
    token = resource.type.removeprefix("aws:")
    if token == _RULE:
        return "priority", str(inputs.get("priority")), (str(inputs.get("listenerArn")),)
    name = inputs.get(LIMITS[token][0]) if token in LIMITS else None
    within = (str(inputs.get(_INSIDE.get(token, ""))), str(inputs.get("region")))
    return (LIMITS[token][0], name, within) if isinstance(name, str) else None
