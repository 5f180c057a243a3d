"""The two target groups that a rollout moves traffic between, and the shared listener's rule that points at them."""

import re
import zlib
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from modelyard.infra.components import names
from modelyard.infra.components.project.task import PORT

PUBLIC_ROUTES = ("predict", "explain")
COLOURS = ("blue", "green")


@dataclass(frozen=True, kw_only=True)
class TargetsArgs:
    """Which listener, and the path below which the service answers.

    Attributes:
        public: The listener faces the internet: only /predict and /explain get through.
        priority: Place of the rule among the listener's, 1 to 50000; by default derived from the project's name.
    """

    project: str
    env: str
    vpc_id: pulumi.Input[str]
    listener_arn: pulumi.Input[str]
    public: bool = False
    priority: int | None = None


class Targets(pulumi.ComponentResource):
    """Makes two `lb.TargetGroup` and one `lb.ListenerRule`, whose weights belong to ECS afterwards."""

    blue_arn: pulumi.Output[str]
    green_arn: pulumi.Output[str]
    suffixes: tuple[pulumi.Output[str], ...]
    rule_arn: pulumi.Output[str]
    path: str

    def __init__(self, name: str, args: TargetsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:project:Targets", name, None, opts)
        self._name, self._args = name, args
        self.path = f"/{args.project}"
        blue, green = (self._group(colour) for colour in COLOURS)
        rule = self._rule(blue, green)
        self.blue_arn, self.green_arn = blue.arn, green.arn
        self.suffixes = (blue.arn_suffix, green.arn_suffix)
        self.rule_arn = rule.arn
        self.register_outputs({"blue_arn": self.blue_arn, "green_arn": self.green_arn, "rule_arn": self.rule_arn})

    def _group(self, colour: str) -> aws.lb.TargetGroup:
        args = self._args
        return aws.lb.TargetGroup(
            f"{self._name}-{colour}",
            name=names.physical(args.project, args.env, colour, 32),
            vpc_id=args.vpc_id,
            target_type="ip",
            protocol="HTTP",
            port=PORT,
            deregistration_delay=30,
            # /healthz, not /readyz: the first deployment has no model yet and must become healthy all the same
            health_check={
                "path": "/healthz",
                "matcher": "200",
                "interval": 15,
                "timeout": 5,
                "healthy_threshold": 2,
                "unhealthy_threshold": 3,
            },
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _rule(self, blue: aws.lb.TargetGroup, green: aws.lb.TargetGroup) -> aws.lb.ListenerRule:
        args = self._args
        # the server knows nothing of the path that the shared listener tells projects apart by
        rewrite: aws.lb.ListenerRuleTransformUrlRewriteConfigRewriteArgsDict = {
            "regex": f"^{re.escape(self.path)}/(.*)$",
            "replace": "/$1",
        }
        return aws.lb.ListenerRule(
            self._name,
            listener_arn=args.listener_arn,
            priority=args.priority or priority(args.project),
            conditions=[{"path_pattern": {"values": self._paths()}}],
            transforms=[{"type": "url-rewrite", "url_rewrite_config": {"rewrite": rewrite}}],
            actions=[{"type": "forward", "forward": _forward(blue.arn, green.arn)}],
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["actions"]),
        )

    def _paths(self) -> list[str]:
        routes = PUBLIC_ROUTES if self._args.public else ("*",)
        return [f"{self.path}/{route}" for route in routes]


def priority(project: str) -> int:
    """Return a rule's priority, 1 to 49000, always the same for a name; paths never overlap, so order is free."""
    return zlib.crc32(project.encode()) % 49000 + 1


def _forward(blue: pulumi.Input[str], green: pulumi.Input[str]) -> aws.lb.ListenerRuleActionForwardArgsDict:
    return {
        "target_groups": [{"arn": blue, "weight": 100}, {"arn": green, "weight": 0}],
        "stickiness": {"enabled": False, "duration": 1},
    }
