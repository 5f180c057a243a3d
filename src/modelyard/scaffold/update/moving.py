"""Turns a plan into what is left to do: files, index, and refs or the state of a merge under way."""

from collections.abc import Mapping
from dataclasses import dataclass

from modelyard.scaffold import git
from modelyard.scaffold.update import branch
from modelyard.scaffold.update.commits import commit_merge
from modelyard.scaffold.update.move import Line, Move, lines
from modelyard.scaffold.update.plan import Plan
from modelyard.scaffold.update.repository import Entry, Repository
from modelyard.scaffold.update.result import UpdateResult


@dataclass(frozen=True)
class Outcome:
    """What an update makes of the repository, every object of it in place."""

    files: dict[str, Entry]
    tree: str  # of those files
    render: str  # the commit of the template's branch


def move(repository: Repository, found: Plan, outcome: Outcome, answer: UpdateResult) -> Move:
    """Say what is left to do.

    Args:
        repository: The user's.
        found: The update.
        outcome: What it comes to.
        answer: What the command will tell.
    """
    tip = outcome.render
    template = f"refs/heads/{branch.name(repository.prefix)}"
    before = repository.resolve(template) or ""
    refs = [(template, before, tip)] if before != tip and _goes_forward(repository, before, tip) else []
    written = answer.model_dump(mode="json", by_alias=True)
    changed = lines(found.ours, outcome.files)
    if not found.merged.conflicts:
        commit = commit_merge(repository, found, outcome.tree, tip)
        refs.insert(0, (str(repository.branch), repository.head, commit))
        return Move(repository.head, changed, _index(repository, changed, {}), refs, {}, written)
    said = f"Update of the template to modelyard {found.to}\n\n# Conflicts:\n" + "".join(
        f"#\t{conflict.path}\n" for conflict in answer.conflicts
    )
    state = {"MERGE_MSG": said, "MERGE_MODE": "", "MERGE_HEAD": f"{tip}\n"}
    return Move(repository.head, changed, _index(repository, changed, found.merged.conflicts), refs, state, written)


def _goes_forward(repository: Repository, before: str, tip: str) -> bool:
    return not before or git.attempt(repository.top, "merge-base", "--is-ancestor", before, tip).returncode == 0


def _index(
    repository: Repository, changed: list[Line], stages: Mapping[str, dict[int, Entry]]
) -> list[tuple[str, str, int, str]]:
    none = "0" * len(repository.head)  # a repository may name its objects by sha256
    found = [(mode or "0", oid or none, 0, path) for path, _, _, mode, oid in changed if path not in stages]
    for path, sides in stages.items():
        found.append(("0", none, 0, path))
        found += [(entry.mode, entry.oid, number, path) for number, entry in sorted(sides.items())]
    return sorted(found, key=lambda line: line[0] != "0")  # first make room
