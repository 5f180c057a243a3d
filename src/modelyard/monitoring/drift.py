"""Judges counted rows against a version's profile, by what windows inside its training looked like."""

import math
from collections.abc import Sequence
from datetime import timedelta

import numpy as np

from modelyard.config.monitoring import Monitoring
from modelyard.monitoring.results import ColumnDrift, DriftWindow, Span
from modelyard.monitoring.tally import Column, Tally, shares_of
from modelyard.monitoring.windows import first_alert
from modelyard.reference.distance import Floats, Integers, kolmogorov_smirnov, total_variation
from modelyard.reference.distribution import Distribution

LEAST_ROWS = 30  # as in reference.windows: a smaller window is far from everything by chance alone
_CHANCE = 1e-4  # that rows like those of training pass the limit in one window
_BINS = 10
_LEAST_SHARE = 1e-4  # of a bin of the PSI, whose logarithm has no value at 0
_MOST_NAMED = 5


def judge(tally: Tally, columns: Sequence[Column], rows: int, config: Monitoring) -> list[ColumnDrift]:
    """Judge columns of a version.

    Args:
        tally: What the version answered.
        columns: Those of `tally` to judge.
        rows: How many rows the version's profile was made of.
        config: Least distance, length of a window, k of n.
    """
    return [_column(tally, column, rows, config) for column in columns if tally.rows]


def _column(tally: Tally, column: Column, rows: int, config: Monitoring) -> ColumnDrift:
    known = column.known
    windows = [_window(tally, column, number, rows, config) for number in sorted(column.windows)]
    judged = [window for window in windows if window.judged]
    begun = first_alert([w.drifts for w in judged], config.alert_windows, config.of_windows)
    counts = column.total()
    shares, missing, present = shares_of(counts)
    return ColumnDrift(
        name=known.name,
        kind=known.kind,
        measure="tv" if known.kind == "category" else "ks",
        psi=_rounded(psi(shares, known)) if present else None,
        ks=_rounded(distance(counts, known)),
        limit=_rounded(limit(known, counts, rows, _elapsed(tally), config)) or 0.0,
        missing=round(missing, 6),
        missing_before=known.missing,
        new=round(sum(column.new.values()) / present, 6) if column.tells_new and present else None,
        new_values=sorted(column.new, key=lambda name: (-column.new[name], name))[:_MOST_NAMED],
        alert=begun is not None,
        first=None if begun is None else Span(since=judged[begun].since, until=judged[begun].until),
        windows=windows,
    )


def _window(tally: Tally, column: Column, number: int, rows: int, config: Monitoring) -> DriftWindow:
    known, counts = column.known, column.windows[number]
    span, days = tally.grid.span(number), _covered(tally, number)
    found = distance(counts, known)
    largest = limit(known, counts, rows, days, config)
    _, missing, _ = shares_of(counts)
    most_missing = missing_limit(known, int(counts.sum()), rows, days, config)
    judged = int(counts.sum()) >= LEAST_ROWS
    far = found is not None and int(counts[:-1].sum()) >= LEAST_ROWS and found > largest
    return DriftWindow(
        since=span.since,
        until=span.until,
        rows=int(counts.sum()),
        distance=_rounded(found),
        limit=_rounded(largest) or 0.0,
        missing=round(missing, 6),
        missing_limit=_rounded(most_missing) or 0.0,
        judged=judged,
        drifts=judged and (far or abs(missing - known.missing) > most_missing),
    )


def distance(counts: Integers, known: Distribution) -> float | None:
    """Return how far counted values lie from the profile, 0 to 1; None where either has no value."""
    shares, _, present = shares_of(counts)
    before = known.cell_shares
    if not present or not len(before) or (known.kind != "category" and not known.edges):
        return None
    measure = total_variation if known.kind == "category" else kolmogorov_smirnov
    return float(measure(shares, before))


def limit(known: Distribution, counts: Integers, rows: int, days: int, config: Monitoring) -> float:
    """Return the largest distance that is no drift: what is configured, what training itself did, what chance does."""
    present = int(counts[:-1].sum())
    cells = max(int(np.count_nonzero(known.cell_shares)), 2)
    chance = chance_limit(present, rows, cells if known.kind == "category" else 0)
    return max(config.distance, inside_training(known, days)[0], chance)


def missing_limit(known: Distribution, present: int, rows: int, days: int, config: Monitoring) -> float:
    """Return the largest change of the missing share that is no drift, likewise."""
    return max(config.distance, inside_training(known, days)[1], chance_limit(present, rows, 0))


def inside_training(known: Distribution, days: int) -> tuple[float, float]:
    """Return the largest distance and change of missing share of windows inside training.

    Those of the longest stored length that is not above `days`: shorter windows vary more, so that a window
    which is not over yet is not measured by whole ones.
    """
    stored = sorted(known.windows, key=lambda window: window.days)
    fitting = [window for window in stored if window.days <= days] or stored[:1]
    return (fitting[-1].distance, fitting[-1].missing) if fitting else (0.0, 0.0)


def chance_limit(now: int, before: int, cells: int) -> float:
    """Return the distance that two samples of one distribution exceed with probability `_CHANCE`.

    Kolmogorov-Smirnov: the asymptotic bound sqrt(ln(2 / p) (n + m) / (2 n m)) (Smirnov 1939). Total variation of
    K cells: its mean is at most sqrt(K (n + m) / (n m)) / 2, and it lies above it by as much as McDiarmid (1989)
    allows.
    """
    if not now or not before:
        return 1.0
    effective = now * before / (now + before)
    spread = math.sqrt(math.log(2 / _CHANCE) / (2 * effective))
    return min(1.0, spread + (math.sqrt(cells / effective) / 2 if cells else 0.0))


def psi(shares: Floats, known: Distribution) -> float | None:
    """Return the population stability index on about ten bins of equal share (numbers), or on the categories."""
    before = known.cell_shares
    if len(before) != len(shares) or not before.sum():
        return None
    if known.kind != "category":
        shares, before = _binned(shares, before)
    now, then = np.maximum(shares, _LEAST_SHARE), np.maximum(before, _LEAST_SHARE)
    return float(((now - then) * np.log(now / then)).sum())


def _binned(shares: Floats, before: Floats) -> tuple[Floats, Floats]:
    """Merge neighbouring cells into bins of equal share; both kinds of shares by the same cells."""
    middle = np.cumsum(before) - before / 2
    place = np.minimum((middle * _BINS).astype(int), _BINS - 1)
    now, then = (np.bincount(place, weights=each) for each in (shares, before))
    return now.astype(float), then.astype(float)


def _covered(tally: Tally, number: int) -> int:
    """Return how many days of a window lie between the first and the last row of all."""
    begins, ends = tally.grid.begins(number), tally.grid.ends(number)
    first = begins if tally.first is None else max(begins, tally.first)
    last = ends if tally.last is None else min(ends - timedelta(microseconds=1), tally.last)
    return (last.date() - first.date()).days + 1


def _elapsed(tally: Tally) -> int:
    if tally.first is None or tally.last is None:
        return 1
    return (tally.last.date() - tally.first.date()).days + 1


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
