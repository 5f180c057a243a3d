"""The firewall of a public load balancer: managed rules, a limit per address, and a log without tokens."""

from __future__ import annotations  # or the signatures below load `wafv2`, half a second, in every plan without one

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from modelyard.infra.components import names
from modelyard.infra.components.serving.logs import Logs, LogsArgs

# Bodies over 8 KB are counted instead of stopped: a batch of rows is larger, and the server has its own limit.
_MANAGED: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("AWSManagedRulesAmazonIpReputationList", ()),
    ("AWSManagedRulesKnownBadInputsRuleSet", ()),
    ("AWSManagedRulesCommonRuleSet", ("SizeRestrictions_BODY",)),
)


@dataclass(frozen=True, kw_only=True)
class FirewallArgs:
    """What it stands before, and how often one address may ask in five minutes."""

    project: str
    env: str
    balancer_arn: pulumi.Input[str]
    key_arn: pulumi.Input[str]
    requests_per_5_minutes: int
    log_days: int


class Firewall(pulumi.ComponentResource):
    """Makes a `wafv2.WebAcl`, its association and its log."""

    arn: pulumi.Output[str]

    def __init__(self, name: str, args: FirewallArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:serving:Firewall", name, None, opts)
        mine = pulumi.ResourceOptions(parent=self)
        acl = aws.wafv2.WebAcl(
            name,
            name=names.physical(args.project, args.env, "serving", 128),
            scope="REGIONAL",
            default_action={"allow": {}},
            rules=[_limit(args), *(_managed(place, *rule) for place, rule in enumerate(_MANAGED, 1))],
            visibility_config=_seen("all"),
            opts=mine,
        )
        aws.wafv2.WebAclAssociation(name, resource_arn=args.balancer_arn, web_acl_arn=acl.arn, opts=mine)
        # WAF writes only to groups whose name begins so
        group = names.physical("aws-waf-logs", args.project, args.env, 255)
        logs = Logs(f"{name}-log", LogsArgs(group_name=group, key_arn=args.key_arn, days=args.log_days), opts=mine)
        aws.wafv2.WebAclLoggingConfiguration(
            name,
            resource_arn=acl.arn,
            log_destination_configs=[logs.arn],
            redacted_fields=[{"single_header": {"name": "authorization"}}],
            opts=mine,
        )
        self.arn = acl.arn
        self.register_outputs({"arn": self.arn})


def _limit(args: FirewallArgs) -> aws.wafv2.WebAclRuleArgsDict:
    limit: aws.wafv2.WebAclRuleStatementRateBasedStatementArgsDict = {
        "limit": args.requests_per_5_minutes,
        "aggregate_key_type": "IP",
        "evaluation_window_sec": 300,
    }
    return {
        "name": "limit-per-address",
        "priority": 0,
        "action": {"block": {}},
        "statement": {"rate_based_statement": limit},
        "visibility_config": _seen("limit-per-address"),
    }


def _managed(priority: int, group: str, counted: tuple[str, ...]) -> aws.wafv2.WebAclRuleArgsDict:
    rules: aws.wafv2.WebAclRuleStatementManagedRuleGroupStatementArgsDict = {
        "vendor_name": "AWS",
        "name": group,
        "rule_action_overrides": [{"name": rule, "action_to_use": {"count": {}}} for rule in counted],
    }
    return {
        "name": group,
        "priority": priority,
        "override_action": {"none": {}},
        "statement": {"managed_rule_group_statement": rules},
        "visibility_config": _seen(group),
    }


def _seen(metric: str) -> aws.wafv2.WebAclVisibilityConfigArgsDict:
    return {"metric_name": metric, "cloudwatch_metrics_enabled": True, "sampled_requests_enabled": True}
