"""Who approves a release to prod: users and teams, by the numbers that GitHub knows them by."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote

from modelyard.errors import RequestError
from modelyard.github.connection import Connection
from modelyard.github.failures import RefusedError
from modelyard.github.setup.target import Target

MOST = 6  # that GitHub takes for one environment


@dataclass(frozen=True)
class Reviewer:
    """A user or a team."""

    type: Literal["User", "Team"]
    id: int
    name: str

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Reviewer) and (self.type, self.id) == (other.type, other.id)

    def __hash__(self) -> int:
        return hash((self.type, self.id))

    @property
    def body(self) -> dict[str, Any]:
        """Return it as GitHub takes it."""
        return {"type": self.type, "id": self.id}

    @classmethod
    def of(cls, entry: dict[str, Any]) -> "Reviewer":
        """Return it from an environment's rule."""
        told = entry["reviewer"]
        return cls(entry["type"], int(told["id"]), str(told.get("login") or told.get("slug")))


@dataclass(frozen=True)
class Review:
    """Who was named, and who asks."""

    named: Sequence[Reviewer] = ()
    alone: Reviewer | None = None  # the owner, where nobody is named and the repository is one person's

    def beside(self, now: Sequence[Reviewer]) -> tuple[Reviewer, ...]:
        """Return everybody who reviews: those who do now stay.

        Raises:
            RequestError: They are more than GitHub takes.
        """
        wanted = tuple(dict.fromkeys([*now, *self.named])) or ((self.alone,) if self.alone is not None else ())
        if len(wanted) > MOST:
            names = ", ".join(each.name for each in wanted)
            raise RequestError(
                f"prod would have {len(wanted)} reviewers ({names}); GitHub takes {MOST}.",
                "Name a team, or take some away on GitHub.",
                code="too_many_reviewers",
            )
        return wanted

    def prevents_self(self, wanted: Sequence[Reviewer]) -> bool:
        """Say whether nobody may approve a release of their own: one person alone could then never release."""
        return bool(wanted) and tuple(wanted) != (self.alone,)


def review(target: Target, named: Sequence[str]) -> Review:
    """Look up who was named; without anybody, the owner of a user's repository reviews alone.

    Raises:
        RequestError: There is no such user or team, or more than GitHub takes.
    """
    connection, owner = target.connection, target.name.partition("/")[0]
    found = tuple(_reviewer(connection, name) for name in dict.fromkeys(named))
    if target.exists and target.of_organization:
        return Review(found)
    user = _user(connection, owner)
    return Review(found, None if user is None or user.get("type") != "User" else _as_reviewer(user))


def _reviewer(connection: Connection, name: str) -> Reviewer:
    organization, _, team = name.partition("/")
    if team:
        path = f"/orgs/{quote(organization, safe='')}/teams/{quote(team, safe='')}"
        found = _found(connection, path, f"team {name}", "Members: read of the organization")
        if found is not None:
            return Reviewer("Team", int(found["id"]), name)
        hint = "Write ORG/TEAM with the team's slug; the token needs the permission Members: read to see it."
        raise RequestError(f"There is no team {name!r}.", hint, code="no_reviewer")
    found = _user(connection, name)
    if found is None or found.get("type") != "User":
        raise RequestError(
            f"There is no user {name!r} on GitHub.", "Write a LOGIN, or ORG/TEAM for a team.", code="no_reviewer"
        )
    return _as_reviewer(found)


def _user(connection: Connection, login: str) -> dict[str, Any] | None:
    return _found(connection, f"/users/{quote(login, safe='')}", f"user {login}", "Metadata: read")


def _as_reviewer(user: dict[str, Any]) -> Reviewer:
    return Reviewer("User", int(user["id"]), str(user["login"]))


def _found(connection: Connection, path: str, what: str, needs: str) -> dict[str, Any] | None:
    try:
        return connection.get(path, f"show {what}", needs)
    except RefusedError as refused:
        if refused.status == 404:
            return None
        raise
