"""A thousand random sets of edits through two updates, and a kill before every single step of one."""

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "scaffold"))

import edit_sets
import interrupted
import user_edits
import yaml

from modelyard.errors import RequestError
from modelyard.scaffold.update.update import UpdateRequest, update

pytestmark = pytest.mark.campaign

LINES = 10  # random pairs of template versions
SETS = int(os.environ.get("CAMPAIGN_SETS", "1000"))
TESTED = int(os.environ.get("CAMPAIGN_TESTED", "20"))
EVERY = int(os.environ.get("CAMPAIGN_EVERY", "1"))  # 1 kills before every step, 10 before every tenth


@pytest.fixture(scope="module")
def lines(campaign_root):
    return [edit_sets.make(campaign_root / f"line {seed}", seed) for seed in range(1, LINES + 1)]


def test_a_thousand_sets_of_edits_lose_nothing(lines, campaign_root, results):
    wrong, sets, edits, conflicts = {}, [], 0, 0
    for seed in range(SETS):
        folder = campaign_root / f"set {seed}"
        outcome = edit_sets.play(lines[seed % LINES], 10_000 + seed, folder)
        shutil.rmtree(folder)
        sets.append(bool(outcome.conflicts))
        edits, conflicts = edits + outcome.edits, conflicts + len(outcome.conflicts)
        if outcome.lost:
            wrong[seed] = outcome.lost
    results |= {"sets": SETS, "edits": edits, "sets_in_conflict": sum(sets), "files_in_conflict": conflicts}
    results["sets_with_lost_edits"] = len(wrong)
    assert wrong == {}
    assert 0 < sum(sets) < SETS


def test_what_passed_its_own_tests_before_passes_them_after(lines, campaign_root, results):
    passed, tried, broken = 0, 0, {}
    for seed in range(10 * TESTED):
        folder = campaign_root / f"tested {seed}"
        outcome = edit_sets.play(lines[seed % LINES], 90_000 + seed, folder)
        if not outcome.conflicts:
            tried += 1
            if _own_tests(folder, "HEAD^1"):  # many random edits break them
                passed += 1
                if not _own_tests(folder, "main"):
                    broken[seed] = user_edits.git(folder, "log", "--oneline").decode()
        shutil.rmtree(folder)
        if passed == TESTED:
            break
    results["own_tests"] = {"without_conflict": tried, "passed_before": passed, "failed_after": len(broken)}
    assert (broken, passed) == ({}, TESTED)


def _own_tests(project, revision):
    user_edits.git(project, "checkout", "--quiet", "--force", revision)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    surroundings = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, cwd=project, env=surroundings, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("conflict", [False, True])
def test_a_kill_before_every_step_is_ended_by_the_next_run(lines, campaign_root, conflict, results):
    origin = Path(shutil.copytree(lines[0].origin, campaign_root / f"kill {conflict}"))
    edition = lines[0].editions["0.2.0"]
    user_edits.edit(origin, random.Random(3), "kill", user_edits.Work(), 6)
    if conflict:
        _meet(origin, edition)
    renders = _renders(origin, edition, campaign_root / f"renders {conflict}")
    twin = Path(shutil.copytree(origin, campaign_root / f"twin {conflict}"))
    _, steps, conflicts = interrupted.walk(twin, renders, 0)
    assert bool(conflicts) == conflict
    wanted, wrong = interrupted.state(twin), {}
    for at in range(1, steps + 1, EVERY):
        copy = Path(shutil.copytree(origin, campaign_root / f"at {conflict} {at}"))
        interrupted.walk(copy, renders, at)
        try:
            update(UpdateRequest(copy, lock=False), edition=edition)
        except RequestError as error:
            assert (error.code, conflict) == ("under_way", True)  # noqa: PT017 - it had all been done
        found = interrupted.state(copy)
        if found != wanted:
            wrong[at] = [name for name in wanted if found[name] != wanted[name]]
        shutil.rmtree(copy)
    told = {"steps": steps, "kills": len(range(1, steps + 1, EVERY)), "ended_wrongly": len(wrong)}
    results["kills, with a conflict" if conflict else "kills, without a conflict"] = told
    assert wrong == {}


def _meet(project, edition):
    """Write something of one's own where the template changes a file."""
    result = update(UpdateRequest(project, look=True), edition=edition)
    path = next(path for path in result.changed if path == "pyproject.toml")
    text = (project / path).read_text()
    (project / path).write_text(text.replace("modelyard[serve]==0.1.0", "modelyard[serve]>=0.1.0"))
    user_edits.git(project, "commit", "-qam", "Mine")


def _renders(project, edition, folder):
    answers = yaml.safe_load((project / ".copier-answers.yml").read_text())
    plain = {name: value for name, value in answers.items() if not name.startswith("_")}
    edition.pristine("tabular", plain | {"modelyard_version": "0.2.0"}, folder / "0.2.0")
    (folder / "0.2.0.yml").write_text(edition.copier_yml("tabular"))
    return folder
