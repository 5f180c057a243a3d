"""IAM documents: statements that name what they allow, and the JSON of several of them."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

Statement = Mapping[str, Any]


def allow(
    sid: str,
    actions: Sequence[str],
    resources: Sequence[Any],
    *,
    condition: Mapping[str, Any] | None = None,
    principal: Mapping[str, Any] | None = None,
) -> Statement:
    """Return a statement that allows; in a resource's policy it also names its principal."""
    return _statement("Allow", sid, actions, resources, condition, principal)


def deny(
    sid: str,
    actions: Sequence[str],
    resources: Sequence[Any],
    *,
    condition: Mapping[str, Any] | None = None,
    principal: Mapping[str, Any] | str | None = None,
) -> Statement:
    """Return a statement that denies."""
    return _statement("Deny", sid, actions, resources, condition, principal)


def only_tls(actions: Sequence[str], resources: Sequence[Any]) -> Statement:
    """Return the statement of a resource's policy that turns away whoever comes without TLS."""
    return deny("OnlyTls", actions, resources, principal="*", condition={"Bool": {"aws:SecureTransport": "false"}})


def document(statements: Sequence[Statement]) -> pulumi.Output[str]:
    """Return the policy's JSON; parts of it may be outputs."""
    return pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": list(statements)})


def trust(service: str, account: str, *, tag_session: bool = False) -> str:
    """Return a trust policy for one AWS service, only on behalf of resources of this account."""
    actions = ["sts:AssumeRole", "sts:TagSession"] if tag_session else ["sts:AssumeRole"]
    condition = {"StringEquals": {"aws:SourceAccount": account}}
    principal = {"Service": service}
    given = allow("Service", actions, (), condition=condition, principal=principal)
    return json.dumps({"Version": "2012-10-17", "Statement": [given]})


def _statement(  # noqa: PLR0913 - the parts that a statement has
    effect: str,
    sid: str,
    actions: Sequence[str],
    resources: Sequence[Any],
    condition: Mapping[str, Any] | None,
    principal: Mapping[str, Any] | str | None,
) -> Statement:
    parts: dict[str, Any] = {"Sid": sid, "Effect": effect, "Action": list(actions)}
    parts |= {"Principal": principal} if principal is not None else {}
    parts |= {"Resource": list(resources)} if resources else {}
    return parts | ({"Condition": condition} if condition is not None else {})
