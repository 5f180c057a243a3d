"""VPC, subnets, ways out, endpoints, flow logs."""

from modelyard.infra.components.network.endpoints import Endpoints, EndpointsArgs
from modelyard.infra.components.network.flow_logs import FlowLogs, FlowLogsArgs
from modelyard.infra.components.network.layout import Layout, layout
from modelyard.infra.components.network.vpc import Vpc, VpcArgs

__all__ = ["Endpoints", "EndpointsArgs", "FlowLogs", "FlowLogsArgs", "Layout", "Vpc", "VpcArgs", "layout"]
