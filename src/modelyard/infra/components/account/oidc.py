"""GitHub's identity provider: what lets a workflow become a role without any stored key."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

HOST = "token.actions.githubusercontent.com"
AUDIENCE = "sts.amazonaws.com"


@dataclass(frozen=True, kw_only=True)
class GithubProviderArgs:
    """An account has one such provider; `adopt` uses the one that is there."""

    account: str
    adopt: bool


class GithubProvider(pulumi.ComponentResource):
    """Produces the OpenID Connect provider, unless it is adopted."""

    arn: pulumi.Output[str]

    def __init__(self, name: str, args: GithubProviderArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:account:GithubProvider", name, None, opts)
        if args.adopt:
            self.arn = pulumi.Output.from_input(f"arn:aws:iam::{args.account}:oidc-provider/{HOST}")
        else:
            # no thumbprints: IAM has trusted GitHub's certificate authorities by itself since 2023
            provider = aws.iam.OpenIdConnectProvider(
                name,
                url=f"https://{HOST}",
                client_id_lists=[AUDIENCE],
                opts=pulumi.ResourceOptions(parent=self),
            )
            self.arn = provider.arn
        self.register_outputs({"arn": self.arn})
