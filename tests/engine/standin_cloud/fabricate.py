"""Ids, ARNs and the computed outputs that a service would answer with: plausible, and the same for the same name."""

import hashlib
import typing
from typing import Any

import pulumi
from pulumi import _types
from standin_cloud import kinds, rules

ACCOUNT = "123456789012"
PREFIXES = {
    "aws:ec2/vpc:Vpc": "vpc", "aws:ec2/subnet:Subnet": "subnet", "aws:ec2/securityGroup:SecurityGroup": "sg",
    "aws:ec2/routeTable:RouteTable": "rtb", "aws:ec2/internetGateway:InternetGateway": "igw",
    "aws:ec2/eip:Eip": "eipalloc",
    "aws:ec2/natGateway:NatGateway": "nat", "aws:ec2/vpcEndpoint:VpcEndpoint": "vpce", "aws:ec2/flowLog:FlowLog": "fl",
    "aws:ec2/networkAcl:NetworkAcl": "acl", "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": "sg",
    "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl": "acl", "aws:ec2/defaultRouteTable:DefaultRouteTable": "rtb",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": "sgr",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": "sgr",
    "aws:ec2/launchTemplate:LaunchTemplate": "lt", "aws:ec2/routeTableAssociation:RouteTableAssociation": "rtbassoc",
}  # fmt: skip
ARN_IS_ID = (
    "aws:lb/", "aws:iam/policy:", "aws:iam/openIdConnectProvider:", "aws:sns/topic", "aws:ecs/cluster:",
    "aws:ecs/service:",
    "aws:acm/", "aws:secretsmanager/secret:", "aws:wafv2/webAcl", "aws:costexplorer/", "aws:codebuild/project:",
)  # fmt: skip


def digest(*parts: object) -> str:
    """Return 17 hexadecimal digits that depend on every part."""
    return hashlib.sha256("/".join(map(str, parts)).encode()).hexdigest()[:17]


def physical(token: str, inputs: dict, urn: str) -> str:
    """Return the name under which the service knows a resource."""
    prop = rules.NAMES.get(token, (None, None))[0]
    names = [inputs.get(p) for p in (prop, *rules.identity(token)) if p and inputs.get(p)]
    if names and isinstance(names[-1], str):
        return names[-1] if not prop else str(inputs.get(prop) or names[-1])
    return f"{urn.rsplit('::', 1)[-1]}-{digest(urn)[:7]}"


def arn(token: str, name: str, region: str) -> str:
    """Return the ARN of a resource: services differ in the form, what matters is that it is one and its own."""
    service, _, rest = token.split(":", 1)[1].partition("/")
    kind = rest.rsplit(":", 1)[-1]
    if token == "aws:s3/bucket:Bucket":
        return f"arn:aws:s3:::{name}"
    if service == "iam":
        return f"arn:aws:iam::{ACCOUNT}:{_iam(kind)}/{name}"
    plain = {"sns", "sqs"}
    place = name if service in plain else f"log-group:{name}" if kind == "LogGroup" else f"{kind.lower()}/{name}"
    names = {"lb": "elasticloadbalancing", "cloudwatch": "logs" if kind == "LogGroup" else "cloudwatch"}
    return f"arn:aws:{names.get(service, service)}:{region}:{ACCOUNT}:{place}"


def _iam(kind: str) -> str:
    return {"OpenIdConnectProvider": "oidc-provider", "InstanceProfile": "instance-profile"}.get(kind, kind.lower())


def identifier(token: str, inputs: dict, urn: str, region: str, nth: int) -> str:
    """Return the id that the provider gives a resource."""
    name = physical(token, inputs, urn)
    if token in PREFIXES:
        return f"{PREFIXES[token]}-{digest(urn, nth)}"
    if token.startswith(ARN_IS_ID):
        return arn(token, name, region)
    if token == "aws:kms/key:Key":
        h = digest(urn, nth) + digest(nth, urn)
        return f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:32]}"
    parts = [str(inputs[p]) for p in rules.identity(token) if inputs.get(p) is not None]
    return ",".join(parts) if parts else f"{token.rsplit(':', 1)[-1].lower()}-{digest(urn, nth)}"


def computed(kind: kinds.Kind, inputs: dict, known: dict[str, Any]) -> dict[str, Any]:
    """Return every output that the SDK promises and the inputs do not give."""
    missing = [name for name in promised(kind.resource) if inputs.get(name) is None or isinstance(inputs[name], dict)]
    made = {name: known.get(name, _value(kind.outputs[name], known["name"], name)) for name in missing}
    return made | {k: v for k, v in known.items() if k in kind.outputs and inputs.get(k) is None}


def promised(owner: type) -> list[str]:
    """Return the wire names of the outputs that are never absent: those not declared Optional."""
    getters = [p.fget for p in vars(owner).values() if isinstance(p, property) and p.fget]
    return [g._pulumi_name for g in getters if hasattr(g, "_pulumi_name") and not _optional(g)]


def _optional(getter: Any) -> bool:
    returned = getter.__annotations__.get("return", Any)
    if typing.get_origin(returned) is pulumi.Output:
        returned = typing.get_args(returned)[0]
    return type(None) in typing.get_args(returned)


def _value(hint: Any, name: str, prop: str) -> Any:
    origin = typing.get_origin(hint)
    if _types.is_output_type(hint):
        of = _types.output_type_types(hint)
        wire = _types._py_to_pulumi_names_from_py_properties(hint)
        return {wire.get(n, n): _value(_types.unwrap_type(t), name, n) for n, t in of.items()}
    if origin is not None and issubclass(origin, typing.Sequence):
        inner = typing.get_args(hint)[0]
        return [_value(_types.unwrap_type(inner), name, prop)]
    if origin is not None and issubclass(origin, typing.Mapping):
        return {}
    return {bool: False, int: 1, float: 1.0}.get(hint, f"{name}-{prop}")
