"""The alarm on spending: where the other alarms go, because a bill is nobody's mail alone."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from modelyard.infra.components import names
from modelyard.infra.components.budget import BudgetArgs, beyond, budget


@dataclass(frozen=True, kw_only=True)
class SpendAlarmArgs:
    """What an environment may cost a month, and the topic that hears of more; its policy and key must admit Budgets."""

    project: str
    env: str
    monthly_usd: float
    tell: pulumi.Input[str]


class SpendAlarm(pulumi.ComponentResource):
    """Makes a `budgets.Budget` over what is tagged with the environment; it tells of an excess, come or forecast.

    Budgets emits no CloudWatch metric. The one of billing, `EstimatedCharges`, knows neither tags nor environments, is
    kept in us-east-1 only, and has to be switched on by hand.
    """

    def __init__(self, name: str, args: SpendAlarmArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:monitoring:SpendAlarm", name, None, opts)
        called = names.physical(args.project, args.env, "spend", 100)
        told: list[aws.budgets.BudgetNotificationArgsDict] = [
            {**beyond(100, kind), "subscriber_sns_topic_arns": [args.tell]} for kind in ("ACTUAL", "FORECASTED")
        ]
        month = BudgetArgs(called=called, env=args.env, monthly_usd=args.monthly_usd, told=told)
        budget(name, month, pulumi.ResourceOptions(parent=self))
        self.register_outputs({"budget": called})
