"""The platform, planned without an account and without the Pulumi CLI."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from modelyard.infra.plan.records import Layer, Plan, Problem, Resource

if TYPE_CHECKING:
    from pathlib import Path

    from modelyard.infra.platform import EnvName, Platform

__all__ = ["Layer", "Plan", "Problem", "Resource", "plan"]


def plan(
    platform: "Platform", env: "EnvName", layers: Sequence[str] | None = None, *, ejected: "Path | None" = None
) -> Plan:
    """Run every program of an environment offline and return what it would make, with what is wrong.

    Args:
        platform: The configuration.
        env: dev, staging or prod.
        layers: Only these are in the result; the layers below them are run all the same.
        ejected: A folder whose layers are run instead of the shipped ones.

    Raises:
        RequestError: The environment or a layer does not exist, or a program fails.
    """
    from modelyard.infra.plan.whole import whole

    return whole(platform, env, layers, ejected)
