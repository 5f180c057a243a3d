"""Data lake, store and query engine of one environment."""

from pydantic import Field

from modelyard.config.section import Section
from modelyard.infra.platform.words import Days, Region


class Keep(Section):
    """For how long things are kept."""

    raw_tier_days: Days = Field(30, description="Raw data moves to Intelligent-Tiering after this many days.")
    noncurrent_days: Days = Field(30, description="Overwritten and deleted objects are kept this long.")
    captures_days: Days = Field(400, description="Captured predictions are kept this long.")
    temporary_days: Days = 7
    logs_days: Days = 365
    lock_days: Days | None = Field(
        None, description="What is written to the store cannot be deleted for this long; this cannot be taken back."
    )


class Lake(Section):
    """Buckets for the lake, the store and the logs."""

    keep: Keep = Keep()
    scan_cutoff_gb: int = Field(100, ge=1, le=7000, description="An Athena query that scans more is cancelled.")
    replicate_to: Region | None = Field(None, description="A second region that holds a copy of lake and store.")
