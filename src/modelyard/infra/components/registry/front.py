"""The registry's door: an internal load balancer, with TLS where there is a domain."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from modelyard.infra.components import names
from modelyard.infra.components.registry.groups import PORT
from modelyard.infra.components.serving.certificate import Certificate, CertificateArgs

_TLS = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"


@dataclass(frozen=True, kw_only=True)
class FrontArgs:
    """`host` and `zone_id` go together: a certificate and a name; without them the door speaks HTTP, inside only."""

    project: str
    env: str
    vpc_id: pulumi.Input[str]
    subnet_ids: pulumi.Input[Sequence[str]]
    security_group_id: pulumi.Input[str]
    log_bucket: pulumi.Input[str]
    keep: bool
    host: str | None = None
    zone_id: str | None = None


class Front(pulumi.ComponentResource):
    """Produces the load balancer, its target group and listener, and with a domain its certificate and record."""

    def __init__(self, name: str, args: FrontArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:registry:Front", name, None, opts)
        self._name, self._args = name, args
        self._child = pulumi.ResourceOptions(parent=self)
        called = names.physical(args.project, args.env, "registry", 32)
        self.balancer = aws.lb.LoadBalancer(
            name,
            name=called,
            internal=True,
            load_balancer_type="application",
            subnets=args.subnet_ids,
            security_groups=[args.security_group_id],
            drop_invalid_header_fields=True,
            desync_mitigation_mode="strictest",
            enable_deletion_protection=args.keep,
            idle_timeout=300,  # large artifacts go through the server
            access_logs={"bucket": args.log_bucket, "prefix": "alb/registry", "enabled": True},
            opts=self._child,
        )
        self.target = self._target(called)
        self.listener = self._listener()
        self.arn_suffix, self.target_arn_suffix = self.balancer.arn_suffix, self.target.arn_suffix
        self.address = self._address()
        self.register_outputs({"address": self.address, "target_group_arn": self.target.arn})

    def _target(self, called: str) -> aws.lb.TargetGroup:
        return aws.lb.TargetGroup(
            self._name,
            name=called,
            vpc_id=self._args.vpc_id,
            port=PORT,
            protocol="HTTP",
            target_type="ip",
            deregistration_delay=60,
            # does not touch the database: a slow query must not take the server out
            health_check={"path": "/health", "matcher": "200", "interval": 15, "timeout": 5, "healthy_threshold": 2},
            opts=self._child,
        )

    def _listener(self) -> aws.lb.Listener:
        secure = self._secure()
        return aws.lb.Listener(
            self._name,
            load_balancer_arn=self.balancer.arn,
            port=443 if secure else 80,
            protocol="HTTPS" if secure else "HTTP",
            ssl_policy=_TLS if secure else None,
            certificate_arn=secure,
            default_actions=[{"type": "forward", "target_group_arn": self.target.arn}],
            opts=self._child,
        )

    def _secure(self) -> pulumi.Output[str] | None:
        host, zone = self._args.host, self._args.zone_id
        if host is None or zone is None:
            return None
        aws.route53.Record(
            self._name,
            zone_id=zone,
            name=host,
            type="A",
            aliases=[
                {
                    "name": self.balancer.dns_name,
                    "zone_id": self.balancer.zone_id,
                    "evaluate_target_health": True,
                }
            ],
            opts=self._child,
        )
        return Certificate(self._name, CertificateArgs(host=host, zone_id=zone), self._child).arn

    def _address(self) -> pulumi.Output[str]:
        if self._args.host is not None:
            return pulumi.Output.from_input(f"https://{self._args.host}")
        return pulumi.Output.concat("http://", self.balancer.dns_name)
