"""Judges latency by the p99 of histograms: the model's own time against the champion's, requests against a limit."""

from bisect import bisect_right
from typing import Literal

from modelyard.config.release import Release as Config
from modelyard.release.counts import Counts, Histogram, Tails
from modelyard.release.sequential import Sample, above, average, below, conclusive, higher
from modelyard.release.verdict import Check, Reference
from modelyard.release.window import Look

_SLOWEST, _HALF = 0.01, 0.5  # a p99 is what one in a hundred exceeds
_MS = 1000.0
_FEW = 0.02  # of the requests: what so few show, a release would wait for too long


def scorer(look: Look, config: Config, reference: Reference) -> Check:
    """Fail when the challenger surely takes longer than a multiple of the champion's time, and of a new features().

    With a new features() the medians are compared: a busy machine interrupts what takes ten times as long ten times
    as often, which a p99 shows as a timeslice of some milliseconds, and which is no fault of the model.
    """
    one, other = _alike(look.challenger, look.champion, "scorer")
    ratio, more = config.slower, config.slower * _features_s(other, reference)
    share = _HALF if reference.features else _SLOWEST
    value, base = one.estimate(1 - share), other.estimate(1 - share)
    limit = None if base is None else ratio * base + more
    found = Check(
        name="scorer_median" if reference.features else "scorer_p99",
        value=_ms(value),
        limit=_ms(limit),
        rows=one.total,
        verdict="waiting",
    )
    if one.total >= config.min_rows and conclusive(slower(one, other, ratio, more, share), look.alpha):
        return found.ruled("fail", _compared(value, base, more / ratio))
    if one.total < config.min_latency_rows:
        return found.ruled("waiting", f"{one.total} of {config.min_latency_rows} requests")
    if limit is None or value is None:
        return _without_champion(found, look)
    beyond = one.at_least(1 - share) > limit  # inside a bin, the estimate is a guess
    said = _compared(value, base, more / ratio)
    reason = f"{said}: not sure yet whether it is slower" if beyond else said
    return found.ruled("waiting" if beyond else "pass", reason)


def _alike(one: Counts, other: Counts, kind: Literal["scorer", "request"]) -> tuple[Histogram, Histogram]:
    """Return the times that may be compared: of requests of one row, unless one of the two hardly has any.

    A client that sends a thousand rows at once stays with one version, whose p99 its requests then are.
    """
    every = getattr(one, kind), getattr(other, kind)
    single = getattr(one, f"single_{kind}"), getattr(other, f"single_{kind}")
    enough = all(few.total > _FEW * found.total for few, found in zip(single, every, strict=True))
    return single if enough else every


def _features_s(champion: Histogram, reference: Reference) -> float:
    return reference.features * (champion.estimate(_HALF) or 0.0)


def _without_champion(found: Check, look: Look) -> Check:
    """A release whose first step takes all requests cannot compare; it says so, and the absolute limit remains."""
    begun_without = look.champion.trials == 0 and look.before.at <= look.start.at
    reason = "the champion answered nothing that this could be compared with"
    return found.ruled("pass" if begun_without else "waiting", reason, warning=begun_without)


def slower(one: Histogram, other: Histogram, ratio: float, more: float = 0.0, share: float = _SLOWEST) -> float:
    """Return the log evidence that `one` takes longer than `ratio` times what `other` takes, plus `more` seconds.

    Half of the stake is on the quantile that a `share` of the times exceeds, the p99. For each bin in which that of
    `other` may lie: the evidence that it does not, times the evidence that more than the share of `one` exceed what
    the bin's upper end allows; the smallest over all bins is an e-process for the whole hypothesis. Quantiles by
    counts of exceedance: Howard, Ramdas (2022), Sequential estimation of quantiles, Bernoulli 28(3); by bins instead
    of order statistics, which costs the width of a bin.

    Wide bins cost too much, so the other half is on all bounds alike: if `one` took at most what is allowed, it would
    exceed a bound no more often than `other` exceeds the time for which just that bound is allowed.
    """
    mine, yours = one.tails(), other.tails()
    ends = (*other.bounds, float("inf"))
    begins = (None, *other.bounds)
    quantile = min(
        _not_between(yours, low, high, share) + above(_past(mine, ratio * high + more), share)
        for low, high in zip(begins, ends, strict=True)
    )
    pairs = [(high, low) for high in one.bounds if (low := _below(other.bounds, (high - more) / ratio)) is not None]
    anywhere = [higher(_past(mine, high), _past(yours, low)) for high, low in pairs]
    return average([quantile, average(anywhere)]) if anywhere and share == _SLOWEST else quantile


def _below(bounds: tuple[float, ...], limit: float) -> float | None:
    place = bisect_right(bounds, limit)
    return bounds[place - 1] if place else None


def _past(tails: Tails, bound: float) -> Sample:
    return Sample(tails.counts[0], tails.above(bound))


def _not_between(found: Tails, low: float | None, high: float, share: float) -> float:
    """Return the log evidence that what a share of the durations exceeds is not above `low` and not above `high`."""
    past = above(_past(found, high), share)
    return past if low is None else average([past, below(_past(found, low), share)])


def requests(look: Look, config: Config, reference: Reference) -> Check | None:
    """Fail when more than 1 % of the challenger's requests surely take longer than the limit.

    Not where the champion's do too: going back would not help.
    """
    limit_ms = config.p99_ms or reference.p99_ms
    found, champion = _alike(look.challenger, look.champion, "request")
    if limit_ms is None or _mirrored(look.challenger):
        return None
    value, limit = found.quantile(1 - _SLOWEST), limit_ms / _MS
    told = Check(name="request_p99", value=_ms(value), limit=limit_ms, rows=found.total, verdict="waiting")
    one, other = _beyond(found, limit), _beyond(champion, limit)
    if found.total >= config.min_rows and conclusive(above(one, _SLOWEST), look.alpha):
        both = conclusive(above(other, _SLOWEST), look.alpha)
        said = f"{100 * one.rate:.1f} % of the requests took longer than {limit_ms:g} ms"
        more = f"{said}, and {100 * other.rate:.1f} % of the champion's"
        return told.ruled("pass" if both else "fail", more if both else said, warning=both)
    if found.total < config.min_latency_rows:
        return told.ruled("waiting", f"{found.total} of {config.min_latency_rows} requests")
    over = one.rate > max(_SLOWEST, other.rate)
    reason = f"{100 * one.rate:.1f} % of the requests took longer than {limit_ms:g} ms"
    return told.ruled("waiting" if over else "pass", reason)


def _mirrored(counts: Counts) -> bool:
    return counts.request.total == 0 and counts.scorer.total > 0


def _beyond(found: Histogram, bound: float) -> Sample:
    return Sample(found.total, found.above(bound))


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None or seconds == float("inf") else round(seconds * _MS, 3)


def _compared(value: float | None, base: float | None, features_s: float) -> str:
    if not features_s:
        return f"p99 {_said(value)}, the champion's {_said(base)}"
    return f"median {_said(value)}, the champion's {_said(base)}; its features() is new, and takes {_said(features_s)}"


def _said(seconds: float | None) -> str:
    return "beyond every bound" if seconds == float("inf") else f"about {_ms(seconds)} ms"
