"""GPU pools, queues, quotas, what training jobs may reach, and where the cluster's numbers go."""

from typing import Any

import pulumi

from modelyard.infra.components import cluster, names, training
from modelyard.infra.components.serving import Logs, LogsArgs, bound_every_role
from modelyard.infra.platform.layers import TrainingLayer
from modelyard.infra.platform.stack import read, upstream

settings = read(TrainingLayer)
config, env, account = settings.training, settings.env, settings.account
network, built = upstream(settings, "network"), upstream(settings, "cluster")
who: dict[str, Any] = {"project": settings.platform, "env": env}
above = upstream(settings, "account")
bound_every_role(above.output("boundary_arn"))
name = built.output("name")
kubernetes = cluster.provider("cluster", built.output("kubeconfig"), name)
place: dict[str, Any] = {"provider": kubernetes}

for pool in config.pools:
    wanted = training.GpuPoolArgs(
        **place,
        pool=pool.name,
        node_role=built.output("node_role_name"),
        subnets=network.output("private_subnet_ids"),
        security_group_id=built.output("security_group_id"),
        **pool.model_dump(exclude={"name"}),
    )
    training.GpuPool(pool.name, wanted)

gpus = {pool.name: pool.max_gpus for pool in config.pools}
projects = [repository.name for repository in settings.repositories]
together = {"cpus": config.cpu_quota, "memory_gb": config.memory_quota_gb}
training.Queues("queues", training.QueuesArgs(**place, **together, gpus=gpus, projects=projects))
training.Limits("limits", training.LimitsArgs(**place, **together, gpus=sum(gpus.values())))
reached = {"operator_namespace": cluster.RAY_NAMESPACE, "registry_cidr": network.output("vpc_cidr")}
training.Traffic("traffic", training.TrafficArgs(**place, **reached))

policies = upstream(settings, "lake").output("project_policy_arns")
rights = {project: policies.apply(lambda arns, project=project: arns[project]["trainer"]) for project in projects}
training.Trainers("trainers", training.TrainersArgs(**who, **place, account=account, cluster=name, policies=rights))
if projects:
    training.Submitters("submitters", training.SubmittersArgs(**place, projects=projects))

group = names.path(settings.platform, env, "cluster-metrics")
kept = LogsArgs(group_name=group, key_arn=network.output("logs_key_arn"), days=built.output("log_days"))
logs, measured = Logs("metrics", kept), bool(config.gpu_metrics and config.pools)
if measured:
    training.Dcgm("dcgm", training.DcgmArgs(**place))
where = {"account": account, "region": settings.region, "cluster": name}
lines = {"log_group": group, "log_group_arn": logs.arn}
workspace = None
if settings.monitoring.prometheus:
    workspace = training.Workspace("metrics", training.WorkspaceArgs(**who, account=account))
    loops = {project: above.output("roles")[project][env]["loop"] for project in projects}
    asked = {"workspace_arn": workspace.arn, "key_arn": workspace.key_arn}
    training.Readers("readers", training.ReadersArgs(**who, **asked, roles=loops))
    training.ModelMetrics("models", training.ModelMetricsArgs(**place))
    pulumi.export("prometheus", asked | {"endpoint": workspace.endpoint})
training.Agent("agent", training.AgentArgs(**who, **place, **where, **lines, gpus=measured, workspace=workspace))
pulumi.export("namespace", training.NAMESPACE)
pulumi.export("queues", projects)
pulumi.export("pools", list(gpus))
