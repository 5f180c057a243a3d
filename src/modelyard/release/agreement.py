"""Judges the challenger's answers against itself: what it served must be what its bundle says offline."""

from modelyard.config.release import Release as Config
from modelyard.release.sequential import Sample, above, conclusive
from modelyard.release.verdict import Answers, Check
from modelyard.release.window import Look

_TOLERATED = 0.001  # share of rows that may differ: a value at the edge of a split, rounded on its way
_DRIFT = 2.0


def answers(look: Look, found: Answers | None, config: Config) -> Check:
    """Fail on a number that is none, on one constant answer, on other scores than offline, or than at training."""
    found = found or Answers()
    rows = found.compared + found.not_finite
    told = Check(
        name="answers", value=found.differing / max(1, found.compared), limit=_TOLERATED, rows=rows, verdict="waiting"
    )
    wrong = _wrong(look, found, config)
    if wrong:
        return told.ruled("fail", wrong)
    if found.skipped:
        return told.ruled("pass", found.skipped, warning=True)
    if rows < config.min_rows:
        return told.ruled("waiting", f"{rows} of {config.min_rows} captured rows")
    if found.differing > _TOLERATED * found.compared:
        return told.ruled("waiting", f"{found.differing} of {found.compared} rows differ")
    return told.ruled("pass", f"{found.compared} rows as offline")


def _wrong(look: Look, found: Answers, config: Config) -> str:
    if found.golden_differing:
        return f"{found.golden_differing} rows of golden.parquet have other scores than at training"
    if found.not_finite:
        return f"{found.not_finite} captured rows have no finite score"
    if found.compared >= config.min_rows and found.distinct <= 1 < found.varied:
        return f"all {found.compared} captured rows have the same score"
    differing = Sample(found.compared, found.differing)
    if found.compared >= config.min_rows and conclusive(above(differing, _TOLERATED), look.alpha):
        return f"{found.differing} of {found.compared} captured rows have other scores than offline"
    return ""


def difference(found: Answers | None) -> Check | None:
    """Warn when the challenger differs from the champion much more than it did at the gate."""
    if found is None or found.difference is None or found.recorded is None:
        return None
    limit = _DRIFT * found.recorded + 0.01 * found.scale
    far = found.difference > limit
    reason = f"mean distance to the champion {found.difference:.3g}, {found.recorded:.3g} on held-out rows"
    return Check(
        name="difference",
        verdict="pass",
        value=found.difference,
        limit=limit,
        rows=found.compared,
        reason=reason,
        warning=far,
    )
