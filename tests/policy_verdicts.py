"""Asks the policies of a planned role as IAM would: what denies wins, and what nothing allows is refused."""

import json
import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from platforms import only, planned, resources

from modelyard.infra.plan import Plan

Policy = list[dict[str, Any]]
_OF_WORKFLOWS = ("account", "lake")


class Role:
    """A role, with every policy that the layers give it, and its boundary; by default one of a workflow."""

    def __init__(self, name: str, env: str = "dev", layers: tuple[str, ...] = _OF_WORKFLOWS, **changes: Any) -> None:
        self._plans: list[Plan] = [planned(env, layer, **changes) for layer in layers]
        self._name = name

    def may(self, action: str, resource: str, **context: str) -> bool:
        """Say whether a request is allowed; keys of the context have `__` for the colon."""
        told = {key.replace("__", ":"): value for key, value in context.items()}
        return _verdicts(self.policy, action, resource, told) == {"Allow"} and self.could(action, resource, **context)

    def could(self, action: str, resource: str, **context: str) -> bool:
        """Say whether its boundary leaves room for a request, whatever its policies are."""
        told = {key.replace("__", ":"): value for key, value in context.items()}
        return _verdicts(self.boundary, action, resource, told) == {"Allow"}

    @cached_property
    def policy(self) -> Policy:
        """Return the statements of what is written into it and of what is attached to it."""
        found = [one for one in self._of("iam/rolePolicy:RolePolicy") if one["role"] == self._name]
        for one in self._of("iam/rolePolicyAttachment:RolePolicyAttachment"):
            found += [self._at(one["policyArn"])] if one["role"] == self._name else []
        return [statement for one in found for statement in json.loads(one["policy"])["Statement"]]

    @cached_property
    def boundary(self) -> Policy:
        """Return the statements of its boundary."""
        role = next(one for one in self._of("iam/role:Role") if one["name"] == self._name)
        return json.loads(self._at(role["permissionsBoundary"])["policy"])["Statement"]

    def _of(self, type_: str) -> list[dict[str, Any]]:
        return [one.inputs for made in self._plans for one in resources(made, type_)]

    def _at(self, arn: str) -> dict[str, Any]:
        return next(one for one in self._of("iam/policy:Policy") if arn.endswith(f":policy/{one['name']}"))


def store_arn(env: str = "dev") -> str:
    """Return the ARN of the bucket that is the store."""
    return f"arn:aws:s3:::{only(planned(env, 'lake'), 's3/bucket:Bucket', 'store')['bucket']}"


def _verdicts(policy: Policy, action: str, resource: str, context: Mapping[str, str]) -> set[str]:
    return {one["Effect"] for one in policy if applies(one, action, resource, context)}


def applies(statement: dict[str, Any], action: str, resource: str, context: Mapping[str, str]) -> bool:
    """Say whether a statement is about a request."""
    acts = _any(statement.get("Action", []), action.lower(), str.lower)
    acts = acts if "Action" in statement else not _any(statement["NotAction"], action.lower(), str.lower)
    about = _any(statement.get("Resource", []), resource)
    about = about if "Resource" in statement else not _any(statement["NotResource"], resource)
    return acts and about and _holds(statement.get("Condition", {}), context)


def _holds(conditions: dict[str, dict[str, Any]], context: Mapping[str, str]) -> bool:
    for operator, keys in conditions.items():
        assert operator in {"StringEquals", "StringLike"}, f"the simulation knows no {operator}"
        for key, wanted in keys.items():
            values = wanted if isinstance(wanted, list) else [wanted]
            there = context.get(key)
            if there is None or not (there in values if operator == "StringEquals" else _any(values, there)):
                return False
    return True


def _any(patterns: list[str], value: str, spelled: Any = str) -> bool:
    return any(
        re.fullmatch(re.escape(spelled(one)).replace(r"\*", ".*").replace(r"\?", "."), value) for one in patterns
    )
