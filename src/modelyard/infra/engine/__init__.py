"""The real engine over the layers of an environment; the only importer of `pulumi.automation`.

The functions take a `Request` and return an `Outcome`. Nothing here prints: `report` is told how far it is, `note`
what a person should know.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from modelyard.infra.engine.results import LayerResult, Outcome
from modelyard.infra.platform import FILE_NAME
from modelyard.progress import Progress, silent

if TYPE_CHECKING:
    from modelyard.infra.engine.session import Run
    from modelyard.infra.engine.targets import Request

Note = Callable[[str], object]

__all__ = ["LayerResult", "Outcome", "destroy", "outputs", "preview", "refresh", "refuse_unready", "up"]


def up(request: "Request", report: Progress = silent, note: Note = str) -> Outcome:
    """Make or change every layer of the request, lowest first; a second run goes on where the first stopped.

    Raises:
        RequestError: No CLI, a wrong layer, no account yet, a program or its configuration that fails.
        OutcomeError: A mandatory policy is broken.
        OutsideError: AWS, the network, credentials, or a lock that somebody holds.
    """
    from modelyard.infra.engine import run
    from modelyard.infra.engine.targets import targets

    refuse_unready(request)
    wanted = targets(request)
    return run.up(_run(request, report, note, policies=True), wanted)


def refuse_unready(request: "Request") -> None:
    """Refuse what an `up` must not begin with: no account yet, or a repository that names other places.

    Raises:
        RequestError: With the keys to correct.
    """
    from modelyard.infra.platform import ready

    ready.refuse_no_account(request.platform, request.env)
    if request.ejected is not None:
        ready.refuse_other_places(request.platform, request.env, request.ejected.parent / FILE_NAME)


def preview(request: "Request", report: Progress = silent, note: Note = str) -> Outcome:
    """Say what `up` would do, also before anything is up: layers below then stand in with their planned outputs."""
    from modelyard.infra.engine import run
    from modelyard.infra.engine.targets import targets

    targets(request)  # a layer that does not exist is refused before anything is asked of the backend
    everything = targets(replace(request, layers=()))
    prepared = _run(request, report, note, policies=True)
    return run.preview(prepared, everything, cache(lambda: _planned(request)), request.layers)


def refresh(request: "Request", report: Progress = silent, note: Note = str) -> Outcome:
    """Read every resource anew into the state; counts what was changed outside."""
    from modelyard.infra.engine import run
    from modelyard.infra.engine.targets import targets

    wanted = targets(request)
    return run.refresh(_run(request, report, note), wanted)


def destroy(request: "Request", report: Progress = silent, note: Note = str) -> Outcome:
    """Delete the layers of the request, highest first; the account's own layer goes with its last environment.

    Raises:
        OutcomeError: Something holds data and is protected.
    """
    from modelyard.infra.engine import run, shared
    from modelyard.infra.engine.targets import targets

    wanted, prepared = targets(request), _run(request, report, note)
    user = None if request.layers else shared.used_by(prepared, request)
    if user is not None:
        note(f"account: kept, {user} uses it; `modelyard infra destroy --env {user}` deletes it with the last one")
        wanted = tuple(target for target in wanted if target.kind != shared.SHARED)
    return run.destroy(prepared, wanted)


def outputs(request: "Request", report: Progress = silent, note: Note = str) -> Outcome:
    """Return what the layers export, secrets masked."""
    from modelyard.infra.engine import run
    from modelyard.infra.engine.targets import targets

    wanted = targets(request)
    return run.outputs(_run(request, report, note, changes=False), wanted)


def _run(request: "Request", report: Progress, note: Note, *, policies: bool = False, changes: bool = True) -> "Run":
    from modelyard.infra.engine import backend, executable, pending, search
    from modelyard.infra.engine.session import Pack, Run

    platform, env = request.platform, request.env
    account, region = platform.account_of(env), platform.region_of(env)
    look = pending.Look(
        account, region, pending.parsed(request.adopt), frozenset(request.forget), search.by_tags(region)
    )
    pack = None
    if policies:
        from modelyard.infra.policy.configuration import PACK, pack_config

        pack = Pack(PACK, pack_config(platform, env))
    return Run(
        command=executable.find(install=request.install_cli),
        backend=backend.backend(platform, env),
        look=look,
        report=report,
        note=note,
        pack=pack,
        unlock=request.unlock,
        delete_data=request.delete_data,
        changes=changes,
    )


def _planned(request: "Request") -> dict[str, dict[str, Any]]:
    from modelyard.infra.plan import plan

    return {layer.name: layer.outputs for layer in plan(request.platform, request.env, ejected=request.ejected).layers}
