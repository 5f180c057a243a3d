"""The host name of a load balancer, in its zone."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws


@dataclass(frozen=True, kw_only=True)
class HostArgs:
    """The name, its zone, and the load balancer that answers."""

    host: str
    zone_id: pulumi.Input[str]
    balancer_dns: pulumi.Input[str]
    balancer_zone_id: pulumi.Input[str]


class Host(pulumi.ComponentResource):
    """Makes a `route53.Record`."""

    def __init__(self, name: str, args: HostArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:serving:Host", name, None, opts)
        alias: aws.route53.RecordAliasArgsDict = {
            "name": args.balancer_dns,
            "zone_id": args.balancer_zone_id,
            "evaluate_target_health": True,
        }
        aws.route53.Record(
            name,
            zone_id=args.zone_id,
            name=args.host,
            type="A",
            aliases=[alias],
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})
