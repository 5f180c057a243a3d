"""The connection to GitHub that CodeBuild uses: made here or given; a person authorises it once in the console."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws


@dataclass(frozen=True, kw_only=True)
class GithubConnectionArgs:
    """`existing` is used as it is; otherwise one called `name` is made, and stays PENDING until it is authorised."""

    name: str
    existing: str | None


class GithubConnection(pulumi.ComponentResource):
    """Produces a CodeConnections connection, unless one is given."""

    arn: pulumi.Output[str]

    def __init__(self, name: str, args: GithubConnectionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:ci:GithubConnection", name, None, opts)
        if args.existing is not None:
            self.arn = pulumi.Output.from_input(args.existing)
        else:
            connection = aws.codeconnections.Connection(
                name, name=args.name, provider_type="GitHub", opts=pulumi.ResourceOptions(parent=self)
            )
            self.arn = connection.arn
        self.register_outputs({"arn": self.arn})
