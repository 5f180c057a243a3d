"""Releases: which share of the requests the challenger had, when, and how fast it answered."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from modelyard.evaluation.plots.canvas import ACCENT, BAD, GOOD, INK, MUTED, WARN, WIDTH, Canvas, clean
from modelyard.report.data import ReleaseLog

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST = 4
_PANEL = 96.0
_COLOURS = {"promoted": GOOD, "rolled_back": BAD, "aborted": WARN, "running": ACCENT}


def shares(releases: Sequence[ReleaseLog]) -> str:
    """Draw the challenger's share over the seconds of each of the newest releases."""
    shown = list(releases)[-_MOST:]
    canvas = Canvas("Traffic", 62 + _PANEL * len(shown), "share of requests that the challenger answered")
    canvas.text(2, 34, "% of requests to the challenger, by seconds since the start", colour=MUTED)
    for number, release in enumerate(shown):
        top = 60 + _PANEL * number
        colour = _COLOURS.get(release.state, ACCENT)
        words = f"v{release.challenger} against v{release.champion}: {release.state.replace('_', ' ')}"
        canvas.text(2, top, clean(words, 50), size=11, weight="bold", colour=INK)
        _share(canvas.place((44, canvas.height - top - 68, WIDTH - 62, 56), grid="y"), release, colour)
    return canvas.svg()


def _share(axes: "Axes", release: ReleaseLog, colour: str) -> None:
    points = [(_seconds(release, entry.time), entry.weight) for entry in release.entries]
    times, weights = [0.0], [0.0]
    for time, weight in points:
        times += [time, time]
        weights += [weights[-1], weight]
    if release.state == "promoted":
        weights[-1] = 100.0
    elif release.state != "running":
        weights[-1] = 0.0
    end = max(times[-1], 1e-3)
    times.append(end * 1.06)
    weights.append(weights[-1])
    axes.plot(times, weights, color=colour, linewidth=2)
    axes.fill_between(times, weights, color=colour, alpha=0.15, linewidth=0)
    axes.set(ylim=(-4, 106), xlim=(0, times[-1]))
    axes.set_yticks([0, 50, 100])
    axes.set_xticks([0, end])
    axes.set_xticklabels(["0", f"{end:.3g} s"])


def _seconds(release: ReleaseLog, moment: str) -> float:
    return (datetime.fromisoformat(moment) - datetime.fromisoformat(release.started)).total_seconds()


def latency(releases: Sequence[ReleaseLog]) -> str | None:
    """Draw the last latency checks of each release against their limits; None where none had a value."""
    found = [
        (f"v{release.challenger} {check['name']}", check)
        for release in list(releases)[-_MOST:]
        for check in release.checks
        if "latency" in str(check["name"]) or "p99" in str(check["name"])
    ]
    found = [(name, check) for name, check in found if check.get("value") is not None and check.get("limit")]
    if not found:
        return None
    canvas = Canvas("Latency", 76 + 30 * len(found), "latency of the challenger relative to its limit")
    canvas.text(2, 34, "as a part of what is allowed; right of the line is too slow", colour=MUTED)
    axes = canvas.place((150, 34, WIDTH - 172, canvas.height - 78), grid="x")
    ratios = [check["value"] / check["limit"] for _, check in found]
    colours = [BAD if check["verdict"] == "fail" else GOOD for _, check in found]
    axes.barh(range(len(found)), ratios, color=colours, height=0.5, alpha=0.85)
    axes.axvline(1.0, color=BAD, linewidth=1.4)
    axes.set(ylim=(len(found) - 0.4, -0.6), xlim=(0, max(1.15, max(ratios) * 1.08)))
    axes.set_yticks(range(len(found)))
    axes.set_yticklabels([clean(name, 22) for name, _ in found])
    return canvas.svg()
