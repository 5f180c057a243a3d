"""Names of captured files: folders by the date of the event, names that tell version, process and age."""

import time
from dataclasses import dataclass
from datetime import date

ROOT = "captures"
BOOTS = f"{ROOT}/boots"
MIXED = "mixed"
"""The folder of rows whose dates are too many for a folder each."""
_MERGED = "merged"


@dataclass(frozen=True)
class Key:
    """What a key says of its file.

    Attributes:
        day: The rows' date; None where they have several.
        short: The first eight digits of the version's sha256.
        boot: Of the process that wrote it; empty for a merged file.
        closed: Seconds since 1970 by the writer's clock; no row was received later.
    """

    key: str
    day: date | None
    short: str
    boot: str
    closed: int

    @property
    def merged(self) -> bool:
        """Say whether it holds the rows of other files."""
        return not self.boot


def folder(day: date | str) -> str:
    """Return the folder of a date, or of `MIXED`."""
    return f"{ROOT}/date={day}"


def written(day: date | str, sha256: str, boot: str, first: int, last: float) -> str:
    """Return the key of a process's file: its first row has the number `first`, its last came `last` s after 1970."""
    closed = int(max(time.time(), last)) + 1
    return f"{folder(day)}/{sha256[:8]}-{boot}-{first:012d}-{closed}.parquet"


def merged(day: date | str, short: str, mark: str, closed: int) -> str:
    """Return the key of a merged file; `mark` tells it from others of that day and version."""
    return f"{folder(day)}/{short}-{_MERGED}-{mark}-{closed}.parquet"


def parse(key: str) -> Key | None:
    """Read a key; None for what is no captured file."""
    head, _, name = key.rpartition("/")
    parts = name.removesuffix(".parquet").split("-")
    day = head.removeprefix(f"{ROOT}/date=")
    if len(parts) < 4 or not name.endswith(".parquet") or "/" in day or not parts[-1].isdigit():
        return None
    boot = "-".join(parts[1:-2])
    try:
        dated = None if day == MIXED else date.fromisoformat(day)
    except ValueError:
        return None
    return Key(key, dated, parts[0], boot * (boot != _MERGED), int(parts[-1]))
