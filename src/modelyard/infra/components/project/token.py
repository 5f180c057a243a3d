"""The token that callers of a service must show: made once, kept in Secrets Manager, changed by hand or by rotation."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from modelyard.infra.components import names, unseen

_LENGTH = 48


@dataclass(frozen=True, kw_only=True)
class TokenArgs:
    """Whose token, and the key it is encrypted with."""

    project: str
    env: str
    key_arn: pulumi.Input[str]
    production: bool = False


class Token(pulumi.ComponentResource):
    """Makes a `secretsmanager.Secret` with a random first value; later values are left alone."""

    arn: pulumi.Output[str]
    first: pulumi.Output[str]

    def __init__(self, name: str, args: TokenArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:project:Token", name, None, opts)
        secret = aws.secretsmanager.Secret(
            name,
            name=names.path(args.project, args.env, "service-token"),
            description="Bearer token of /predict and /explain",
            kms_key_id=args.key_arn,
            recovery_window_in_days=30 if args.production else 7,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.first = unseen.password(_LENGTH)
        aws.secretsmanager.SecretVersion(
            f"{name}-first",
            secret_id=secret.id,
            secret_string=self.first,
            # every run draws another value; what callers use must not change with it
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["secretString"]),
        )
        self.arn = secret.arn
        self.register_outputs({"arn": self.arn})
