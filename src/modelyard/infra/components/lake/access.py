"""What the roles of one ML repository may do with its folder of the store, and with the lake."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from modelyard.infra.components.documents import Statement, allow, document
from modelyard.infra.components.lake.objects import READ, WRITE, below, listing, under, use_key

_MERGED = "captures/date=*"
_FOUND = ("alerts.json", "monitoring/*")
_LOOKED_AT = (
    "routing.json",
    "models/*.json",
    _MERGED,
    "captures/boots/*",
    "labels/*",
    "audit/*",
    "releases/*",
    *_FOUND,
)


@dataclass(frozen=True, kw_only=True)
class ProjectAccessArgs:
    """`project` is its folder in the store; `name` begins the names of its policies.

    `loop_role` and `watch_role` are the names of roles of its workflows, which get the policies `loop` and `watch`.
    """

    project: str
    name: str
    loop_role: pulumi.Input[str]
    watch_role: pulumi.Input[str]
    store_arn: pulumi.Input[str]
    lake_arn: pulumi.Input[str]
    key_arn: pulumi.Input[str]


class ProjectAccess(pulumi.ComponentResource):
    """Produces the policies of one ML repository.

    `trainer` keeps snapshots, `server` takes models in and captures out, `loop` writes all of it, `watch` looks.
    """

    def __init__(self, name: str, args: ProjectAccessArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:lake:ProjectAccess", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        own = f"{args.project}/"
        data, everything = _data(args), under(args.store_arn, [f"{own}*"])
        snapshots = under(args.store_arn, [f"{own}snapshots/*"])
        # a training job keeps the rows that it was given; what is registered and what serves is for `loop` to write
        trainer = [*data, allow("Store", READ, everything), allow("Snapshots", WRITE, snapshots)]
        server = [
            listing(args.store_arn, [f"{own}*"]),
            allow("Models", READ, under(args.store_arn, [f"{own}models/*", f"{own}routing.json"])),
            allow("Captures", WRITE, under(args.store_arn, [f"{own}captures/*"])),
            use_key(args.key_arn),
        ]
        # the loop compacts captures and retires models, so it alone may delete, and only versions stay
        loop = [
            *data,
            allow("Store", (*READ, *WRITE), everything),
            allow("Tidy", ["s3:DeleteObject"], everything),
        ]
        made = {"trainer": trainer, "server": server, "loop": loop, "watch": _watch(args)}
        self.arns = {
            role: aws.iam.Policy(
                f"{name}-{role}", name=f"{args.name}-{role}", policy=document(statements), opts=child
            ).arn
            for role, statements in made.items()
        }
        aws.iam.RolePolicyAttachment(name, role=args.loop_role, policy_arn=self.arns["loop"], opts=child)
        aws.iam.RolePolicyAttachment(f"{name}-watch", role=args.watch_role, policy_arn=self.arns["watch"], opts=child)
        self.register_outputs({"arns": self.arns})


def _watch(args: ProjectAccessArgs) -> list[Statement]:
    """Return what `monitor` and `report` ask of the store; nobody approves them, so nothing that answers is written.

    A retraining begins with a write of retraining.json, which is not among these: another role does that.
    """
    merged, found, looked_at = (
        under(args.store_arn, [f"{args.project}/{key}" for key in keys]) for keys in ([_MERGED], _FOUND, _LOOKED_AT)
    )
    return [
        _list_store(args),
        allow("Look", ["s3:GetObject"], looked_at),
        allow("Note", WRITE, found),
        allow("Merge", (*WRITE, "s3:DeleteObject"), merged),  # the small files of a day become one
        use_key(args.key_arn),
    ]


def _data(args: ProjectAccessArgs) -> list[Statement]:
    zones = ["raw/*", "curated/*"]
    return [
        listing(args.lake_arn, zones),
        _list_store(args),
        allow("Lake", READ, under(args.lake_arn, zones)),
        use_key(args.key_arn),
    ]


def _list_store(args: ProjectAccessArgs) -> Statement:
    # all of its folder: S3 says that a key is absent, and not forbidden, to who may list the key itself
    return allow("ListStore", ["s3:ListBucket"], [args.store_arn], condition=below([f"{args.project}/*"]))
