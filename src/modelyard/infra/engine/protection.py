"""Takes the protection off what holds data, when a person asked for its deletion.

Pulumi's own protection is one thing; the services have theirs: a database refuses to be deleted, a bucket with objects
too. The layer's program is run once more with all of it switched off, on what exists only.
"""

from collections.abc import Mapping
from typing import Any

import pulumi

from modelyard.infra.engine.programs import Program

# Type -> the arguments that let go of it.
_LOOSE: dict[str, dict[str, bool]] = {
    "aws:rds/instance:Instance": {"deletion_protection": False},
    "aws:lb/loadBalancer:LoadBalancer": {"enable_deletion_protection": False},
    "aws:eks/cluster:Cluster": {"deletion_protection": False},
    "aws:s3/bucket:Bucket": {"force_destroy": True},
    "aws:ecr/repository:Repository": {"force_delete": True},
    "aws:athena/workgroup:Workgroup": {"force_destroy": True},
}


class Loosened(Program):
    """A layer's program in which nothing is protected and nothing is kept."""

    def __call__(self) -> None:
        """Run the program."""
        pulumi.runtime.register_stack_transformation(_let_go)
        super().__call__()


def held(state: Mapping[str, Any]) -> list[str]:
    """Return the URNs of what would not let itself be deleted, or would be kept."""
    return [
        r["urn"]
        for r in state.get("resources") or []
        if r.get("custom") and (r.get("protect") or r.get("retainOnDelete") or r["type"] in _LOOSE)
    ]


def _let_go(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult:
    changed = pulumi.ResourceOptions.merge(args.opts, pulumi.ResourceOptions(protect=False, retain_on_delete=False))
    return pulumi.ResourceTransformationResult({**args.props, **_LOOSE.get(args.type_, {})}, changed)
