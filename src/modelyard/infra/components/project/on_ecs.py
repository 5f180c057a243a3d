"""A service on Fargate, whole: what prepares it, targets, alarms, service, scaling, and what its dashboard shows."""

from dataclasses import dataclass

import pulumi

from modelyard.infra.components.monitoring.dashboard import Graph
from modelyard.infra.components.project.doors import Doors, DoorsArgs
from modelyard.infra.components.project.graphs import Shown, graphs
from modelyard.infra.components.project.images import Images
from modelyard.infra.components.project.prepared import Auth, Prepared, PreparedArgs
from modelyard.infra.components.project.rollback import RollbackAlarms, RollbackAlarmsArgs
from modelyard.infra.components.project.scaling import Scaling, ScalingArgs
from modelyard.infra.components.project.service import Service, ServiceArgs
from modelyard.infra.components.project.shared import Front, Place, Size
from modelyard.infra.components.project.targets import Targets, TargetsArgs


@dataclass(frozen=True, kw_only=True)
class OnEcsArgs:
    """Where, behind what, how much, and what callers must show."""

    place: Place
    front: Front
    size: Size
    images: Images
    log_days: int
    auth: Auth = "none"

    def __post_init__(self) -> None:
        if self.front.public and self.auth == "none":
            raise ValueError("A public service needs callers to show who they are: set service.auth to token or jwt.")


class OnEcs(pulumi.ComponentResource):
    """Composes the components of one service."""

    service: Service
    targets: Targets
    alarms: RollbackAlarms
    graphs: list[Graph]

    def __init__(self, name: str, args: OnEcsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:project:OnEcs", name, None, opts)
        self._name, self._args = name, args
        self._who = {"project": args.place.project, "env": args.place.env}
        self._mine = pulumi.ResourceOptions(parent=self)
        place, front = args.place, args.front
        self.targets = Targets(
            name,
            TargetsArgs(
                project=place.project,
                env=place.env,
                vpc_id=place.vpc_id,
                listener_arn=front.listener_arn,
                public=front.public,
                priority=front.priority,
            ),
            self._mine,
        )
        self.alarms = RollbackAlarms(
            name,
            RollbackAlarmsArgs(
                **self._who,
                balancer_suffix=front.balancer_suffix,
                suffixes=self.targets.suffixes,
                error_percent=args.size.error_percent,
                p99_ms=args.size.p99_ms,
                tell=place.topics,
            ),
            self._mine,
        )
        self.service = self._service()
        self._scaling()
        self.graphs = graphs(
            Shown(
                project=place.project,
                env=place.env,
                balancer=front.balancer_suffix,
                groups=self.targets.suffixes,
                cluster=front.cluster_name,
                service=self.service.name,
            )
        )
        self.register_outputs({"service": self.service.name})

    def _service(self) -> Service:
        args, front = self._args, self._args.front
        prepared = Prepared(
            self._name,
            PreparedArgs(
                place=args.place,
                images=args.images,
                cpu=args.size.cpu,
                memory_mb=args.size.memory_mb,
                log_days=args.log_days,
                auth=args.auth,
            ),
            self._mine,
        )
        doors = DoorsArgs(**self._who, vpc_id=args.place.vpc_id, balancer_group_id=front.balancer_group_id)
        return Service(
            self._name,
            ServiceArgs(
                **self._who,
                cluster_arn=front.cluster_arn,
                subnets=args.place.subnets,
                group_id=Doors(self._name, doors, self._mine).group_id,
                task_arn=prepared.task_arn,
                targets=self.targets,
                balancing_role_arn=prepared.roles.balancing_arn,
                alarms=self.alarms.names,
                canary_percent=args.size.canary_percent,
                canary_minutes=args.size.canary_minutes,
                bake_minutes=args.size.bake_minutes,
            ),
            pulumi.ResourceOptions.merge(self._mine, pulumi.ResourceOptions(depends_on=[prepared.roles])),
        )

    def _scaling(self) -> None:
        size = self._args.size
        scaling = ScalingArgs(
            **self._who,
            cluster_name=self._args.front.cluster_name,
            service_name=self.service.name,
            min_tasks=size.min_tasks,
            max_tasks=size.max_tasks,
            cpu_percent=size.target_cpu_percent,
        )
        Scaling(self._name, scaling, self._mine)
