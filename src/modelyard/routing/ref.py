"""What names a version of the model."""

from modelyard.record import Record


class Ref(Record):
    """A version: its number in this environment's registry, and its identity everywhere."""

    version: int
    sha256: str
