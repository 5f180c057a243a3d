"""The model registry of one environment."""

import pulumi

from modelyard.infra.components import registry
from modelyard.infra.platform.layers import RegistryLayer
from modelyard.infra.platform.stack import read, upstream

settings = read(RegistryLayer)
config, domain = settings.registry, settings.domain
network, lake = upstream(settings, "network"), upstream(settings, "lake")

made = registry.Registry(
    "registry",
    registry.RegistryArgs(
        project=settings.platform,
        env=settings.env,
        region=settings.region,
        account=settings.account,
        sizes=registry.Sizes(**config.model_dump(exclude={"hosts", "allowed_cidrs"})),
        place=registry.Place(
            vpc_id=network.output("vpc_id"),
            private_subnet_ids=network.output("private_subnet_ids"),
            isolated_subnet_ids=network.output("isolated_subnet_ids"),
            log_bucket=lake.output("logs_bucket"),
            logs_key_arn=network.output("logs_key_arn"),
            log_days=settings.monitoring.log_days,
            cidrs=config.allowed_cidrs,
            hosts=config.hosts,
            host=f"registry.{domain.name}" if domain else None,
            zone_id=domain.zone_id if domain else None,
        ),
        storage=registry.Storage(
            bucket=lake.output("store_bucket"), arn=lake.output("store_arn"), key_arn=lake.output("key_arn")
        ),
        keep=settings.keeps_data,
    ),
)
pulumi.export("tracking_uri", made.front.address)
pulumi.export("client_security_group_id", made.groups.client.id)
pulumi.export("front_security_group_id", made.groups.front.id)
pulumi.export("repository_url", made.image.url)
pulumi.export("cluster_name", made.server.cluster_name)
pulumi.export("service_name", made.server.service_name)
pulumi.export("log_group", made.server.logs.name)
pulumi.export("admin_secret_arn", made.server.secret_arn)
pulumi.export("database_identifier", made.database.identifier)
pulumi.export("database_parameters", made.database.parameters)
pulumi.export("database_secret_arn", made.database.secret_arn)
pulumi.export("load_balancer_arn_suffix", made.front.arn_suffix)
pulumi.export("target_group_arn_suffix", made.front.target_arn_suffix)
