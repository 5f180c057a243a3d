"""The load balancer that all services share: internal, or public with TLS; 404 where no service has a rule."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi
import pulumi_aws as aws

from modelyard.infra.components import names

# forward secrecy and nothing older than TLS 1.2 (Elastic Load Balancing user guide, security policies)
TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"


@dataclass(frozen=True, kw_only=True)
class BalancerArgs:
    """Where it stands and who may reach it.

    Attributes:
        subnets: Public ones where `public`, private ones otherwise; in two zones or more.
        log_bucket: Takes its access logs; its policy lets them write below `alb/`.
        certificate_arn: TLS; without it the listener speaks HTTP, inside only.
        clients: Name -> security group that may reach an internal balancer.
        client_cidrs: Ranges that may too, such as a VPN.
    """

    project: str
    env: str
    vpc_id: pulumi.Input[str]
    subnets: pulumi.Input[Sequence[pulumi.Input[str]]]
    log_bucket: pulumi.Input[str]
    public: bool = False
    certificate_arn: pulumi.Input[str] | None = None
    clients: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    client_cidrs: Sequence[str] = ()
    deletion_protection: bool = False

    def __post_init__(self) -> None:
        if self.public and self.certificate_arn is None:
            raise ValueError(
                "A public load balancer needs a certificate: set serving.domain, or serving.public: false."
            )


class Balancer(pulumi.ComponentResource):
    """Makes an `lb.LoadBalancer`, its security group with one rule per client, and one listener.

    With TLS nothing listens on port 80: a redirect would come after the caller had already sent its token in clear.
    """

    arn: pulumi.Output[str]
    arn_suffix: pulumi.Output[str]
    dns_name: pulumi.Output[str]
    zone_id: pulumi.Output[str]
    listener_arn: pulumi.Output[str]
    security_group_id: pulumi.Output[str]
    port: int

    def __init__(self, name: str, args: BalancerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:serving:Balancer", name, None, opts)
        self._name, self._args = name, args
        self._mine = pulumi.ResourceOptions(parent=self)
        self.port = 443 if args.certificate_arn is not None else 80
        group = self._group()
        balancer = self._balancer(group)
        listener = self._listener(balancer)
        self.arn = balancer.arn
        self.arn_suffix = balancer.arn_suffix
        self.dns_name = balancer.dns_name
        self.zone_id = balancer.zone_id
        self.listener_arn = listener.arn
        self.security_group_id = group.id
        self.register_outputs({"arn": self.arn, "dns_name": self.dns_name, "listener_arn": self.listener_arn})

    def _group(self) -> aws.ec2.SecurityGroup:
        args = self._args
        group = aws.ec2.SecurityGroup(
            self._name,
            name=names.physical(args.project, args.env, "balancer", 255),
            description="Load balancer of the services",
            vpc_id=args.vpc_id,
            opts=self._mine,
        )
        if args.public:
            self._from("world", group, cidr_ipv4="0.0.0.0/0", description="Predictions from the internet, over TLS")
            return group
        for client, group_id in args.clients.items():
            self._from(client, group, referenced_security_group_id=group_id, description=f"From {client}")
        for cidr in args.client_cidrs:
            self._from(cidr.replace("/", "-"), group, cidr_ipv4=cidr, description="A range named in platform.yaml")
        return group

    def _from(self, who: str, group: aws.ec2.SecurityGroup, **source: Any) -> None:  # noqa: ANN401 - one of two sources
        aws.vpc.SecurityGroupIngressRule(
            f"{self._name}-from-{who}",
            security_group_id=group.id,
            ip_protocol="tcp",
            from_port=self.port,
            to_port=self.port,
            opts=self._mine,
            **source,
        )

    def _balancer(self, group: aws.ec2.SecurityGroup) -> aws.lb.LoadBalancer:
        args = self._args
        return aws.lb.LoadBalancer(
            self._name,
            name=names.physical(args.project, args.env, "serving", 32),
            internal=not args.public,
            load_balancer_type="application",
            subnets=args.subnets,
            security_groups=[group.id],
            drop_invalid_header_fields=True,
            desync_mitigation_mode="defensive",
            enable_deletion_protection=args.deletion_protection,
            access_logs={"bucket": args.log_bucket, "prefix": "alb/serving", "enabled": True},
            opts=self._mine,
        )

    def _listener(self, balancer: aws.lb.LoadBalancer) -> aws.lb.Listener:
        secure = self._args.certificate_arn is not None
        nothing: aws.lb.ListenerDefaultActionFixedResponseArgsDict = {
            "content_type": "application/json",
            "message_body": '{"detail": "No such service"}',
            "status_code": "404",
        }
        return aws.lb.Listener(
            self._name,
            load_balancer_arn=balancer.arn,
            port=self.port,
            protocol="HTTPS" if secure else "HTTP",
            ssl_policy=TLS_POLICY if secure else None,
            certificate_arn=self._args.certificate_arn,
            default_actions=[{"type": "fixed-response", "fixed_response": nothing}],
            opts=self._mine,
        )
