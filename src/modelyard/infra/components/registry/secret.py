"""The registry's own secrets: the administrator's password and the key of its sessions."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from modelyard.infra.components import unseen

_LENGTH = 40


@dataclass(frozen=True, kw_only=True)
class OwnSecretArgs:
    """`keep`: a deleted secret can be brought back for thirty days, otherwise for seven."""

    name: str
    key_arn: pulumi.Input[str]
    keep: bool


class OwnSecret(pulumi.ComponentResource):
    """Produces one secret with two random values, drawn once."""

    arn: pulumi.Output[str]

    def __init__(self, name: str, args: OwnSecretArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:registry:OwnSecret", name, None, opts)
        secret = aws.secretsmanager.Secret(
            name,
            name=args.name,
            description="MLflow: password of the user admin, and the key of its sessions",
            kms_key_id=args.key_arn,
            recovery_window_in_days=30 if args.keep else 7,
            opts=pulumi.ResourceOptions(parent=self),
        )
        drawn = {key: unseen.password(_LENGTH) for key in ("admin_password", "session_key")}
        aws.secretsmanager.SecretVersion(
            name,
            secret_id=secret.id,
            secret_string=pulumi.Output.secret(pulumi.Output.json_dumps(drawn)),
            # every run draws others; those in use stay
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["secretString"]),
        )
        self.arn = secret.arn
        self.register_outputs({"arn": self.arn})
