"""The section `monitoring`: windows, limits, alerts and retraining."""

from typing import Literal

from pydantic import Field

from modelyard.config.alerts import Alerts
from modelyard.config.retraining import Retraining
from modelyard.config.section import Section


class Monitoring(Section):
    """What is watched, and when it is said."""

    window_days: int = Field(7, ge=1, description="Length of a window of event time.")
    distance: float = Field(0.1, gt=0, description="Least KS or total variation that can be drift.")
    alert_windows: int = Field(2, ge=1, description="Drift is told when so many ...")
    of_windows: int = Field(3, ge=1, description="... of so many windows in a row drift.")
    label_horizon_days: float = Field(30, gt=0, description="A window is judged when its labels had so long to come.")
    calibration: float = Field(
        0.1,
        gt=0,
        description="Least gap of mean prediction and truth that is told, in the truth's standard deviations.",
    )
    skill: float = Field(0.0, lt=1, description="Told when 1 - loss / loss of the training rate is surely below this.")
    servers: list[str] = Field([], description="URLs of servers whose /metrics tell errors and latency.")
    error_share: float = Field(0.01, gt=0, lt=1, description="Largest share of requests that may fail.")
    p99_ms: float | None = Field(None, gt=0, description="Largest p99 of a request; default: gate.latency_ms.")
    no_traffic_h: float = Field(24, gt=0, description="Hours without any prediction that are told.")
    capture_loss: float = Field(0.001, ge=0, lt=1, description="Largest share of predictions that may be lost.")
    model_age_days: float = Field(180, gt=0, description="Days between the model's newest row and the newest served.")
    data_age_h: float | None = Field(
        None, gt=0, description="Hours between event and request; default: the contract's freshness of the time column."
    )
    metrics: Literal["auto", "cloudwatch", "emf", "none"] = Field(
        "auto",
        description="Where `monitor` publishes its numbers: CloudWatch's API, or lines of its log format on stderr; "
        "auto: the API where the store is in S3, no lines in `local`.",
    )
    alerts: Alerts = Alerts()
    retrain: Retraining = Retraining()
