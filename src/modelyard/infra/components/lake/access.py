"""Who may do what with the data: policies for people and tools, and for each ML repository's own roles."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from modelyard.infra.components.documents import Statement, allow, document
from modelyard.infra.components.lake.bucket import RESULTS

_READ = ("s3:GetObject", "s3:GetObjectVersion")
_WRITE = ("s3:PutObject", "s3:AbortMultipartUpload")


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
            _list(args.lake_arn, ["curated/*", results]),
            allow("Read", _READ, _under(args.lake_arn, ["curated/*", results])),
            allow("Answers", _WRITE, _under(args.lake_arn, [results])),
            allow("Catalogue", ["glue:GetDatabase", "glue:GetTable", "glue:GetTables", "glue:GetPartitions"],
                  _catalogue(args.database_arns)),
            allow("Ask", ["athena:StartQueryExecution", "athena:StopQueryExecution", "athena:GetQueryExecution",
                          "athena:GetQueryResults", "athena:GetWorkGroup"], [args.workgroup_arn]),
            _use_key(args.key_arn),
        ]  # fmt: skip
        zones = ["raw/*", "curated/*"]
        writer = [
            _list(args.lake_arn, zones),
            allow("Write", (*_READ, *_WRITE, "s3:DeleteObject"), _under(args.lake_arn, zones)),
            _use_key(args.key_arn),
        ]
        self.reader_arn = aws.iam.Policy(
            f"{name}-reader", name=f"{args.name}-reader", policy=document(reader), opts=child
        ).arn
        self.writer_arn = aws.iam.Policy(
            f"{name}-writer", name=f"{args.name}-writer", policy=document(writer), opts=child
        ).arn
        self.register_outputs({"reader": self.reader_arn, "writer": self.writer_arn})


@dataclass(frozen=True, kw_only=True)
class ProjectAccessArgs:
    """`project` is its folder in the store; `name` begins the names of its policies.

    `loop_role` is the name of the role of its workflows, which gets the policy `loop`.
    """

    project: str
    name: str
    loop_role: pulumi.Input[str]
    store_arn: pulumi.Input[str]
    lake_arn: pulumi.Input[str]
    key_arn: pulumi.Input[str]


class ProjectAccess(pulumi.ComponentResource):
    """Produces the policies of one ML repository: `trainer`, `server` (models in, captures out) and `loop`."""

    def __init__(self, name: str, args: ProjectAccessArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:lake:ProjectAccess", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        own = f"{args.project}/"
        trainer = [*_data(args), allow("Store", (*_READ, *_WRITE), _under(args.store_arn, [f"{own}*"]))]
        server = [
            _list(args.store_arn, [f"{own}*"]),
            allow("Models", _READ, _under(args.store_arn, [f"{own}models/*", f"{own}routing.json"])),
            allow("Captures", _WRITE, _under(args.store_arn, [f"{own}captures/*"])),
            _use_key(args.key_arn),
        ]
        # the loop compacts captures and retires models, so it alone may delete, and only versions stay
        loop = [*trainer, allow("Tidy", ["s3:DeleteObject"], _under(args.store_arn, [f"{own}*"]))]
        made = {"trainer": trainer, "server": server, "loop": loop}
        self.arns = {
            role: aws.iam.Policy(
                f"{name}-{role}", name=f"{args.name}-{role}", policy=document(statements), opts=child
            ).arn
            for role, statements in made.items()
        }
        aws.iam.RolePolicyAttachment(name, role=args.loop_role, policy_arn=self.arns["loop"], opts=child)
        self.register_outputs({"arns": self.arns})


def _data(args: ProjectAccessArgs) -> list[Statement]:
    zones = ["raw/*", "curated/*"]
    return [
        _list(args.lake_arn, zones),
        allow("ListStore", ["s3:ListBucket"], [args.store_arn], condition=_prefixes([f"{args.project}/*"])),
        allow("Lake", _READ, _under(args.lake_arn, zones)),
        _use_key(args.key_arn),
    ]


def _catalogue(databases: Sequence[pulumi.Input[str]]) -> list[pulumi.Output[str]]:
    """Return the databases, their tables and the catalogue itself: Glue asks for all three (Glue, resource ARNs)."""
    arns = [pulumi.Output.from_input(database) for database in databases]
    catalogues = [arn.apply(lambda arn: arn.partition(":database/")[0] + ":catalog") for arn in arns[:1]]
    tables = [arn.apply(lambda arn: arn.replace(":database/", ":table/") + "/*") for arn in arns]
    return [*catalogues, *arns, *tables]


def _list(bucket: pulumi.Input[str], prefixes: Sequence[str]) -> Statement:
    return allow("List", ["s3:ListBucket"], [bucket], condition=_prefixes(prefixes))


def _prefixes(prefixes: Sequence[str]) -> dict[str, dict[str, list[str]]]:
    return {"StringLike": {"s3:prefix": list(prefixes)}}


def _under(bucket: pulumi.Input[str], prefixes: Sequence[str]) -> list[pulumi.Output[str]]:
    return [pulumi.Output.concat(bucket, "/", prefix) for prefix in prefixes]


def _use_key(key: pulumi.Input[str]) -> Statement:
    return allow("Key", ["kms:Decrypt", "kms:GenerateDataKey"], [key])
