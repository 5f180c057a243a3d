"""The network of one environment."""

import pulumi

from modelyard.infra.components import names
from modelyard.infra.components.key import CustomerKey, CustomerKeyArgs, for_logs
from modelyard.infra.components.network import Endpoints, EndpointsArgs, FlowLogs, FlowLogsArgs, Vpc, VpcArgs
from modelyard.infra.platform.layers import NetworkLayer
from modelyard.infra.platform.stack import read

settings = read(NetworkLayer)
network = settings.network
name = names.physical(settings.platform, settings.env, "network")
logs_key = CustomerKey(
    "logs",
    CustomerKeyArgs(
        alias=names.physical(settings.platform, settings.env, "logs"),
        description=f"Log groups of {settings.platform} {settings.env}",
        account=settings.account,
        statements=[for_logs(settings.region, settings.account)],
    ),
)
pulumi.export("logs_key_arn", logs_key.arn)
if network.vpc:
    pulumi.export("vpc_id", network.vpc.id)
    pulumi.export("vpc_cidr", network.vpc.cidr)
    pulumi.export("private_subnet_ids", list(network.vpc.private_subnets))
    pulumi.export("public_subnet_ids", list(network.vpc.public_subnets))
    pulumi.export("isolated_subnet_ids", list(network.vpc.isolated_subnets or network.vpc.private_subnets))
else:
    vpc = Vpc("main", VpcArgs(name=name, cidr=network.cidr, zones=network.zones, nat=network.nat))
    Endpoints(
        "main",
        EndpointsArgs(
            name=name,
            region=settings.region,
            vpc_id=vpc.id,
            vpc_cidr=network.cidr,
            subnet_ids=vpc.private_ids,
            route_table_ids=vpc.route_table_ids,
            services=network.endpoints,
        ),
    )
    if network.flow_logs:
        FlowLogs(
            "flow-logs",
            FlowLogsArgs(
                name=names.physical(settings.platform, settings.env, "flow-logs", 64),
                account=settings.account,
                group=names.path(settings.platform, settings.env, "flow-logs"),
                vpc_id=vpc.id,
                key_arn=logs_key.arn,
                retention_days=network.flow_log_days,
            ),
        )
    subnets = {"private": vpc.private_ids, "public": vpc.public_ids, "isolated": vpc.isolated_ids}
    pulumi.export("vpc_id", vpc.id)
    pulumi.export("vpc_cidr", network.cidr)
    for kind, ids in subnets.items():
        pulumi.export(f"{kind}_subnet_ids", ids)
