"""Resources whose creation was begun and never confirmed: a killed run leaves them in the state as pending.

Each is looked for under the id that it would have. What is there is taken over, what is not is made again. Where AWS
makes up ids, nothing can be guessed: tags are searched, and what remains is for a person to answer.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pulumi.automation import Stack
from pulumi.automation.events import StepEventStateMetadata

from modelyard.errors import OutsideError, RequestError
from modelyard.infra.components.tags import PREFIX
from modelyard.infra.engine import identity
from modelyard.infra.engine.stacks import Workspace


@dataclass(frozen=True)
class Pending:
    """One operation that the state does not know the end of. `kind` is creating, updating, deleting or reading."""

    kind: str
    urn: str
    type: str
    inputs: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Its name in the program."""
        return self.urn.rsplit("::", 1)[-1]


def nowhere(_: Pending) -> None:
    """Find nothing."""


@dataclass(frozen=True)
class Look:
    """How to find a resource: what a person said, what its inputs say, and last what its tags say.

    `adopted` has ids by URN, `forgotten` URNs are known not to exist, `search` looks through the account.
    """

    account: str
    region: str
    adopted: Mapping[str, str] = field(default_factory=dict)
    forgotten: frozenset[str] = frozenset()
    search: Callable[[Pending], str | None] = nowhere

    def expected(self, asked: StepEventStateMetadata) -> str | None:
        """Return the id that a resource would have, or None where AWS makes one up."""
        return identity.expected(asked.type, asked.inputs or {}, self.account, self.region)

    def id(self, lost: Pending) -> str | None:
        """Return the id to try, or None where there is nothing to go by."""
        if lost.urn in self.forgotten:
            return None
        told = self.adopted.get(lost.urn) or identity.expected(lost.type, lost.inputs, self.account, self.region)
        return told or self.search(lost)


def parsed(given: Sequence[str]) -> dict[str, str]:
    """Return ids by URN from what was typed as URN=ID.

    Raises:
        RequestError: It has another form.
    """
    found = {}
    for each in given:
        urn, _, made = each.partition("=")
        if not urn.startswith("urn:pulumi:") or not made:
            raise RequestError(f"{each!r} is not of the form URN=ID.", "The message that asked names the URN.")
        found[urn] = made
    return found


def of(state: Mapping[str, Any]) -> tuple[Pending, ...]:
    """Return what is pending in a stack's state."""
    return tuple(
        Pending(o["type"], o["resource"]["urn"], o["resource"]["type"], o["resource"].get("inputs") or {})
        for o in state.get("pending_operations") or []
    )


def settle(stack: Stack, space: Workspace, state: dict[str, Any], look: Look) -> tuple[str, ...]:
    """Leave nothing pending; return a note for each resource that was taken over.

    Each is put into the state under the id that it would have, and the state is read anew: what does not exist drops
    out by that, and `up` makes it.

    Raises:
        OutsideError: It cannot be known whether a resource exists, or it belongs to somebody else.
    """
    creating = [p for p in of(state) if p.kind == "creating"]
    ids = {p.urn: found for p in creating if (found := look.id(p)) is not None}
    unknown = [p for p in creating if p.urn not in ids and p.urn not in look.forgotten]
    if unknown:
        raise _ask(unknown)
    space.replace(stack.name, _supposed(state, ids))
    stack.refresh(show_secrets=False, color="never")
    there = {r["urn"]: r for r in (space.state(stack.name) or {}).get("resources", [])}
    taken = [p for p in creating if p.urn in ids and p.urn in there]
    for each in taken:
        _refuse_foreign(space, stack.name, each, there[each.urn])
    return tuple(f"took over {p.type} {p.name} ({ids[p.urn]}), which an earlier run had made" for p in taken)


def _supposed(state: dict[str, Any], ids: Mapping[str, str]) -> dict[str, Any]:
    """Return the state as it would be if every resource with an id existed."""
    begun = {o["resource"]["urn"]: o["resource"] for o in state["pending_operations"]}
    known = {r["urn"] for r in state["resources"]}
    made = [{**begun[urn], "id": found, "outputs": {}} for urn, found in ids.items() if urn not in known]
    return {**state, "resources": [*state["resources"], *made], "pending_operations": []}


def _refuse_foreign(space: Workspace, stack: str, lost: Pending, found: Mapping[str, Any]) -> None:
    """Make sure that what was found under the name is ours: it carries the tags that we gave it."""
    wanted, has = lost.inputs.get("tags"), (found.get("outputs") or {}).get("tags") or {}
    ours = {k: v for k, v in wanted.items() if k.startswith(PREFIX)} if isinstance(wanted, Mapping) else {}
    if all(has.get(key) == value for key, value in ours.items()):
        return
    space.run(["state", "delete", lost.urn, "--yes", "--stack", stack])
    raise OutsideError(
        f"{lost.type} {lost.name} ({found['id']}) exists, but is not this platform's: it has other tags.",
        "Rename or delete it, or choose another `name` in platform.yaml, then run the same command again.",
        code="foreign",
    )


def _ask(unknown: list[Pending]) -> OutsideError:
    lines = "\n".join(f"  {p.type} {p.name}\n    {p.urn}" for p in unknown)
    return OutsideError(
        f"An earlier run was killed while it made these; whether they exist cannot be known:\n{lines}",
        "Look for each in the AWS console (by its tags modelyard:env and modelyard:layer). Then run the same command "
        "with --adopt URN=ID for one that exists, or --forget URN for one that does not.",
        code="pending",
    )
