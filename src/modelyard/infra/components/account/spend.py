"""What an environment may cost, and who is told when it does."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from modelyard.infra.components.budget import BudgetArgs, beyond, budget
from modelyard.infra.components.tags import PREFIX

_STEPS = (50, 80, 100)


@dataclass(frozen=True, kw_only=True)
class SpendArgs:
    """The costs of one environment are those tagged with it. Without `emails` the budget is kept, but tells nobody."""

    name: str
    env: str
    monthly_usd: float
    anomaly_usd: float
    emails: Sequence[str]


class Spend(pulumi.ComponentResource):
    """Produces a budget with its notifications, and a monitor for costs that rise without being planned."""

    def __init__(self, name: str, args: SpendArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:account:Spend", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        steps = [*((step, "ACTUAL") for step in _STEPS), (100, "FORECASTED")]
        told: list[aws.budgets.BudgetNotificationArgsDict] = [
            {**beyond(percent, kind), "subscriber_email_addresses": list(args.emails)}
            for percent, kind in (steps if args.emails else ())
        ]
        month = BudgetArgs(called=args.name, env=args.env, monthly_usd=args.monthly_usd, told=told)
        budget(name, month, child)
        # a monitor of its own, by tag: an account may have only one that watches all services
        monitor = aws.costexplorer.AnomalyMonitor(
            name,
            name=args.name,
            monitor_type="CUSTOM",
            monitor_specification=_tagged(args.env),
            opts=child,
        )
        if args.emails:
            _subscribe(name, args, monitor, child)
        self.register_outputs({"budget": args.name})


def _subscribe(
    name: str, args: SpendArgs, monitor: aws.costexplorer.AnomalyMonitor, child: pulumi.ResourceOptions
) -> None:
    aws.costexplorer.AnomalySubscription(
        name,
        name=args.name,
        frequency="DAILY",
        monitor_arn_lists=[monitor.arn],
        subscribers=[{"type": "EMAIL", "address": address} for address in args.emails],
        threshold_expression={
            "dimension": {
                "key": "ANOMALY_TOTAL_IMPACT_ABSOLUTE",
                "match_options": ["GREATER_THAN_OR_EQUAL"],
                "values": [f"{args.anomaly_usd:.2f}".removesuffix(".00")],  # never as 1e+06
            }
        },
        opts=child,
    )


def _tagged(env: str) -> pulumi.Output[str]:
    tag = {"Key": f"{PREFIX}env", "Values": [env], "MatchOptions": ["EQUALS"]}
    nothing = dict.fromkeys(("Dimensions", "CostCategories", "And", "Or", "Not"))
    return pulumi.Output.json_dumps({**nothing, "Tags": tag})
