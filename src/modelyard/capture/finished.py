"""Makes finished files of captured rows: one for each version and date of the event."""

import io
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from modelyard.capture import keys
from modelyard.capture.days import by_day


@dataclass(frozen=True)
class Finished:
    """A file: its key, its content, and how many rows it has."""

    key: str
    data: bytes
    rows: int


def finished(frames: list[pl.DataFrame], boot: str) -> Iterator[Finished]:
    """Yield the files of the rows that a process took."""
    for version in _together(frames):
        for day, rows in by_day(version):
            yield _file(day, rows, boot)


def _together(frames: list[pl.DataFrame]) -> list[pl.DataFrame]:
    """Return one frame for each version, its rows in the order in which they came."""
    groups: dict[tuple, list[pl.DataFrame]] = {}
    for frame in frames:
        groups.setdefault((frame["sha256"][0], str(frame.schema["inputs"])), []).append(frame)
    return [pl.concat(group).sort("sequence") for group in groups.values()]


def _file(day: str, rows: pl.DataFrame, boot: str) -> Finished:
    file = io.BytesIO()
    rows.write_parquet(file, compression="zstd", compression_level=3)
    last = float(rows["received_time"].dt.epoch("s").to_numpy().max())
    key = keys.written(day, rows["sha256"][0], boot, rows["sequence"][0], last)
    return Finished(key, file.getvalue(), rows.height)
