"""Plans environments and says which controls hold in them."""

from modelyard.infra.platform import Platform
from modelyard.infra.policy.coverage import Controls, coverage
from modelyard.infra.policy.environments import chosen


def survey(platform: Platform, env: str | None) -> Controls:
    """Return the table of controls with what it met in one environment, or in all of them.

    Raises:
        RequestError: The environment does not exist.
    """
    from modelyard.infra.plan import plan

    return coverage([plan(platform, name) for name in chosen(platform, env)], platform)
