"""One sequential test for every metric of a release: it may be read after each request without losing its level.

All metrics are brought to the same form: trials, each with a loss in [0, 1] (an error is 1, a request slower than a
bound is 1, a squared error is itself), whose mean is compared with a limit, or with another version's mean.

The evidence against a hypothesis is an e-process: a mixture over all means (prior Beta(1/2, 20)) divided by the
likelihood of the best mean that the hypothesis allows. Under the hypothesis its expectation is at most 1 at every
stopping time, so the chance that it ever reaches 1 / alpha is at most alpha, however often it is looked at.

Sources:
    Ville's inequality: Ville (1939), Etude critique de la notion de collectif.
    The mixture: Robbins (1970), Statistical methods related to the law of the iterated logarithm, Ann. Math. Stat. 41.
    Division by the best likelihood of a composite hypothesis: Wasserman, Ramdas, Balakrishnan (2020), Universal
    inference, PNAS 117(29), section 8 (sequential form).
    Two independent streams in any order: Turner, Ly, Grunwald (2024), Generic E-variables for exact sequential k-sample
    tests that allow for optional stopping, J. Stat. Plan. Inference 230.
    Losses between 0 and 1 in the Bernoulli form: its factor is convex in the loss, so its mean is largest for 0 and 1;
    Waudby-Smith, Ramdas (2024), Estimating means of bounded random variables by betting, JRSS B 86(1).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp, inf, lgamma, log

_A, _B = 0.5, 20.0  # rates near 0 are what is expected; 20 trials' worth of it is quickly outweighed
_LOG_PRIOR = lgamma(_A + _B) - lgamma(_A) - lgamma(_B)
_GOLDEN = (5**0.5 - 1) / 2
_STEPS = 30  # leave 5e-7 of the interval, and less of the likelihood


@dataclass(frozen=True)
class Sample:
    """What one version did: `losses` is the sum over `trials` trials, each loss between 0 and 1."""

    trials: float
    losses: float

    @property
    def rate(self) -> float:
        """Return the mean loss; 0 without a trial."""
        return self.losses / self.trials if self.trials else 0.0


def conclusive(evidence: float, alpha: float) -> bool:
    """Say whether log evidence refutes its hypothesis at level `alpha`, at this look and all others together."""
    return evidence >= -log(alpha)


def above(sample: Sample, limit: float) -> float:
    """Return the log evidence that the mean is above `limit`."""
    return mixture(sample) - likelihood(sample, min(sample.rate, limit))


def below(sample: Sample, limit: float) -> float:
    """Return the log evidence that the mean is below `limit`."""
    return mixture(sample) - likelihood(sample, max(sample.rate, limit))


def worse(one: Sample, other: Sample, margin: float) -> float:
    """Return the log evidence that the mean of `one` is more than `margin` above the mean of `other`."""
    allowed = one.rate <= other.rate + margin
    return mixture(one) + mixture(other) - _best(one, other, margin, allowed=allowed)


def higher(one: Sample, other: Sample) -> float:
    """Return the log evidence that the mean of `one` is above the mean of `other`: `worse` without a margin."""
    if one.rate <= other.rate:
        return -inf  # 0 instead of something below 1: an e-process may always be made smaller
    both = Sample(one.trials + other.trials, one.losses + other.losses)
    return mixture(one) + mixture(other) - likelihood(both, both.rate)


def no_worse(one: Sample, other: Sample, margin: float, alone: Sample | None = None) -> float:
    """Return the log evidence that the mean of `one` is less than `margin` above the mean of `other`.

    Half the stake is on `one` alone being below `margin`, which needs no trial of `other`; the mean of two
    e-processes is one. `alone` stands for `one` there: its losses that `other` is known not to share.
    """
    allowed = one.rate >= other.rate + margin
    both = mixture(one) + mixture(other) - _best(one, other, margin, allowed=allowed)
    return average([both, below(alone or one, margin)])


def _best(one: Sample, other: Sample, margin: float, *, allowed: bool) -> float:
    """Return the log likelihood of the best two means that a hypothesis allows: what was seen, else on its edge."""
    if allowed:
        return likelihood(other, other.rate) + likelihood(one, one.rate)
    ends = sorted([other.rate, one.rate - margin])
    low, high = (min(max(end, 0.0), 1.0 - margin) for end in ends)
    return _largest(lambda mean: likelihood(other, mean) + likelihood(one, mean + margin), low, high)


def mixture(sample: Sample) -> float:
    """Return the log of the Bernoulli likelihood averaged over the prior."""
    a, b = _A + sample.losses, _B + sample.trials - sample.losses
    return _LOG_PRIOR + lgamma(a) + lgamma(b) - lgamma(a + b)


def likelihood(sample: Sample, mean: float) -> float:
    """Return the log of the Bernoulli likelihood of `mean`; minus infinity where the sample contradicts it."""
    return _term(sample.losses, mean) + _term(sample.trials - sample.losses, 1.0 - mean)


def _term(count: float, chance: float) -> float:
    if count <= 0:
        return 0.0
    return count * log(chance) if chance > 0 else -inf


def average(logs: Sequence[float]) -> float:
    """Return the log of the mean of e-processes, given as logs; it is one itself."""
    high = max(logs)
    return high if high == -inf else high + log(sum(exp(one - high) for one in logs) / len(logs))


def _largest(value: Callable[[float], float], low: float, high: float) -> float:
    """Return the largest value of a concave function by golden section, its ends included."""
    found = [value(low), value(high)]
    left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    a, b = value(left), value(right)
    for _ in range(_STEPS):
        if a < b:
            low, left, a = left, right, b
            right = low + _GOLDEN * (high - low)
            b = value(right)
        else:
            high, right, b = right, left, a
            left = high - _GOLDEN * (high - low)
            a = value(left)
    return max(*found, a, b)
