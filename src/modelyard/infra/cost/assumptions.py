"""What a price assumes: a plan knows resources, not how much they are used."""

from modelyard.infra.platform.monitoring import Usage
from modelyard.record import Record

HOURS = 730.0  # a month
SECONDS = HOURS * 3600


class Assumptions(Record):
    """Use in one month. What `usage` in platform.yaml says comes from there; the rest is fixed and said so.

    Attributes:
        gpu_hours: Hours of GPU machines, at least.
        node_gb: Disk of a node of the cluster; EKS Auto Mode makes 80 GB.
        system_nodes: Nodes that carry the operators of the cluster, all month.
        system_machine: What Auto Mode picks for them: among the smallest that it takes.
        task_machine: A machine for training without GPU.
        series: Time series of one server metric: versions and roles that answered in the month.
        prometheus_samples: Samples of the cluster itself, its GPUs and its jobs.
        prometheus_server_samples: Of one model server: its series while a challenger is out, every fifteen seconds.
        retained_months: How long logs are kept on average.
    """

    requests: float = 1_000_000
    response_kb: float = 2
    lake_gb: float = 50
    lake_requests: float = 500_000
    log_gb: float = 5
    nat_gb: float = 50
    athena_tb: float = 0.1
    image_gb: float = 5
    runner_minutes: float = 500
    gpu_hours: float = 0
    cpu_node_hours: float = 100
    flow_log_gb: float = 2
    endpoint_gb: float = 10
    kms_requests: float = 200_000
    secret_reads: float = 20_000
    messages: float = 10_000
    emails: float = 200
    retrainings: float = 30
    write_share: float = 0.1
    series: float = 3
    monitor_metrics: float = 5
    server_metrics: float = 5
    insight_metrics_cluster: float = 10
    insight_metrics_service: float = 15
    insight_metrics_task: float = 25
    retained_months: float = 3
    catalogue_tables: float = 100
    system_nodes: float = 1
    node_gb: float = 80
    prometheus_samples: float = 5_000_000
    prometheus_server_samples: float = 250 * SECONDS / 15
    prometheus_gb: float = 1
    watched_roles: float = 20
    between_zones_gb: float = 10
    system_machine: str = "c6g.large"
    task_machine: str = "c7i.large"

    def numbers(self) -> dict[str, float]:
        """Return what is assumed as numbers, by name."""
        return {key: float(value) for key, value in self.model_dump().items() if isinstance(value, int | float)}


def assumed(usage: Usage) -> Assumptions:
    """Return the assumptions with what the configuration says about use."""
    return Assumptions(
        requests=usage.requests_per_month,
        response_kb=usage.response_kb,
        lake_gb=usage.lake_gb,
        lake_requests=usage.lake_requests_per_month,
        log_gb=usage.log_gb,
        nat_gb=usage.nat_gb,
        athena_tb=usage.athena_tb_scanned,
        image_gb=usage.image_gb,
        runner_minutes=usage.runner_minutes,
        gpu_hours=usage.gpu_hours_low,
        cpu_node_hours=usage.cpu_node_hours,
    )
