"""The ECS cluster and the load balancer that all services of one environment share."""

import pulumi

from modelyard.infra.components import serving
from modelyard.infra.platform.layers import ServingLayer
from modelyard.infra.platform.stack import read, upstream

settings = read(ServingLayer)
config, domain = settings.serving, settings.domain
network, lake = upstream(settings, "network"), upstream(settings, "lake")
who = {"project": settings.platform, "env": settings.env}
vpc = network.output("vpc_id")
host = f"models.{domain.name}" if domain else None

callers = serving.Callers("callers", serving.CallersArgs(**who, vpc_id=vpc))
clients = {"callers": callers.group_id, "runners": upstream(settings, "registry").output("client_security_group_id")}
certificate = None
if domain and host:
    certificate = serving.Certificate("tls", serving.CertificateArgs(host=host, zone_id=domain.zone_id)).arn

front = serving.Balancer(
    "front",
    serving.BalancerArgs(
        **who,
        vpc_id=vpc,
        subnets=network.output("public_subnet_ids" if config.public else "private_subnet_ids"),
        log_bucket=lake.output("logs_bucket"),
        public=config.public,
        certificate_arn=certificate,
        clients=clients,
        client_cidrs=config.allowed_cidrs,
        deletion_protection=config.deletion_protection,
    ),
)
if domain and host:
    named = {"host": host, "zone_id": domain.zone_id}
    serving.Host("host", serving.HostArgs(**named, balancer_dns=front.dns_name, balancer_zone_id=front.zone_id))
if config.public:
    serving.Firewall(
        "firewall",
        serving.FirewallArgs(
            **who,
            balancer_arn=front.arn,
            key_arn=network.output("logs_key_arn"),
            requests_per_5_minutes=config.requests_per_5_minutes,
            log_days=config.log_days,
        ),
    )
cluster = serving.ServiceCluster("services", serving.ServiceClusterArgs(**who))

outputs = {"cluster_arn": cluster.arn, "cluster_name": cluster.name, "callers_group_id": callers.group_id}
outputs |= {"listener_arn": front.listener_arn, "load_balancer_arn_suffix": front.arn_suffix}
outputs |= {"balancer_group_id": front.security_group_id, "balancer_dns": front.dns_name}
outputs |= {"url": pulumi.Output.concat("https://" if host else "http://", host or front.dns_name)}
for output, value in outputs.items():
    pulumi.export(output, value)
