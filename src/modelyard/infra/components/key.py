"""A customer key: rotated every year, deleted only after thirty days, used only inside its account."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from modelyard.infra.components.documents import Statement, allow, document


@dataclass(frozen=True, kw_only=True)
class CustomerKeyArgs:
    """`alias` without `alias/`; `services` may use the key on behalf of this account's resources.

    `protect` keeps it from being deleted with the stack: what it encrypts would be unreadable.
    """

    alias: str
    description: str
    account: str
    services: Sequence[str] = ()
    statements: Sequence[Statement] = ()
    protect: bool = False
    region: str | None = None


class CustomerKey(pulumi.ComponentResource):
    """Produces a KMS key and its alias."""

    arn: pulumi.Output[str]
    key_id: pulumi.Output[str]

    def __init__(self, name: str, args: CustomerKeyArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:security:CustomerKey", name, None, opts)
        key = aws.kms.Key(
            name,
            description=args.description,
            deletion_window_in_days=30,
            enable_key_rotation=True,
            rotation_period_in_days=365,
            policy=document(_statements(args)),
            region=args.region,
            opts=pulumi.ResourceOptions(parent=self, protect=args.protect),
        )
        aws.kms.Alias(
            name,
            name=f"alias/{args.alias}",
            target_key_id=key.key_id,
            region=args.region,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.arn, self.key_id = key.arn, key.key_id
        self.register_outputs({"arn": key.arn, "key_id": key.key_id})


def for_logs(region: str, account: str) -> Statement:
    """Let CloudWatch Logs use a key, for log groups of this account only (CloudWatch Logs user guide, encryption)."""
    return allow(
        "Logs",
        ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
        ["*"],
        principal={"Service": f"logs.{region}.amazonaws.com"},
        condition={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:{region}:{account}:log-group:*"}},
    )


def _statements(args: CustomerKeyArgs) -> list[Statement]:
    # a key's policy speaks of the key it belongs to: "*" there is this key
    owner = {"AWS": f"arn:aws:iam::{args.account}:root"}
    statements = [allow("Account", ["kms:*"], ["*"], principal=owner), *args.statements]
    if args.services:
        statements.append(
            allow(
                "Services",
                ["kms:Decrypt", "kms:GenerateDataKey*"],
                ["*"],
                principal={"Service": list(args.services)},
                condition={"StringEquals": {"aws:SourceAccount": args.account}},
            )
        )
    return statements
