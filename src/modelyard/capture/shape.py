"""What the captured rows of one version look like."""

from collections.abc import Sequence
from dataclasses import dataclass

from modelyard.data.contract import Column
from modelyard.data.types import LogicalType


@dataclass(frozen=True, eq=False)  # compared by identity: it is a key on every request
class Shape:
    """The columns and classes of one loaded version; made once, when it is loaded.

    Attributes:
        version: Its number in the registry of this environment.
        sha256: Its identity.
        names: The columns of a row, in the order of its values.
        types: The type of each.
        personal: Those that hold personal data.
        classes: Of a classifier, in the order of its scores; binary: negative, positive.
        time: The column that says when the event happened, where a row has one.
        threshold: Binary: positive at or above it.
    """

    version: int
    sha256: str
    names: tuple[str, ...]
    types: tuple[LogicalType, ...]
    personal: frozenset[str] = frozenset()
    classes: tuple[str, ...] = ()
    time: str | None = None
    threshold: float | None = None


def shape_of(  # noqa: PLR0913 - each comes from another file of the bundle
    version: int,
    sha256: str,
    columns: Sequence[Column],
    *,
    classes: Sequence[str] = (),
    threshold: float | None = None,
    time: str | None = None,
) -> Shape:
    """Describe the rows of a version.

    Args:
        version: Its number.
        sha256: Of its bundle.
        columns: Of the contract, in the order in which `Capture.add` will be given values.
        classes: In the order of the scores; none for a regression.
        threshold: Of a binary classifier.
        time: The column of the event's time; rows have no event time where it is no date or timestamp, or is personal.
    """
    moments = {column.name for column in columns if column.type in {"date", "timestamp"} and not column.personal}
    return Shape(
        version=version,
        sha256=sha256,
        names=tuple(column.name for column in columns),
        types=tuple(column.type for column in columns),
        personal=frozenset(column.name for column in columns if column.personal),
        classes=tuple(classes),
        time=time if time in moments else None,
        threshold=threshold,
    )
