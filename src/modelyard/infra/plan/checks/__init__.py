"""What AWS or the provider would refuse, found before anybody asks them."""

from collections.abc import Callable, Iterable, Sequence

from modelyard.infra.plan.checks.known import Known
from modelyard.infra.plan.checks.limits import limits
from modelyard.infra.plan.checks.ranges import ranges
from modelyard.infra.plan.checks.references import references
from modelyard.infra.plan.checks.sizes import sizes
from modelyard.infra.plan.checks.twice import twice
from modelyard.infra.plan.checks.types import types
from modelyard.infra.plan.records import Problem, Resource

__all__ = ["Known", "check"]

_CHECKS: tuple[Callable[[Sequence[Resource], Known], Iterable[Problem]], ...] = (
    types,
    limits,
    references,
    ranges,
    sizes,
    twice,
)


def check(resources: Sequence[Resource], known: Known) -> tuple[Problem, ...]:
    """Return every problem of the resources of an environment, in the order of the layers."""
    return tuple(problem for each in _CHECKS for problem in each(resources, known))
