"""Who is told what in one environment, and what it may cost."""

from pydantic import ConfigDict, Field, model_validator

from modelyard.config.section import Section
from modelyard.infra.platform.words import Emails, LogDays, SecretArn


class Slack(Section):
    """A channel of Amazon Q Developer in chat applications (formerly Chatbot); the workspace is authorised once."""

    team_id: str = Field(pattern=r"^[TE][A-Z0-9]{2,}$")
    channel_id: str = Field(pattern=r"^[CG][A-Z0-9]{2,}$")


class Monitoring(Section):
    """Alarms, dashboards and who receives them."""

    emails: Emails = ()
    slack: Slack | None = None
    log_days: LogDays = 90
    retrain_on_drift: bool = Field(True, description="A drift alarm asks GitHub for a retraining.")
    github_token_secret: SecretArn | None = Field(None, description="Secret with the token that may dispatch it.")
    no_traffic_minutes: int = Field(
        60, ge=5, le=180, multiple_of=5, description="In fives; an alarm's question looks back three hours at most."
    )
    stale_model_days: int = Field(90, ge=1)
    gpu_idle_percent: float = Field(10, ge=0, le=100, allow_inf_nan=False)
    prometheus: bool = Field(
        False, description="Managed Prometheus keeps what GPUs, jobs and models on Kubernetes count; needs kubernetes."
    )
    grafana: bool = Field(False, description="Shows what Prometheus keeps, so it needs that.")

    @model_validator(mode="after")
    def _grafana_has_something_to_show(self) -> "Monitoring":
        if self.grafana and not self.prometheus:
            raise ValueError("grafana needs `prometheus: true`, whose metrics it shows")
        return self


class Budget(Section):
    """What an environment may cost a month; told at 50, 80 and 100 % and when the forecast exceeds it."""

    model_config = ConfigDict(allow_inf_nan=False)

    monthly_usd: float = Field(ge=1)
    emails: Emails = Field((), description="Default: those of monitoring.")
    anomaly_usd: float = Field(50, ge=0.01, description="An unexpected rise of this much is told as well.")


class Usage(Section):
    """What the price assumes; a plan knows resources, not how much they are used."""

    model_config = ConfigDict(allow_inf_nan=False)

    requests_per_month: int = Field(1_000_000, ge=0)
    response_kb: float = Field(2, ge=0)
    lake_gb: float = Field(50, ge=0)
    lake_requests_per_month: int = Field(500_000, ge=0)
    log_gb: float = Field(5, ge=0)
    nat_gb: float = Field(50, ge=0)
    athena_tb_scanned: float = Field(0.1, ge=0)
    image_gb: float = Field(5, ge=0)
    runner_minutes: int = Field(500, ge=0)
    gpu_hours_low: float = Field(0, ge=0, description="GPU node hours a month; the pool's limits give the high end.")
    cpu_node_hours: float = Field(100, ge=0, description="Node hours of training without GPU.")
