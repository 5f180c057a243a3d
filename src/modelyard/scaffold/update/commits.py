"""Makes the two commits of an update in the user's repository; no branch points to them yet."""

from modelyard.scaffold import git
from modelyard.scaffold.update import branch
from modelyard.scaffold.update.plan import Plan
from modelyard.scaffold.update.repository import Repository


def commit_render(repository: Repository, plan: Plan, render: str, base: str) -> str:
    """Return the commit of the new render: one that is there already, or one after the last.

    Args:
        repository: The user's; it holds both trees.
        plan: The update.
        render: The tree of the new render.
        base: The tree of the one before, committed too where its commit was lost.
    """
    for known in branch.renders(repository):
        if known.tree == render:
            return known.commit
    template, before = plan.recorded.template, plan.parent
    if before is None:
        said = branch.message(template, plan.recorded.version, base)
        before = _commit(repository, base, said, [])
    parent = _newest(repository, before)
    return _commit(repository, render, branch.message(template, plan.to, render), [parent])


def _newest(repository: Repository, before: str) -> str:
    """Return the branch's tip where it goes on from the render before, else that render."""
    tip = branch.tip(repository)
    if tip is None or git.attempt(repository.top, "merge-base", "--is-ancestor", before, tip).returncode:
        return before
    return tip


def commit_merge(repository: Repository, plan: Plan, tree: str, render: str) -> str:
    """Return the commit that joins the user's work and the render."""
    said = (
        f"Update of the template to modelyard {plan.to}\n\n"
        f"{branch.UPDATE}: {plan.recorded.template} {plan.recorded.version} -> {plan.to}\n"
    )
    return _commit(repository, tree, said, [repository.head, render])


def _commit(repository: Repository, tree: str, said: str, parents: list[str]) -> str:
    options = [part for parent in parents for part in ("-p", parent)]
    who = git.identity(repository.top)
    return repository.git("commit-tree", tree, *options, stdin=said.encode(), environment=who).decode().strip()
