"""The base of everything that is written as JSON: frozen, and closed to unknown keys."""

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """A frozen value that survives a round trip through JSON (NaN and infinity included)."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="constants")
