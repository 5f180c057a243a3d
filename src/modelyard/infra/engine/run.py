"""The engine over the layers of an environment, in order; the first failure ends the run, and a new run goes on there.

Nothing is remembered between runs but the state: a layer that is finished answers within a second that it is the same.
"""

from collections.abc import Callable, Collection, Generator, Mapping, Sequence
from typing import Any

from pulumi.automation import Stack

from modelyard.infra.engine import unsecret
from modelyard.infra.engine.protection import Loosened, held
from modelyard.infra.engine.results import LayerResult, Outcome, Previewed
from modelyard.infra.engine.session import Run, Session, masked, session
from modelyard.infra.engine.stacks import Target
from modelyard.infra.engine.targets import with_placeholders

Planned = Callable[[], Mapping[str, dict[str, Any]]]


def up(run: Run, targets: Sequence[Target]) -> Outcome:
    """Make or change every layer, lowest first.

    Raises:
        OutcomeError: A mandatory policy is broken; nothing of that layer was touched.
        OutsideError: A resource failed, or the network, a lock, credentials; running again goes on from there.
    """
    done: list[LayerResult] = []
    outputs: dict[str, dict[str, Any]] = {}
    for target in targets:
        with session(run, target) as at:
            stack = at.made()
            found = at.work(lambda s=stack, at=at: s.up(show_secrets=False, **at.options()))
            outputs[target.layer] = masked(found.outputs)
            done.append(at.result())
    return Outcome(layers=tuple(done), outputs=outputs)


def preview(run: Run, targets: Sequence[Target], planned: Planned, wanted: Collection[str] = ()) -> Previewed:
    """Say what `up` would do with the `wanted` layers; empty means all.

    `targets` are all layers of the environment: one below that is not up is represented by the outputs of its plan.
    Where the secrets in the state may not be opened, they are left out of it.
    """
    with unsecret.where_shut(run, targets) as (at, seen):
        done = _previewed(at, seen, planned, wanted)
        return Previewed(layers=tuple(done), secrets_compared=at.blind is None)


def _previewed(
    run: Run, targets: Sequence[Target], planned: Planned, wanted: Collection[str]
) -> Generator[LayerResult]:
    missing: dict[str, dict[str, Any]] = {}
    asked = _up_to_last(targets, wanted)
    for target in asked:
        if not wanted or target.kind in wanted:
            given = with_placeholders(target, missing) if missing else target
            yield _preview(run, given, tuple(missing))
        if target is not asked[-1] and not _is_up(run, target):
            missing[target.kind] = planned().get(target.kind, {})


def _up_to_last(targets: Sequence[Target], wanted: Collection[str]) -> Sequence[Target]:
    last = max((i for i, target in enumerate(targets) if not wanted or target.kind in wanted), default=-1)
    return targets[: last + 1]


def _is_up(run: Run, target: Target) -> bool:
    with session(run, target) as at:
        stack = at.existing()
        return stack is not None and bool(at.work(stack.outputs))


def _preview(run: Run, target: Target, placeholders: tuple[str, ...]) -> LayerResult:
    with session(run, target) as at:
        stack = at.made()
        read = unsecret.read_anew(at, stack)
        at.work(lambda: stack.preview(refresh=not read, **at.options()))
        return at.result(placeholders, same=at.watch.counts["same"] - at.watch.read)


def refresh(run: Run, targets: Sequence[Target]) -> Outcome:
    """Read every resource anew; what somebody changed by hand is counted, and taken into the state."""
    return _each(run, targets, _refresh)


def destroy(run: Run, targets: Sequence[Target]) -> Outcome:
    """Delete every layer, highest first, and the stacks themselves.

    Raises:
        OutcomeError: Something holds data and is protected, and deleting data was not asked for.
    """
    return _each(run, tuple(reversed(targets)), _destroy)


def outputs(run: Run, targets: Sequence[Target]) -> Outcome:
    """Return what the layers export; a layer that is not up is left out."""
    done: list[LayerResult] = []
    found: dict[str, dict[str, Any]] = {}
    for target in targets:
        with session(run, target) as at:
            stack = at.existing()
            if stack is not None:
                found[target.layer] = masked(at.work(stack.outputs))
                done.append(at.result(same=_size(at)))
    return Outcome(layers=tuple(done), outputs=found)


def _each(run: Run, targets: Sequence[Target], act: Callable[[Session], LayerResult]) -> Outcome:
    done = []
    for target in targets:
        with session(run, target) as at:
            done.append(act(at))
    return Outcome(layers=tuple(done))


def _refresh(at: Session) -> LayerResult:
    stack = at.existing()
    if stack is None:
        return at.result()
    at.work(lambda: stack.refresh(show_secrets=False, color="never", on_event=at.watch.hear))
    return at.result()


def _destroy(at: Session) -> LayerResult:
    stack = at.existing()
    if stack is None:
        return at.result()
    if at.run.delete_data:
        _let_go(at, stack)
    at.work(lambda: stack.destroy(show_secrets=False, color="never", on_event=at.watch.hear))
    at.work(lambda: at.space.remove_stack(at.target.qualified))
    return at.result()


def _let_go(at: Session, stack: Stack) -> None:
    urns = held(at.space.state(stack.name) or {})
    if urns:
        loose = Loosened(at.target.layer, at.target.folder)
        at.work(lambda: stack.up(program=loose, target=urns, show_secrets=False, color="never"))


def _size(at: Session) -> int:
    resources = (at.space.state(at.target.qualified) or {}).get("resources") or []
    return sum(1 for r in resources if r.get("custom") and not r["type"].startswith("pulumi:"))
