"""Where training jobs run: GPU pools, queues, quotas, and what the jobs may reach."""

from modelyard.infra.components.training.accounts import Trainers, TrainersArgs
from modelyard.infra.components.training.agent import METRICS_NAMESPACE, Agent, AgentArgs
from modelyard.infra.components.training.dcgm import GPU_NAMESPACE, Dcgm, DcgmArgs
from modelyard.infra.components.training.labels import NAMESPACE
from modelyard.infra.components.training.limits import Limits, LimitsArgs
from modelyard.infra.components.training.models import ModelMetrics, ModelMetricsArgs
from modelyard.infra.components.training.pool import GpuPool, GpuPoolArgs
from modelyard.infra.components.training.queues import Queues, QueuesArgs
from modelyard.infra.components.training.readers import Readers, ReadersArgs
from modelyard.infra.components.training.submitters import Submitters, SubmittersArgs
from modelyard.infra.components.training.traffic import Traffic, TrafficArgs
from modelyard.infra.components.training.workspace import Workspace, WorkspaceArgs

__all__ = [
    "GPU_NAMESPACE",
    "METRICS_NAMESPACE",
    "NAMESPACE",
    "Agent",
    "AgentArgs",
    "Dcgm",
    "DcgmArgs",
    "GpuPool",
    "GpuPoolArgs",
    "Limits",
    "LimitsArgs",
    "ModelMetrics",
    "ModelMetricsArgs",
    "Queues",
    "QueuesArgs",
    "Readers",
    "ReadersArgs",
    "Submitters",
    "SubmittersArgs",
    "Traffic",
    "TrafficArgs",
    "Trainers",
    "TrainersArgs",
    "Workspace",
    "WorkspaceArgs",
]
