"""Whether AWS still supports the versions that the configuration names, and until when."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from modelyard.infra.doctor.check import Check
from modelyard.infra.platform import EnvName, Platform

_SOON = timedelta(days=90)


def look(platform: Platform, env: EnvName, today: date) -> Iterator[Check]:
    """Check Kubernetes, Postgres and the runners' image."""
    here = platform.environments[env]
    if platform.kubernetes_in(env):
        yield _dated("kubernetes", here.cluster.version, _table()["eks"], "cluster.version", today)
    yield _dated("postgres", here.registry.postgres, _table()["postgres"], "registry.postgres", today)
    if here.ci.enabled:
        yield _image(here.ci.image)


@cache
def _table() -> dict[str, Any]:
    return yaml.safe_load(Path(__file__).with_name("support.yaml").read_text("utf-8"))


def _dated(name: str, version: str, known: Mapping[str, Mapping[str, date]], key: str, today: date) -> Check:
    newest = next(iter(known))
    need, fix = "in standard support", f'Set {key}: "{newest}" in platform.yaml.'
    if version not in known:
        found = f"{version}: not in the table of {_table()['read']}"
        return Check(name=name, status="warn", found=found, need=need, fix=f"Known: {', '.join(known)}.")
    ends = known[version]
    if today > ends["extended"]:
        found = f"{version}: all support ended on {ends['extended']}"
        return Check(name=name, status="fail", found=found, need=need, fix=fix)
    if today > ends["standard"]:
        found = f"{version}: extended support, at extra cost, until {ends['extended']}"
        return Check(name=name, status="warn", found=found, need=need, fix=fix)
    found = f"{version}: standard support until {ends['standard']}"
    soon = ends["standard"] - today < _SOON
    return Check(name=name, status="warn" if soon else "ok", found=found, need=need, fix=fix if soon else "")


def _image(image: str) -> Check:
    kept = _table()["images"]
    need = "an image that AWS maintains"
    if not image.startswith("aws/codebuild/"):
        return Check(name="runner image", status="ok", found=f"{image} (your own)", need=need)
    if image in kept:
        return Check(name="runner image", status="ok", found=image, need=need)
    fix = f'Set ci.image: "{kept[0]}" in platform.yaml.'
    return Check(name="runner image", status="warn", found=f"{image}: not maintained any more", need=need, fix=fix)
