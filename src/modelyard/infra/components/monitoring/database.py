"""What RDS itself says of the database: failures, and changes and maintenance that nobody asked for."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from modelyard.infra.components import names

# source -> categories (Security Hub user guide, RDS.20 and RDS.21)
_HEARD: Mapping[str, tuple[str, ...]] = {
    "db-instance": ("configuration change", "failure", "maintenance"),
    "db-parameter-group": ("configuration change",),
}


@dataclass(frozen=True, kw_only=True)
class DatabaseEventsArgs:
    """The database, its parameter group, and the topic, whose policy and key must admit RDS before this is made."""

    project: str
    env: str
    database: pulumi.Input[str]
    parameters: pulumi.Input[str]
    tell: pulumi.Input[str]


class DatabaseEvents(pulumi.ComponentResource):
    """Makes an `rds.EventSubscription` for each kind of source."""

    def __init__(self, name: str, args: DatabaseEventsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:monitoring:DatabaseEvents", name, None, opts)
        sources = {"db-instance": args.database, "db-parameter-group": args.parameters}
        for kind, categories in _HEARD.items():
            aws.rds.EventSubscription(
                f"{name}-{kind}",
                name=names.physical(args.project, args.env, kind, 255),
                sns_topic=args.tell,
                source_type=kind,
                source_ids=[sources[kind]],
                event_categories=list(categories),
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.register_outputs({})
