"""The tags of every resource, and the one place that puts them there.

A transformation of the stack adds them to each AWS resource that can carry tags, so that no component can forget them
and the plan, the policies and the bill all see them. (The provider's `default_tags` would hide them from the plan.)
"""

import functools
import inspect
from collections.abc import Mapping

import pulumi

PREFIX = "modelyard:"


def tags(env: str, layer: str, project: str, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the tags of a layer's resources. `extra` are the user's own; ours win."""
    ours = {"project": project, "env": env, "layer": layer}
    return {**(extra or {}), **{PREFIX + key: value for key, value in ours.items()}, "ManagedBy": "modelyard"}


def labels(env: str, layer: str, project: str) -> dict[str, str]:
    """Return the same facts as Kubernetes labels."""
    return {
        "app.kubernetes.io/managed-by": "modelyard",
        "modelyard.io/project": project,
        "modelyard.io/env": env,
        "modelyard.io/layer": layer,
    }


def put_on_everything(wanted: Mapping[str, str]) -> None:
    """Tag each AWS resource that this program makes from now on; tags a component sets itself win over these."""

    def transform(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        if not args.type_.startswith("aws:") or not _has_tags(type(args.resource)):
            return None
        given = args.props.get("tags")
        merged = pulumi.Output.from_input(given).apply(lambda own: {**wanted, **(own or {})}) if given else dict(wanted)
        return pulumi.ResourceTransformationResult(props={**args.props, "tags": merged}, opts=args.opts)

    pulumi.runtime.register_stack_transformation(transform)


@functools.cache
def _has_tags(resource: type) -> bool:
    init = getattr(resource, "_internal_init", None)
    return init is not None and "tags" in inspect.signature(init).parameters
