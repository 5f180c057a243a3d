"""EKS Auto Mode, who may enter it, its namespaces and its operators."""

import pulumi

from modelyard.infra.components import cluster, names
from modelyard.infra.components.key import CustomerKey, CustomerKeyArgs
from modelyard.infra.components.serving import bound_every_role
from modelyard.infra.components.tags import labels
from modelyard.infra.platform.layers import ClusterLayer
from modelyard.infra.platform.stack import read, upstream

settings = read(ClusterLayer)
config, env = settings.cluster, settings.env
network, account = upstream(settings, "network"), upstream(settings, "account")
who = {"project": settings.platform, "env": env}
bound_every_role(account.output("boundary_arn"))

alias = names.physical(settings.platform, env, "cluster")
secrets = CustomerKeyArgs(
    alias=alias, description="Secrets in etcd", account=settings.account, protect=settings.keeps_data
)
roles = cluster.ClusterRoles("roles", cluster.ClusterRolesArgs(**who))
registry = upstream(settings, "registry")
control = cluster.ControlPlane(
    "cluster",
    cluster.ControlPlaneArgs(
        **who,
        version=config.version,
        subnets=network.output("private_subnet_ids"),
        role_arn=roles.control_arn,
        node_role_arn=roles.node_arn,
        secrets_key_arn=CustomerKey("secrets", secrets).arn,
        logs_key_arn=network.output("logs_key_arn"),
        log_days=config.log_days,
        service_cidr=config.service_cidr,
        public_access_cidrs=config.public_access_cidrs,
        clients={"runners": registry.output("client_security_group_id")},
        deletion_protection=config.deletion_protection,
    ),
)
door = {"source": control.security_group_id, "target": registry.output("front_security_group_id")}
inside = cluster.ReachArgs(**door, ports=(80, 443), description="Training jobs, to the registry")
cluster.Reach("registry", inside)
projects = [repository.name for repository in settings.repositories]
spaces_of = (cluster.TRAINING, cluster.SERVING)
enters = cluster.of_workflows(projects, account.output("role_arns"), env, spaces_of)
enters |= {f"admin-{n}": cluster.Entry(role_arn=arn, policy=cluster.ADMIN) for n, arn in enumerate(config.admins)}
entries = cluster.Entries("entries", cluster.EntriesArgs(cluster=control.name, entries=enters))

config_file = cluster.kubeconfig(control.name, control.endpoint, control.certificate, settings.region)
kubernetes = cluster.provider("cluster", config_file, control.name, after=[entries])
cluster.NetworkPolicies("policies", cluster.NetworkPoliciesArgs(provider=kubernetes))
shown = labels(env, "cluster", settings.platform)
spaces = cluster.Spaces("spaces", cluster.SpacesArgs(labels=shown, provider=kubernetes)).names
cluster.Operators("operators", cluster.OperatorsArgs(spaces=spaces, provider=kubernetes))
pulumi.export("name", control.name)
pulumi.export("kubeconfig", config_file)
pulumi.export("log_days", config.log_days)
pulumi.export("node_role_name", roles.node_name)
pulumi.export("security_group_id", control.security_group_id)
