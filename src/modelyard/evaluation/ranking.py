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


def ranked(rows: Scored, where: Units) -> np.ndarray:
    """Return (units, classes * 2 * bins): per class, from the highest score down, its positives, then its negatives.

    What is counted so far adds up over units as counts do, so that a resample needs no sums along the bins. float32
    holds 2^24 rows exactly, and is off by 1e-7 beyond.
    """
    pairs = one_versus_rest(rows)
    bins = max(16, _BINS // len(pairs))
    parts = [_histogram(positive, scores, bins, where) for positive, scores in pairs]
    padded = np.concatenate([np.pad(p, ((0, 0), (0, 0), (0, bins - p.shape[2]))) for p in parts], axis=1)
    return np.cumsum(padded[:, :, ::-1], axis=2).reshape(where.count, -1)


def resampled_auc(sums: np.ndarray, classes: int) -> np.ndarray:
    """Return (resamples,) AUCs from (resamples, q) resampled sums."""
    positive, negative = _split(sums, classes)
    above = positive - _steps(positive) / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        each = np.einsum("rcb,rcb->rc", _steps(negative), above) / (positive[:, :, -1] * negative[:, :, -1])
    return _nanmean(each)


def resampled_precision(sums: np.ndarray, classes: int) -> np.ndarray:
    """Return (resamples,) average precisions from (resamples, q) resampled sums."""
    positive, negative = _split(sums, classes)
    precision = positive / np.maximum(positive + negative, 1)  # without a row there is no positive one
    with np.errstate(invalid="ignore", divide="ignore"):
        each = np.einsum("rcb,rcb->rc", _steps(positive), precision) / positive[:, :, -1]
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


def _steps(so_far: np.ndarray) -> np.ndarray:
    """Return what each bin adds."""
    steps = so_far.copy()
    steps[:, :, 1:] -= so_far[:, :, :-1]
    return steps


def _nanmean(each: np.ndarray) -> np.ndarray:
    present = np.isfinite(each)
    count = present.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(present, each, 0.0).sum(axis=1) / np.where(count > 0, count, np.nan)


def _mean(values: list[float]) -> float:
    kept = [v for v in values if np.isfinite(v)]
    return float(np.mean(kept)) if kept else float("nan")
