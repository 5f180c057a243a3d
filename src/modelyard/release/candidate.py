"""Which version a release may try: registered, passed by a gate against today's champion, and asked the same way."""

from pathlib import Path

from modelyard.bundle import verify
from modelyard.errors import OutcomeError, RequestError
from modelyard.evaluation.results import Comparison
from modelyard.loop.context import Context
from modelyard.loop.models import local_bundle
from modelyard.loop.results import EvaluateRecord
from modelyard.loop.stages.gate import ACTION as JUDGED
from modelyard.record import Record
from modelyard.registry.models import Registry, Version
from modelyard.release.compatible import incompatibilities, newly_needed
from modelyard.routing import audit
from modelyard.routing.document import Ref, Routing


class Candidate(Record):
    """A version that may be released."""

    ref: Ref
    best: bool  # its gate found it better than the pinned best
    notes: list[str]


def choose(context: Context, registry: Registry, routing: Routing, version: int | None) -> Candidate:
    """Return the challenger, or the version that is named.

    Raises:
        RequestError: There is none, or it is the champion or retired.
        OutcomeError: Its gate's verdict is not passed or out of date, its bundle is damaged, or it asks otherwise.
    """
    champion = routing.champion
    if champion is None:
        raise RequestError("No version serves yet.", "`modelyard run` registers the first one.", code="no_champion")
    found = _named(registry, routing, version)
    if found.version == champion.version:
        raise RequestError(f"Version {found.version} is the champion.", "Name another one.", code="is_champion")
    if found.state == "retired":
        raise RequestError(f"Version {found.version} is retired.", "Name another one.", code="retired")
    ref = Ref(version=found.version, sha256=found.sha256)
    old, new = _verified(context, champion), _verified(context, ref)
    _compatible(old, new, champion, ref)
    best = _judged(context, routing, found) and _better(registry, found)
    return Candidate(ref=ref, best=best, notes=_notes(newly_needed(old, new), ref))


def _named(registry: Registry, routing: Routing, version: int | None) -> Version:
    if version is not None:
        return registry.get(version)
    if routing.challenger is None:
        raise RequestError(
            "There is no challenger.",
            "`modelyard run` registers one, or name a version with --version.",
            code="no_challenger",
        )
    return registry.get(routing.challenger.version)


def _verified(context: Context, ref: Ref) -> Path:
    folder = local_bundle(context, ref)
    verify(folder, ref.sha256)
    return folder


def _compatible(champion: Path, challenger: Path, old: Ref, new: Ref) -> None:
    problems = incompatibilities(champion, challenger)
    if problems:
        more = f", and {len(problems) - 3} more" if len(problems) > 3 else ""
        raise OutcomeError(
            f"Version {new.version} takes other requests than version {old.version}: {'; '.join(problems[:3])}{more}.",
            "One request must suit both. Serve it as a project of its own, or keep the old columns in the contract.",
            code="incompatible_contract",
        )


def _notes(needed: list[str], ref: Ref) -> list[str]:
    names = ", ".join(map(repr, needed))
    return [f"Version {ref.version} reads {names}: requests without it are refused by it."] if needed else []


def _judged(context: Context, routing: Routing, version: Version) -> bool:
    """Check the newest verdict on a version; say whether it was given in the run that made it."""
    verdict = _verdict(context, version)
    if verdict is None or verdict.why != "passed":
        said = "has no verdict of a gate here" if verdict is None else f"has the gate's verdict {verdict.why}"
        raise OutcomeError(f"Version {version.version} {said}.", _again(version), code="not_passed")
    if verdict.generation < routing.champion_since:
        champion = routing.champion.version if routing.champion else None
        raise OutcomeError(
            f"Version {version.version} was judged in generation {verdict.generation}; version {champion} became "
            f"champion in generation {routing.champion_since}.",
            _again(version),
            code="champion_changed",
        )
    return verdict.key.split(":")[1] == version.key


def _again(version: Version) -> str:
    return (
        "Judge it again with its own code and settings: `modelyard run evaluate gate --force`. If it has served "
        f"before, `modelyard release rollback --to {version.version}` brings it back at once."
    )


def _verdict(context: Context, version: Version) -> audit.Event | None:
    keys = {version.key, version.sha256}
    found = [
        event for event in audit.events(context.store) if event.action == JUDGED and event.key.split(":")[1] in keys
    ]
    return found[-1] if found else None


def _better(registry: Registry, version: Version) -> bool:
    file = registry.file(version.run_id, "evaluate.json")
    if file is None:
        return False
    evaluation = EvaluateRecord.model_validate_json(file).evaluation
    compared: Comparison | None = evaluation.versus_pinned or evaluation.versus_champion
    return compared is not None and compared.difference.low is not None and compared.difference.low > 0
