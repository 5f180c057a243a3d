"""The section `monitoring.retrain`: when `modelyard monitor --retrain` starts the loop."""

from pydantic import Field

from modelyard.config.section import Section


class Retraining(Section):
    """The conditions of a retraining, and what follows it."""

    min_labels: int = Field(500, ge=1, description="Matured labelled rows that no version was trained on yet.")
    cooldown_h: float = Field(24, ge=0, description="Least hours between two retrainings.")
    release: bool = Field(True, description="Release the new version by canary; else it waits as challenger.")
    attempts: int = Field(3, ge=1, description="A retraining that was killed so often is given up.")
