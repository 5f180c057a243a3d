"""What one ML repository has for itself in one environment."""

from typing import Any

import pulumi

from modelyard.infra.components import cluster, project
from modelyard.infra.components.serving import bound_every_role
from modelyard.infra.platform.layers import ProjectLayer
from modelyard.infra.platform.stack import read, upstream

settings = read(ProjectLayer)
service, watched, name = settings.service, settings.monitoring, settings.project
network, lake = upstream(settings, "network"), upstream(settings, "lake")
serving, monitoring = upstream(settings, "serving"), upstream(settings, "monitoring")
bound_every_role(upstream(settings, "account").output("boundary_arn"))

place = project.Place(
    project=name,
    env=settings.env,
    account=settings.account,
    region=settings.region,
    vpc_id=network.output("vpc_id"),
    subnets=network.output("private_subnet_ids"),
    key_arn=lake.output("key_arn"),
    logs_key_arn=network.output("logs_key_arn"),
    store_policy_arn=lake.output("project_policy_arns").apply(lambda arns: arns[name]["server"]),
    topics=[monitoring.output("topic_arn")],
    production=settings.production,
)
pushed = project.ImagesArgs(project=name, env=settings.env, key_arn=place.key_arn, keep=service.keep_images)
images = project.Images(name, pushed)
size = project.Size(**service.model_dump(include=set(project.Size.__dataclass_fields__)))
kept: dict[str, Any]
if service.backend == "ecs":
    parts = ("cluster_arn", "cluster_name", "listener_arn", "balancer_group_id")
    front = project.Front(
        **{part: serving.output(part) for part in parts},
        balancer_suffix=serving.output("load_balancer_arn_suffix"),
        public=settings.serving.public,
        priority=settings.repository.priority,
    )
    kept = {"log_days": settings.serving.log_days, "auth": service.auth}
    ecs = project.OnEcs(name, project.OnEcsArgs(place=place, front=front, size=size, images=images, **kept))
    seen: dict[str, Any] = {"alarms": ecs.alarms.arns, "graphs": ecs.graphs}
    pulumi.export("service", ecs.service.name)
    pulumi.export("url", pulumi.Output.concat(serving.output("url"), ecs.targets.path))
else:
    built, seen = upstream(settings, "cluster"), {}
    kubernetes = cluster.provider("cluster", built.output("kubeconfig"), built.output("name"))
    kept = {"cluster": built.output("name"), "provider": kubernetes, "token": service.auth == "token"}
    kept |= {"measured": watched.prometheus}
    project.OnKubernetes(name, project.OnKubernetesArgs(place=place, size=size, images=images, **kept))

dispatch = None
if watched.retrain_on_drift and watched.github_token_secret:
    ways = {way: monitoring.output(way) for way in ("connection_arn", "dead_letters_arn")}
    dispatch = project.Dispatch(repository=f"{settings.github.owner}/{settings.repository.github}", **ways)
limits: dict[str, Any] = watched.model_dump(include={"stale_model_days", "no_traffic_minutes"})
looked = project.Watching(name, project.WatchingArgs(place=place, dispatch=dispatch, **limits, **seen))
pulumi.export("image_repository", images.url)
pulumi.export("dashboard", looked.dashboard)
