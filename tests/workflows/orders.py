"""A table small enough to train on in seconds, with days to split by, a signal to find, and a way to spoil it."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

PER_DAY = 25


def table(days: int = 120, begin: int = 0, seed: int = 0) -> pl.DataFrame:
    """Return the orders of some days; `begin` counts from the first day of 2024."""
    rng = np.random.default_rng(seed + begin)
    rows = days * PER_DAY
    distance, weight = rng.gamma(2.0, 40.0, rows), rng.normal(5.0, 1.5, rows)
    kind = rng.choice(["letter", "parcel", "pallet"], rows)
    lean = 0.03 * (distance - 80) + 0.6 * (weight - 5) + np.where(kind == "pallet", 1.2, -0.4)
    return pl.DataFrame(
        {
            "order": np.arange(begin * PER_DAY, begin * PER_DAY + rows),
            "day": [date(2024, 1, 1) + timedelta(days=begin + i // PER_DAY) for i in range(rows)],
            "distance": distance.round(1),
            "weight": weight.round(2),
            "kind": kind,
            "late": np.where(rng.random(rows) < 1 / (1 + np.exp(-lean)), "yes", "no"),
        }
    )


def write(folder: Path, frame: pl.DataFrame) -> str:
    """Write a table as CSV and return its path."""
    path = folder / "orders.csv"
    frame.write_csv(path)
    return str(path)
