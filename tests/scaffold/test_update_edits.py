"""Whatever a user has done, an update loses none of it in silence: random work over two versions, seeded."""

import random
import shutil
from pathlib import Path

import edit_sets
import pytest
import user_edits

pytestmark = pytest.mark.slow
SETS = 30  # of the thousand in the campaign


@pytest.fixture(scope="module")
def line(tmp_path_factory):
    """Return three versions of a template, changed at random, and a project of the first."""
    return edit_sets.make(tmp_path_factory.mktemp("line"), seed=0)


def test_no_edit_is_lost(line, tmp_path):
    wrong, outcomes = {}, []
    for seed in range(SETS):
        outcome = edit_sets.play(line, seed, tmp_path / str(seed))
        outcomes.append(outcome)
        if outcome.lost:
            wrong[seed] = outcome.lost
        shutil.rmtree(tmp_path / str(seed))
    assert wrong == {}
    assert any(outcome.conflicts for outcome in outcomes)
    assert any(not outcome.conflicts for outcome in outcomes)


def test_a_loss_would_be_seen(line, tmp_path):
    project = Path(shutil.copytree(line.origin, tmp_path / "project"))
    work = user_edits.edit(project, random.Random(1), "x", user_edits.Work(), 12)
    assert user_edits.lost(project, work, []) == []
    before = user_edits.git(project, "rev-parse", "HEAD~1").decode().strip()
    found = user_edits.lost(project, work, [], before)
    assert len(found) >= len(work.lines) > 0
    for path in work.away:
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).write_text("back\n")
    for path in work.here:
        (project / path).unlink(missing_ok=True)
    found = user_edits.lost(project, work, [], "")
    assert {f"came back: {path}" for path in work.away} <= set(found)
    assert {f"gone: {path}" for path in work.here} <= set(found)
