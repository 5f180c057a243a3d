"""One thing that was left."""

from modelyard.record import Record


class Found(Record):
    """`why` is what gave it away, `fix` the command that deletes it."""

    kind: str
    id: str
    why: str
    fix: str
