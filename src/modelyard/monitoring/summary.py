"""Puts the performance of all versions together: what alerts, and what may be estimated meanwhile."""

from collections.abc import Sequence
from datetime import datetime

from modelyard.config.monitoring import Monitoring
from modelyard.monitoring.performance import estimated, windows_of
from modelyard.monitoring.results import Drift, Performance, PerformanceWindow
from modelyard.monitoring.subject import Subject
from modelyard.monitoring.windows import first_alert


def summary(
    subjects: Sequence[Subject], as_of: datetime, config: Monitoring, drift: Drift, *, whole: bool = False
) -> Performance:
    """Judge every version; an estimate clears no alert, and is hidden while drift alerts.

    Args:
        subjects: The versions, with their outcomes.
        as_of: Naive UTC; windows whose labels had no time to come by then are not judged.
        config: k of n.
        drift: What was found about the same rows.
        whole: An alert anywhere in the span counts; else only one that is up at its end.
    """
    windows: list[PerformanceWindow] = []
    calibration, skill = [], []
    for subject in subjects:
        if subject.outcomes is None:
            continue
        found = windows_of(subject.outcomes, subject.version, as_of, config)
        judged = [window for window in found if window.judged][0 if whole else -config.of_windows :]
        calibration += [subject.version] * _alerts([w.miscalibrated for w in judged], config)
        skill += [subject.version] * _alerts([w.useless for w in judged], config)
        windows += found
    rows, labelled = sum(w.rows for w in windows), sum(w.labelled for w in windows)
    guesses = [e for s in subjects if s.outcomes is not None and (e := estimated(s.outcomes, s.version)) is not None]
    hidden = "drift alerts: what the model expects of itself cannot be trusted now" if drift.alert and guesses else ""
    return Performance(
        alert=bool(calibration or skill),
        labelled=labelled,
        coverage=round(labelled / rows, 6) if rows else None,
        windows=windows,
        calibration=calibration,
        skill=skill,
        estimated=[] if hidden else guesses,
        hidden=hidden,
        skill_of=_measured_against(subjects),
    )


def _alerts(bad: list[bool], config: Monitoring) -> bool:
    return first_alert(bad, config.alert_windows, config.of_windows) is not None


def _measured_against(subjects: Sequence[Subject]) -> str:
    known = [subject.outcomes.baseline.known for subject in subjects if subject.outcomes is not None]
    if not known:
        return ""
    return "the constant answer of the training rows" if all(known) else "the constant answer that the labels ask for"
