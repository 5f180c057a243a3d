"""Tables of the lake by name, and a workgroup that asks them with a ceiling on what a question may scan."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from modelyard.infra.components.lake.bucket import RESULTS


@dataclass(frozen=True, kw_only=True)
class CatalogueArgs:
    """`name` is the workgroup and begins the databases.

    `zones` are the top folders of the bucket, each a database; answers go to a folder of their own.
    """

    name: str
    bucket: pulumi.Input[str]
    zones: Sequence[str]
    key_arn: pulumi.Input[str]
    cutoff_gb: int


class Catalogue(pulumi.ComponentResource):
    """Produces a Glue database per zone and an Athena workgroup."""

    def __init__(self, name: str, args: CatalogueArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:lake:Catalogue", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        databases = {
            zone: aws.glue.CatalogDatabase(
                f"{name}-{zone}",
                name=f"{args.name.replace('-', '_')}_{zone}",
                description=f"Tables under {zone}/",
                location_uri=pulumi.Output.concat("s3://", args.bucket, f"/{zone}/"),
                opts=child,
            )
            for zone in args.zones
        }
        self.databases = {zone: database.name for zone, database in databases.items()}
        location = pulumi.Output.concat("s3://", args.bucket, f"/{RESULTS}")
        workgroup = aws.athena.Workgroup(
            name,
            name=args.name,
            description="Questions to the lake",
            force_destroy=True,
            configuration={
                "enforce_workgroup_configuration": True,
                "publish_cloudwatch_metrics_enabled": True,
                "bytes_scanned_cutoff_per_query": args.cutoff_gb * 1024**3,
                "engine_version": {"selected_engine_version": "Athena engine version 3"},
                "result_configuration": {
                    "output_location": location,
                    "encryption_configuration": {"encryption_option": "SSE_KMS", "kms_key_arn": args.key_arn},
                },
            },
            opts=child,
        )
        self.workgroup, self.workgroup_arn = workgroup.name, workgroup.arn
        self.database_arns = [database.arn for database in databases.values()]
        self.register_outputs({"databases": self.databases, "workgroup": self.workgroup})
