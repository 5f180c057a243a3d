"""What all services of an environment share: the ECS cluster, the load balancer, its firewall and its certificate."""

from modelyard.infra.components.serving.balancer import Balancer, BalancerArgs
from modelyard.infra.components.serving.callers import Callers, CallersArgs
from modelyard.infra.components.serving.certificate import Certificate, CertificateArgs
from modelyard.infra.components.serving.cluster import ServiceCluster, ServiceClusterArgs
from modelyard.infra.components.serving.firewall import Firewall, FirewallArgs
from modelyard.infra.components.serving.host import Host, HostArgs
from modelyard.infra.components.serving.logs import Logs, LogsArgs
from modelyard.infra.components.serving.role import ServiceRole, ServiceRoleArgs, bound_every_role

__all__ = [
    "Balancer",
    "BalancerArgs",
    "Callers",
    "CallersArgs",
    "Certificate",
    "CertificateArgs",
    "Firewall",
    "FirewallArgs",
    "Host",
    "HostArgs",
    "Logs",
    "LogsArgs",
    "ServiceCluster",
    "ServiceClusterArgs",
    "ServiceRole",
    "ServiceRoleArgs",
    "bound_every_role",
]
