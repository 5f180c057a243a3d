"""Each profile of `new` writes exactly the files of its golden list: none is missing, none is extra."""

from pathlib import Path

import pytest
from rendering import InThisProcess, files, table

from modelyard.scaffold import vendor
from modelyard.scaffold.new import NewRequest, new
from modelyard.scaffold.new_platform import new_platform
from modelyard.scaffold.profile import Overrides

GOLDEN = Path(__file__).parent / "golden"
PROFILES = ("none", "own", "shared", "platform")


def rendered(profile: str, folder: Path) -> Path:
    if profile == "platform":
        request = NewRequest(folder / "project", template="platform", git=False, lock=False)
        return Path(new_platform(request, renderer=InThisProcess()).path)
    source = str(table(folder))
    request = NewRequest(
        folder / "project", source, Overrides(target="returned"), git=False, lock=False, platform=profile
    )
    return Path(new(request, renderer=InThisProcess()).path)


def golden(profile: str) -> list[str]:
    listed = (GOLDEN / f"{profile}.txt").read_text(encoding="utf-8").splitlines()
    released = vendor.is_released(vendor.installed_version())
    return [name for name in listed if not (released and name.startswith("vendor/"))]


@pytest.mark.parametrize("profile", PROFILES)
def test_a_profile_has_the_files_of_its_list_and_no_others(profile: str, tmp_path: Path) -> None:
    found, listed = files(rendered(profile, tmp_path)), golden(profile)
    missing, extra = set(listed) - set(found), set(found) - set(listed)
    assert (missing, extra) == (set(), set())


def test_every_list_belongs_to_a_profile_and_is_in_order() -> None:
    assert {path.stem for path in GOLDEN.glob("*")} == set(PROFILES)
    for profile in PROFILES:
        listed = golden(profile)
        assert listed == sorted(set(listed))


def test_a_platform_adds_files_and_takes_none_away() -> None:
    none, own, shared = (set(golden(profile)) for profile in ("none", "own", "shared"))
    assert own == shared
    added = {".github/workflows/infra.yml", ".github/workflows/monitor.yml", ".github/workflows/release.yml"}
    infra = {name for name in own if name.startswith("infra/")}
    assert own - none == added | infra | {".schemas/platform.json"}
    assert none <= own
    assert {f"infra/Pulumi.{env}.yaml" for env in ("dev", "staging", "prod")} <= infra
