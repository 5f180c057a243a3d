"""How long a release takes at the traffic that there is."""

from modelyard.config.release import Release as Config
from modelyard.routing.release import Release


def expected_s(release: Release, config: Config, rows_per_s: float) -> float | None:
    """Return the seconds until the last step has the rows that the judge asks for; None where there is no traffic."""
    if rows_per_s <= 0:
        return None
    shares = [1.0] if release.shadow else [step / 100 for step in release.steps]
    rows = max(config.min_rows, config.min_latency_rows)
    return sum(max(release.hold_s, rows / (rows_per_s * share)) for share in shares)


def sentence(rows_per_s: float, seconds: float | None) -> str:
    """Say it."""
    if seconds is None:
        return "there is no traffic now, so no step can pass"
    return f"about {duration(seconds)} at {rows_per_s:.3g} rows/s"


def duration(seconds: float) -> str:
    """Write seconds as a person would."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"
