"""The token with which EventBridge speaks to GitHub; one connection for all repositories of an environment."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from modelyard.infra.components import names, unseen


@dataclass(frozen=True, kw_only=True)
class GithubConnectionArgs:
    """Where the token lies: a fine-grained one, with `contents: write` on the ML repositories and nothing else.

    An API destination cannot make tokens of a GitHub App; when the token expires, deliveries fail into the queue.
    """

    project: str
    env: str
    token_secret: str


class GithubConnection(pulumi.ComponentResource):
    """Makes a `cloudwatch.EventConnection`; EventBridge keeps the token in a secret that only it reads."""

    arn: pulumi.Output[str]

    def __init__(self, name: str, args: GithubConnectionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:monitoring:GithubConnection", name, None, opts)
        token = unseen.secret(lambda: _read(args.token_secret))
        header = pulumi.Output.secret(pulumi.Output.concat("Bearer ", token))
        connection = aws.cloudwatch.EventConnection(
            name,
            name=names.physical(args.project, args.env, "github", 64),
            authorization_type="API_KEY",
            auth_parameters={"api_key": {"key": "Authorization", "value": header}},
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.arn = connection.arn
        self.register_outputs({"arn": self.arn})


def _read(secret: str) -> pulumi.Output[str]:
    return aws.secretsmanager.get_secret_version_output(secret_id=secret).secret_string
