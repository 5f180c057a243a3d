"""Copies a version from one environment to another: the bundle by its sha256, the run, and its history."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from modelyard.data.store import Store
from modelyard.errors import OutsideError
from modelyard.registry import signature
from modelyard.registry.models import Registry
from modelyard.registry.versions import Version
from modelyard.routing import audit, document


def copy_version(  # noqa: PLR0913 - two environments, a version, and a check
    source_store: Store,
    source_registry: Registry,
    target_store: Store,
    target_registry: Registry,
    version: int,
    *,
    digest: Callable[[Path], str] | None = None,
) -> Version:
    """Copy, and return the version as the target numbers it; repeating it completes or changes nothing.

    Args:
        source_store: Where the bundle lies.
        source_registry: Where the version is registered.
        target_store: Where the bundle goes.
        target_registry: Where the version is to be registered.
        version: Its number in the source.
        digest: Computes the sha256 of a bundle's folder; what arrives is checked with it.

    Raises:
        RequestError: There is no such version.
        OutsideError: The bundle is missing or damaged, or a store or registry failed.
    """
    found = source_registry.get(version)
    _copy_bundle(source_store, target_store, found, digest)
    with tempfile.TemporaryDirectory() as folder:
        source_registry.fetch_files(found.run_id, Path(folder))
        run_id = target_registry.track(
            found.key,
            params=source_registry.parameters(found.run_id),
            metrics=found.metrics,
            tags={"copied_from": source_store.uri},
            folder=Path(folder),
        )
        inputs, outputs, requirements = signature.read(Path(folder) / "model")
        copied = target_registry.register(
            found.key,
            found.sha256,
            run_id,
            found.tags,
            bundle=f"{target_store.uri}/{_place(found)}",
            inputs=inputs,
            outputs=outputs,
            requirements=requirements,
        )
    _copy_history(source_store, target_store, found, copied)
    return copied


def _copy_bundle(source: Store, target: Store, version: Version, digest: Callable[[Path], str] | None) -> None:
    place = _place(version)
    keys = source.list(place)
    if not keys:
        raise OutsideError(
            f"The bundle of version {version.version}, {place}, is missing from {source.uri}.",
            "Restore the store from a backup, or register the model again with `modelyard run`.",
            code="missing_bundle",
        )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for key in keys:
            source.fetch(key, folder / key.removeprefix(f"{place}/"))
        if digest is not None and digest(folder) != version.sha256:
            raise OutsideError(
                f"The bundle of version {version.version} in {source.uri} is damaged.",
                "Restore the store from a backup, or register the model again with `modelyard run`.",
                code="damaged_bundle",
            )
        for key in keys:
            target.put_file(key, folder / key.removeprefix(f"{place}/"))


def _copy_history(source: Store, target: Store, was: Version, now: Version) -> None:
    """Repeat the version's events in the target's chain, with their names and times, and add the copy."""
    generation = document.read(target).generation
    subject = f"v{now.version}"
    for event in audit.events(source):
        if event.subject == f"v{was.version}":
            audit.append(
                target,
                action=f"{event.action} elsewhere",  # it is no event of this environment
                subject=subject,
                why=f"{event.why} (in {source.uri} as v{was.version})".strip(),
                generation=generation,
                key=f"copied:{source.uri}:{event.number}:{event.key}",
                who=event.who,
                time=event.time,
            )
    audit.append(
        target,
        action="copied",
        subject=subject,
        why=f"from {source.uri}, where it is v{was.version}",
        generation=generation,
        key=f"copied:{source.uri}:{was.key}",
    )


def _place(version: Version) -> str:
    return f"models/{version.sha256}"
