"""Runners for the repositories of the platform, inside the network of one environment."""

import pulumi

from modelyard.infra.components import ci, names
from modelyard.infra.platform.layers import CiLayer
from modelyard.infra.platform.stack import read, upstream

settings = read(CiLayer)
config = settings.ci
network, registry = upstream(settings, "network"), upstream(settings, "registry")
connection = ci.GithubConnection(
    "github",
    ci.GithubConnectionArgs(
        name=names.physical(settings.platform, settings.env, "github", 32), existing=config.connection_arn
    ),
)
place = ci.RunnerNetwork(
    vpc_id=network.output("vpc_id"),
    subnet_ids=network.output("private_subnet_ids"),
    group_ids=[registry.output("client_security_group_id")],
)
runners = {
    repository.name: ci.Runner(
        repository.name,
        ci.RunnerArgs(
            project=repository.name,
            env=settings.env,
            region=settings.region,
            account=settings.account,
            repository=f"{settings.github.owner}/{repository.github}",
            network=place,
            connection_arn=connection.arn,
            authorised=config.authorised or config.connection_arn is not None,
            workflows=config.workflows,
            compute=config.compute,
            image=config.image,
            docker=config.docker,
            concurrency=config.concurrency,
            timeout_minutes=config.timeout_minutes,
            queued_minutes=config.queued_minutes,
            logs_key_arn=network.output("logs_key_arn"),
            log_days=settings.monitoring.log_days,
        ),
    )
    for repository in settings.repositories
}
pulumi.export("connection_arn", connection.arn)
pulumi.export("runners", {name: runner.project_name for name, runner in runners.items()})
pulumi.export("security_group_ids", {name: runner.security_group.id for name, runner in runners.items()})
