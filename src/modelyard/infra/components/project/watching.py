"""Everything that looks at a service: model alarms, the way to a retraining, and a dashboard."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from modelyard.infra.components import names
from modelyard.infra.components.monitoring.dashboard import Dashboard, DashboardArgs, Graph
from modelyard.infra.components.project.alarms import ModelAlarms, ModelAlarmsArgs
from modelyard.infra.components.project.retraining import Retraining, RetrainingArgs
from modelyard.infra.components.project.shared import Place


@dataclass(frozen=True, kw_only=True)
class Dispatch:
    """The repository on GitHub that is asked, the connection with its token, and the queue for what failed."""

    repository: str
    connection_arn: pulumi.Input[str]
    dead_letters_arn: pulumi.Input[str]


@dataclass(frozen=True, kw_only=True)
class WatchingArgs:
    """Limits, what the dashboard shows besides, and whom a drift alarm asks for a retraining (None: nobody)."""

    place: Place
    stale_model_days: int
    no_traffic_minutes: int
    graphs: Sequence[Graph] = ()
    alarms: Sequence[pulumi.Input[str]] = ()
    dispatch: Dispatch | None = None


class Watching(pulumi.ComponentResource):
    """Composes ModelAlarms, Retraining and Dashboard."""

    dashboard: pulumi.Output[str]

    def __init__(self, name: str, args: WatchingArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:project:Watching", name, None, opts)
        mine, place = pulumi.ResourceOptions(parent=self), args.place
        limits = ModelAlarmsArgs(
            project=place.project,
            env=place.env,
            stale_model_days=args.stale_model_days,
            no_traffic_minutes=args.no_traffic_minutes,
            tell=place.topics,
        )
        alarms = ModelAlarms(name, limits, mine)
        if args.dispatch is not None:
            asked = RetrainingArgs(
                project=place.project,
                env=place.env,
                account=place.account,
                alarms=alarms.retrain,
                **vars(args.dispatch),
            )
            Retraining(name, asked, mine)
        shown = DashboardArgs(
            dashboard_name=names.physical(place.project, place.env, "service", 255),
            region=place.region,
            graphs=args.graphs,
            alarms=[*args.alarms, *alarms.arns],
        )
        self.dashboard = Dashboard(name, shown, mine).name
        self.register_outputs({"dashboard": self.dashboard})
