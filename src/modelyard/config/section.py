"""The base of every part of `modelyard.yaml`."""

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A part of the file: frozen, and closed to keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")
