"""Finds columns that give the target away: their values, their absence, or their difference from a like one.

At 0.98 a column is excluded; at 0.90 only when it stands alone, with three times the lift of the next one:
several columns as strong as each other are honest ones.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from modelyard.scaffold.profile.pairs import difference, promising
from modelyard.scaffold.profile.read import Facts
from modelyard.scaffold.profile.scores import Truth, bins, monotone, score
from modelyard.scaffold.profile.totals import parts

CERTAIN = 0.98
SUSPECT = 0.90
ALONE = 3.0


@dataclass(frozen=True)
class Verdict:
    """What was found about one column; `why` is said of it, `excluded` or not."""

    column: str
    excluded: bool
    why: str


@dataclass(frozen=True)
class _Finding:
    score: float
    culprit: str
    members: frozenset[str]
    what: str


def leaks(frame: pl.DataFrame, features: Sequence[Facts], times: Sequence[Facts], truth: Truth) -> list[Verdict]:
    """Judge `features`; `times` (the time column) only serve in differences. Rows align with `truth`."""
    singles = [_single(frame, column, truth) for column in features]
    best = {finding.culprit: finding.score for finding in singles}
    pairs = [f for f in _pairs(frame, [*features, *times], truth, best) if f.culprit in best]
    certain = _first_of_each([f for f in (*singles, *pairs) if f.score >= CERTAIN])
    known = {finding.culprit for finding in certain}
    halves = _halves(frame, [c for c in features if c.name not in known], best, truth)
    known |= {verdict.column for verdict in halves}
    strong = [f for f in (*singles, *pairs) if f.score >= SUSPECT and not f.members & known]
    verdicts = [Verdict(f.culprit, True, _certain(f, truth)) for f in certain]
    return verdicts + halves + _suspects(strong, {c: s for c, s in best.items() if c not in known}, truth)


def _single(frame: pl.DataFrame, column: Facts, truth: Truth) -> _Finding:
    values = frame[column.key]
    # every class must be told apart by the values, or an honest column that isolates one class would go
    by_value = max(min(score(bins(values), truth)), monotone(values, truth))
    by_absence = max(score(values.is_null(), truth)) if 0 < values.null_count() < len(values) else 0.5
    what = "whether it is missing" if by_absence >= by_value - 0.01 else "its value"
    return _Finding(max(by_value, by_absence), column.name, frozenset({column.name}), what)


def _pairs(frame: pl.DataFrame, columns: Sequence[Facts], truth: Truth, best: dict[str, float]) -> list[_Finding]:
    found = []
    for pair in promising(frame, columns, truth):
        value = min(score(bins(difference(frame, pair)), truth))
        a, b = pair.earlier.name, pair.later.name
        if 1 - value <= 0.5 * (1 - max(best.get(a, 0.5), best.get(b, 0.5))):
            later = b if b in best else a
            what = f"its difference from {(a if later == b else b)!r}"
            found.append(_Finding(value, later, frozenset({a, b}), what))
    return found


def _halves(frame: pl.DataFrame, columns: Sequence[Facts], best: dict[str, float], truth: Truth) -> list[Verdict]:
    """Exclude both of two columns whose sum is the target: neither is known before it."""
    others = {}
    for a, b in parts(frame, columns, best, truth):
        others |= {a.name: b.name, b.name: a.name}
    return [Verdict(name, True, f"leak: with {other!r} it adds up to the target") for name, other in others.items()]


def _first_of_each(findings: Sequence[_Finding]) -> list[_Finding]:
    """Keep one finding per culprit, and no pair that an excluded column already explains."""
    kept: list[_Finding] = []
    for finding in sorted(findings, key=lambda f: (len(f.members), -f.score)):
        if not finding.members & {f.culprit for f in kept}:
            kept.append(finding)
    return kept


def _suspects(strong: Sequence[_Finding], best: dict[str, float], truth: Truth) -> list[Verdict]:
    """Exclude what stands alone; note what is strong among others as strong."""
    singles = [f for f in strong if len(f.members) == 1]
    involved = frozenset().union(*(f.members for f in strong))
    rest = max((s for column, s in best.items() if column not in involved), default=0.5)
    if len(singles) > 1:
        rest = max(rest, sorted(f.score for f in singles)[-2])
    alone = [f for f in strong if f.score - 0.5 >= ALONE * (rest - 0.5)]
    excluded = [Verdict(f.culprit, True, _suspect(f, rest, truth)) for f in _first_of_each(alone)]
    gone = {verdict.column for verdict in excluded}
    notes = [Verdict(f.culprit, False, _strong(f, truth)) for f in singles if f.culprit not in gone]
    return excluded + notes


def _measure(value: float, truth: Truth) -> str:
    return f"{'concordance' if truth.regression else 'AUC'} {value:.3f} out of fold"


def _certain(finding: _Finding, truth: Truth) -> str:
    return f"leak: {finding.what} alone predicts the target ({_measure(finding.score, truth)})"


def _suspect(finding: _Finding, rest: float, truth: Truth) -> str:
    return (
        f"suspected leak: {finding.what} alone predicts the target ({_measure(finding.score, truth)}; "
        f"the next column {rest:.3f}); if it is known when predicting, put it under data.known_at"
    )


def _strong(finding: _Finding, truth: Truth) -> str:
    return f"strong ({_measure(finding.score, truth)}), as other columns are: kept"
