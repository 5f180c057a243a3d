"""Who may do what with the zones of the lake: policies for people and tools."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from modelyard.infra.components.documents import allow, document
from modelyard.infra.components.lake.bucket import RESULTS
from modelyard.infra.components.lake.objects import READ, WRITE, listing, under, use_key


@dataclass(frozen=True, kw_only=True)
class ZoneAccessArgs:
    """`name` begins the names of the two policies; the rest is the lake's, and what answers questions about it."""

    name: str
    lake_arn: pulumi.Input[str]
    key_arn: pulumi.Input[str]
    database_arns: Sequence[pulumi.Input[str]]
    workgroup_arn: pulumi.Input[str]


class ZoneAccess(pulumi.ComponentResource):
    """Produces the policies `reader` (curated data, and questions) and `writer` (raw and curated data)."""

    def __init__(self, name: str, args: ZoneAccessArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:lake:ZoneAccess", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        results = f"{RESULTS}*"
        reader = [
            listing(args.lake_arn, ["curated/*", results]),
            allow("Read", READ, under(args.lake_arn, ["curated/*", results])),
            allow("Answers", WRITE, under(args.lake_arn, [results])),
            allow("Catalogue", ["glue:GetDatabase", "glue:GetTable", "glue:GetTables", "glue:GetPartitions"],
                  _catalogue(args.database_arns)),
            allow("Ask", ["athena:StartQueryExecution", "athena:StopQueryExecution", "athena:GetQueryExecution",
                          "athena:GetQueryResults", "athena:GetWorkGroup"], [args.workgroup_arn]),
            use_key(args.key_arn),
        ]  # fmt: skip
        zones = ["raw/*", "curated/*"]
        writer = [
            listing(args.lake_arn, zones),
            allow("Write", (*READ, *WRITE, "s3:DeleteObject"), under(args.lake_arn, zones)),
            use_key(args.key_arn),
        ]
        self.reader_arn = aws.iam.Policy(
            f"{name}-reader", name=f"{args.name}-reader", policy=document(reader), opts=child
        ).arn
        self.writer_arn = aws.iam.Policy(
            f"{name}-writer", name=f"{args.name}-writer", policy=document(writer), opts=child
        ).arn
        self.register_outputs({"reader": self.reader_arn, "writer": self.writer_arn})


def _catalogue(databases: Sequence[pulumi.Input[str]]) -> list[pulumi.Output[str]]:
    """Return the databases, their tables and the catalogue itself: Glue asks for all three (Glue, resource ARNs)."""
    arns = [pulumi.Output.from_input(database) for database in databases]
    catalogues = [arn.apply(lambda arn: arn.partition(":database/")[0] + ":catalog") for arn in arns[:1]]
    tables = [arn.apply(lambda arn: arn.replace(":database/", ":table/") + "/*") for arn in arns]
    return [*catalogues, *arns, *tables]
