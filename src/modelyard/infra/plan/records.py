"""What a plan is: every resource of every layer as the engine would see it, and what is wrong with them."""

from typing import Any

from pydantic import Field

from modelyard.record import Record


class Resource(Record):
    """One resource of one layer.

    `inputs` are wire names (camelCase for AWS, plain for Kubernetes) with references already resolved.
    `depends_on` and `parent` are URNs. A secret is shown as `[secret]`.
    """

    layer: str
    type: str
    name: str
    urn: str
    parent: str | None
    inputs: dict[str, Any]
    protect: bool = False
    retain: bool = False
    ignore_changes: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()


class Layer(Record):
    """One Pulumi program: its resources in the order of their URNs, what it exports, and the layers it refers to."""

    name: str
    resources: tuple[Resource, ...]
    outputs: dict[str, Any]
    uses: tuple[str, ...] = Field((), exclude=True)  # for the graph; the contract of --json has no such key


class Problem(Record):
    """Something that AWS or the provider would refuse. `resource` is a URN, or empty for a whole layer."""

    layer: str
    resource: str
    property: str
    value: str
    message: str
    fix: str


class Plan(Record):
    """The platform of one environment, planned without an account."""

    env: str
    region: str
    account: str
    project: str | None
    layers: tuple[Layer, ...]
    problems: tuple[Problem, ...]
