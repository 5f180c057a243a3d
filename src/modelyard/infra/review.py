"""A plan with everything there is to say about it: what is wrong, which controls it breaks, what it costs."""

from pathlib import Path
from typing import Any

from modelyard.errors import OutcomeError
from modelyard.infra.cost import OWN, Book, Cost, book, price
from modelyard.infra.plan import Plan, Problem, plan
from modelyard.infra.plan.records import Layer
from modelyard.infra.platform import FILE_NAME, EnvName, Platform, find, known, load, programs
from modelyard.infra.platform.check import warnings
from modelyard.infra.platform.layers import one_of
from modelyard.infra.platform.places import mismatches, unsaid
from modelyard.infra.platform.stale import stale, told
from modelyard.infra.policy import Excused, Finding, judge
from modelyard.record import Record


class Review(Record):
    """One environment, planned, judged and priced. `violations` that are mandatory stop an `up`."""

    env: str
    region: str
    account: str
    layers: tuple[Layer, ...]
    problems: tuple[Problem, ...]
    violations: tuple[Finding, ...]
    excused: tuple[Excused, ...]
    warnings: tuple[str, ...]
    cost: Cost

    @property
    def refused(self) -> int:
        """How many things would stop an `up`."""
        return len(self.problems) + sum(finding.severity == "mandatory" for finding in self.violations)


class Reviews(Record):
    """Several environments of one platform, in order."""

    environments: tuple[Review, ...]

    @property
    def refused(self) -> int:
        """How many things would stop an `up` in any of them."""
        return sum(review.refused for review in self.environments)


def reviews(start: Path, env: str | None, layer: str | None = None) -> Reviews:
    """Review one environment of the platform at or above `start`, or all of them.

    Raises:
        RequestError: No platform, a configuration that is wrong, or a program that fails.
    """
    path = find(start)
    platform, ejected = load(path), programs.ejected(path)
    wanted = tuple(platform.environments) if env is None else (known(platform, env),)
    prices = book(path.parent / OWN)
    found = (review(platform, each, layer, ejected=ejected, prices=prices) for each in wanted)
    return Reviews(environments=tuple(_with_repository(each, platform, path) for each in found))


def _with_repository(found: Review, platform: Platform, path: Path) -> Review:
    """Return the review with what the repository around `platform.yaml` says otherwise than it, or not yet."""
    env = known(platform, found.env)
    wrong = tuple(
        Problem(
            layer="project",
            resource=one.file,
            property=one.key,
            value=one.found,
            message=f"{FILE_NAME} makes it {one.wanted}",
            fix=f"Write {one.wanted} there (`modelyard infra plan --write` does), or correct {FILE_NAME}.",
        )
        for one in mismatches(platform, path, env)
    )
    left_behind = (told(one, path) for one in stale(platform, path, env))
    warnings = (*found.warnings, *unsaid(platform, path, env), *left_behind)
    changed = {"problems": found.problems + wrong, "warnings": warnings}
    return found.model_copy(update=changed)


def refusal(found: Reviews) -> OutcomeError | None:
    """Return why an `up` would be refused, if it would."""
    if not found.refused:
        return None
    return OutcomeError(
        f"The plan has {found.refused} problem{'s' * (found.refused > 1)} that would stop an `up`.",
        "Each line above says what to change; or write an exception with a reason and an end into platform.yaml.",
        code="plan_refused",
    )


def review(
    platform: Platform,
    env: EnvName,
    layer: str | None = None,
    *,
    ejected: Path | None = None,
    prices: Book | None = None,
) -> Review:
    """Plan, judge and price one environment; with `layer`, show only that one of what was judged as a whole.

    Raises:
        RequestError: The environment or the layer does not exist, or a program fails.
    """
    if layer is not None:
        one_of(platform, env, layer)
    planned = plan(platform, env, ejected=ejected)
    found, cost = judge(planned, platform), price(planned, platform, prices=prices)
    shown = planned if layer is None else plan_of(planned, layer)
    return Review(
        env=env,
        region=planned.region,
        account=planned.account,
        layers=shown.layers,
        problems=shown.problems,
        violations=tuple(finding for finding in found.findings if layer in {None, finding.layer}),
        excused=tuple(each for each in found.excused if layer in {None, each.finding.layer}),
        warnings=tuple(warnings(platform, env)),
        cost=cost if layer is None else _of(cost, layer),
    )


def plan_of(planned: Plan, layer: str) -> Plan:
    """Return a plan with one layer left."""
    kept = tuple(each for each in planned.layers if each.name == layer)
    problems = tuple(problem for problem in planned.problems if problem.layer == layer)
    return planned.model_copy(update={"layers": kept, "problems": problems})


def _of(cost: Cost, layer: str) -> Cost:
    items = tuple(item for item in cost.items if item.layer == layer)
    low, high = round(sum(item.usd for item in items), 2), round(sum(item.usd_high for item in items), 2)
    changed: dict[str, Any] = {
        "items": items,
        "unpriced": tuple(each for each in cost.unpriced if each.layer == layer),
        "monthly_usd": low,
        "low_usd": low,
        "high_usd": high,
    }
    return cost.model_copy(update=changed)
