"""What several environments use must outlive each of them: the layer `account` goes with the last one."""

from collections.abc import Iterator
from dataclasses import replace

from modelyard.infra.engine.session import Run, session
from modelyard.infra.engine.stacks import Target
from modelyard.infra.engine.targets import Request, targets

SHARED = "account"


def used_by(run: Run, request: Request) -> str | None:
    """Return an environment of the same account and region that is still up, or None."""
    for name in _neighbours(request):
        for target in targets(replace(request, env=name, layers=())):
            if target.kind != SHARED and _exists(run, target):
                return name
    return None


def _neighbours(request: Request) -> Iterator[str]:
    platform, env = request.platform, request.env
    here = platform.account_of(env), platform.region_of(env)
    for name in platform.environments:
        if name != env and (platform.account_of(name), platform.region_of(name)) == here:
            yield name


def _exists(run: Run, target: Target) -> bool:
    with session(run, target) as at:
        state = at.space.state(target.qualified)
    return bool(state and [r for r in state.get("resources") or [] if r.get("custom")])
