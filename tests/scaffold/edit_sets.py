"""Plays sets of random edits over two successive versions of the template; used by a sample and by the campaign."""

import random
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import template_versions as versions
import user_edits
from here_renderer import HereRenderer

from modelyard.scaffold.new import NewRequest, new
from modelyard.scaffold.profile import Overrides
from modelyard.scaffold.update import branch
from modelyard.scaffold.update.update import UpdateRequest, update

FIRST, SECOND, THIRD = "0.1.0", "0.2.0", "0.3.0"


@dataclass(frozen=True)
class Line:
    """A project and the versions that follow the one it was made from."""

    origin: Path
    editions: dict


@dataclass
class Outcome:
    """What became of one set of edits."""

    lost: list = field(default_factory=list)
    conflicts: list = field(default_factory=list)
    edits: int = 0


def make(folder: Path, seed: int) -> Line:
    """Make three versions, the later ones changed at random, and a project of the first."""
    draw = random.Random(seed)
    editions = {FIRST: versions.edition(FIRST, folder / FIRST)}
    change = [draw.randrange(10**6) for _ in range(2)]

    def second(template):
        user_edits.template(template, random.Random(change[0]), f"{seed}-2")

    def third(template):
        second(template)
        user_edits.template(template, random.Random(change[1]), f"{seed}-3")

    for number, how in ((SECOND, second), (THIRD, third)):
        editions[number] = versions.remembered(versions.edition(number, folder / number, how), folder / "renders")
    origin = folder / "origin"
    with versions.released(FIRST, folder / FIRST):
        new(NewRequest(origin, "sklearn:iris", Overrides(target="target"), lock=False), renderer=HereRenderer())
        branch.start(origin)
    return Line(origin, editions)


def play(line: Line, seed: int, folder: Path) -> Outcome:
    """Edit, update, settle; twice, in the user's tree or on a branch that is merged. `folder` is left as it ends."""
    draw = random.Random(seed)
    project = Path(shutil.copytree(line.origin, folder))
    work, outcome = user_edits.Work(), Outcome()
    for number in (SECOND, THIRD):
        times = draw.randrange(1, 9)
        outcome.edits += times
        work = user_edits.edit(project, draw, f"{seed}-{number}", work, times)
        bring = _on_a_branch if draw.random() < 0.3 else _in_place
        bring(project, line.editions[number], work, outcome)
    return outcome


def _in_place(project, edition, work, outcome):
    result = update(UpdateRequest(project, lock=False), edition=edition)
    conflicts = [conflict.path for conflict in result.conflicts]
    outcome.lost += user_edits.lost(project, work, conflicts, "" if conflicts else "HEAD")
    outcome.conflicts += conflicts
    if conflicts:
        user_edits.settle(project)
        outcome.lost += user_edits.lost(project, work, conflicts)
    _remember(project, work, conflicts)


def _on_a_branch(project, edition, work, outcome):
    """Here a line has to be on the branch, even in a file in conflict: it keeps the user's text."""
    result = update(UpdateRequest(project, branch="newer", lock=False), edition=edition)
    conflicts = [conflict.path for conflict in result.conflicts]
    outcome.lost += user_edits.lost(project, work, conflicts, "newer")
    files = user_edits.files(project, "newer")
    outcome.lost += [f"marks in {path}" for path, text in files.items() if "<<<<<<< HEAD" in text]
    outcome.conflicts += conflicts
    user_edits.git(project, "merge", "--quiet", "--ff-only", "newer")
    user_edits.git(project, "branch", "--quiet", "-D", "newer")
    _remember(project, work, conflicts)


def _remember(project, work, conflicts):
    """Go on from what is there: what was in conflict may have become anything, but no line may have been lost."""
    work.gone = {line: path for line, path in work.gone.items() if path not in conflicts}
    work.here = {path for path in work.here if (project / path).exists()}
    work.away = {path for path in work.away if not (project / path).exists()}
