"""The section `monitoring`: windows, limits, alerts and retraining."""

from pydantic import Field

from modelyard.config.section import Section


class Monitoring(Section):
    """What is watched, and when it is said."""

    window_days: int = Field(7, ge=1, description="Length of a window of event time.")
    distance: float = Field(0.1, gt=0, description="Least KS or total variation that can be drift.")
    alert_windows: int = Field(2, ge=1, description="Drift is told when so many ...")
    of_windows: int = Field(3, ge=1, description="... of so many windows in a row drift.")
    label_horizon_days: float = Field(30, gt=0, description="A window is judged when its labels had so long to come.")
