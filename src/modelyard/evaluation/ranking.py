"""Metrics of the order of scores: ROC AUC and average precision, exact, and binned for resampling."""

import numpy as np

from modelyard.evaluation.scored import Scored
from modelyard.evaluation.units import Units, cells

# Resampled values come from histograms of the scores, shifted to the exact value: with 512 bins the error of
# the spread is far below that of a thousand resamples.
_BINS = 512


def auc(positive: np.ndarray, scores: np.ndarray) -> float:
    """Return the share of (positive, negative) pairs in the right order, ties counting one half.

    Mann-Whitney by mid-ranks. NaN when one class is absent.
    """
    n_positive = int(positive.sum())
    n_negative = len(positive) - n_positive
    if not n_positive or not n_negative:
        return float("nan")
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    upper = np.cumsum(counts)
    ranks = (upper - (counts - 1) / 2.0)[inverse.reshape(-1)]
    return float((ranks[positive].sum() - n_positive * (n_positive + 1) / 2.0) / (n_positive * n_negative))


def precision_average(positive: np.ndarray, scores: np.ndarray) -> float:
    """Return the mean precision over recall steps, without interpolation. NaN without positives."""
    total = int(positive.sum())
    if not total:
        return float("nan")
    order = np.argsort(-scores, kind="stable")
    ranked, hits = scores[order], np.cumsum(positive[order])
    last = np.append(np.flatnonzero(np.diff(ranked)), len(ranked) - 1)
    gained = np.diff(hits[last], prepend=0)
    return float((gained * hits[last] / (last + 1.0)).sum() / total)


def one_versus_rest(rows: Scored) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return (is this class, score of this class) for the positive class, or for every class."""
    wanted = range(rows.classes) if rows.positive is None else [rows.positive]
    return [(rows.truth == c, rows.scores[:, c]) for c in wanted]


def roc_auc(rows: Scored) -> float:
    """Return the AUC of the positive class, or the mean over classes against the rest."""
    return _mean([auc(positive, scores) for positive, scores in one_versus_rest(rows)])


def average_precision(rows: Scored) -> float:
    """Return the average precision of the positive class, or the mean over classes."""
    return _mean([precision_average(positive, scores) for positive, scores in one_versus_rest(rows)])


def histograms(rows: Scored, where: Units) -> np.ndarray:
    """Return (units, classes * 2 * bins) counts: per class its positives by score bin, then its negatives."""
    pairs = one_versus_rest(rows)
    bins = max(16, _BINS // len(pairs))
    parts = [_histogram(positive, scores, bins, where) for positive, scores in pairs]
    return np.concatenate([np.pad(p, ((0, 0), (0, 0), (0, bins - p.shape[2]))) for p in parts], axis=1).reshape(
        where.count, -1
    )


def resampled_auc(sums: np.ndarray, classes: int) -> np.ndarray:
    """Return (resamples,) AUCs from (resamples, q) resampled histograms."""
    positive, negative = (part.astype(np.float64) for part in _split(sums, classes))
    below = np.cumsum(negative, axis=2) - negative / 2.0
    with np.errstate(invalid="ignore", divide="ignore"):
        each = (positive * below).sum(axis=2) / (positive.sum(axis=2) * negative.sum(axis=2))
    return _nanmean(each)


def resampled_precision(sums: np.ndarray, classes: int) -> np.ndarray:
    """Return (resamples,) average precisions from (resamples, q) resampled histograms."""
    positive, negative = _split(sums, classes)  # float32 holds 2^24 rows exactly, and is off by 1e-7 beyond
    gained, lost = (np.ascontiguousarray(part[:, :, ::-1]) for part in (positive, negative))
    hits = np.cumsum(gained, axis=2)  # on a reversed view it takes three times as long
    taken = np.cumsum(lost, axis=2, out=lost)
    taken += hits
    precision = np.divide(hits, np.maximum(taken, 1.0, out=taken), out=taken)  # without a row there is no hit
    with np.errstate(invalid="ignore", divide="ignore"):
        each = np.einsum("rcb,rcb->rc", gained, precision) / hits[:, :, -1]
    return _nanmean(each)


def bin_edges(scores: np.ndarray, wanted: int) -> np.ndarray:
    """Return at most `wanted` sorted distinct scores: all of them, or quantiles."""
    distinct = np.unique(scores)
    if len(distinct) <= wanted:
        return distinct
    return np.unique(np.quantile(scores, np.linspace(0.0, 1.0, wanted), method="lower"))


def _histogram(positive: np.ndarray, scores: np.ndarray, bins: int, where: Units) -> np.ndarray:
    """Return (units, 2, bins used). Bins begin at scores of positives, where average precision steps."""
    half = (bins - 1) // 2
    edges = np.union1d(bin_edges(scores[positive], half), bin_edges(scores[~positive], half))
    place = np.searchsorted(edges, scores, side="right")
    size = len(edges) + 1
    counts = cells(np.where(positive, 0, size) + place, 2 * size, where)
    return counts.reshape(where.count, 2, size)


def _split(sums: np.ndarray, classes: int) -> tuple[np.ndarray, np.ndarray]:
    shaped = sums.reshape(len(sums), classes, 2, -1)
    return shaped[:, :, 0], shaped[:, :, 1]


def _nanmean(each: np.ndarray) -> np.ndarray:
    present = np.isfinite(each)
    count = present.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(present, each, 0.0).sum(axis=1) / np.where(count > 0, count, np.nan)


def _mean(values: list[float]) -> float:
    kept = [v for v in values if np.isfinite(v)]
    return float(np.mean(kept)) if kept else float("nan")
