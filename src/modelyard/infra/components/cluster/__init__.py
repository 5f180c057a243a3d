"""EKS Auto Mode, who may enter it, its namespaces, and the operators that training stands on."""

from modelyard.infra.components.cluster.control import ControlPlane, ControlPlaneArgs
from modelyard.infra.components.cluster.entries import ADMIN, Entries, EntriesArgs, Entry, of_workflows
from modelyard.infra.components.cluster.kubeconfig import kubeconfig, provider
from modelyard.infra.components.cluster.namespace import Namespace, NamespaceArgs
from modelyard.infra.components.cluster.operators import QUEUE_NAMESPACE, RAY_NAMESPACE, Operators, OperatorsArgs
from modelyard.infra.components.cluster.policies import NetworkPolicies, NetworkPoliciesArgs
from modelyard.infra.components.cluster.reach import Reach, ReachArgs
from modelyard.infra.components.cluster.roles import ClusterRoles, ClusterRolesArgs
from modelyard.infra.components.cluster.spaces import GPUS, METRICS, SERVING, TRAINING, Spaces, SpacesArgs

__all__ = [
    "ADMIN",
    "GPUS",
    "METRICS",
    "QUEUE_NAMESPACE",
    "RAY_NAMESPACE",
    "SERVING",
    "TRAINING",
    "ClusterRoles",
    "ClusterRolesArgs",
    "ControlPlane",
    "ControlPlaneArgs",
    "Entries",
    "EntriesArgs",
    "Entry",
    "Namespace",
    "NamespaceArgs",
    "NetworkPolicies",
    "NetworkPoliciesArgs",
    "Operators",
    "OperatorsArgs",
    "Reach",
    "ReachArgs",
    "Spaces",
    "SpacesArgs",
    "kubeconfig",
    "of_workflows",
    "provider",
]
