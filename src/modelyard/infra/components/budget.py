"""A month's budget of one environment, whoever is told of it."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from modelyard.infra.components.tags import PREFIX


@dataclass(frozen=True, kw_only=True)
class BudgetArgs:
    """What is tagged with the environment may cost so much; `told` says when who is told."""

    called: str
    env: str
    monthly_usd: float
    told: Sequence[aws.budgets.BudgetNotificationArgsDict]


def budget(name: str, args: BudgetArgs, opts: pulumi.ResourceOptions) -> aws.budgets.Budget:
    """Make a `budgets.Budget` (filters by tag: Budgets user guide)."""
    return aws.budgets.Budget(
        name,
        name=args.called,
        budget_type="COST",
        limit_amount=f"{args.monthly_usd:.2f}",
        limit_unit="USD",
        time_unit="MONTHLY",
        cost_filters=[{"name": "TagKeyValue", "values": [f"user:{PREFIX}env${args.env}"]}],
        notifications=list(args.told),
        opts=opts,
    )


def beyond(percent: int, kind: str) -> aws.budgets.BudgetNotificationArgsDict:
    """Return when somebody is told: more than `percent` of the budget is spent (`ACTUAL`) or to come (`FORECASTED`)."""
    return {
        "comparison_operator": "GREATER_THAN",
        "threshold": percent,
        "threshold_type": "PERCENTAGE",
        "notification_type": kind,
    }
