"""The repository that is set up, as it is now: absent, or with what GitHub says of it."""

from dataclasses import dataclass
from typing import Any

from modelyard.errors import RequestError
from modelyard.github.connection import Connection, at
from modelyard.github.failures import RefusedError

ADMIN = "Administration: write"


@dataclass
class Target:
    """`found` is GitHub's document of the repository, None until it is made."""

    connection: Connection
    name: str  # OWNER/REPO, as GitHub spells it where it is known
    found: dict[str, Any] | None

    @property
    def exists(self) -> bool:
        """Say whether it is there."""
        return self.found is not None

    @property
    def private(self) -> bool:
        """Say whether only its members see it; a new one is made so."""
        return True if self.found is None else bool(self.found.get("private"))

    @property
    def of_organization(self) -> bool:
        """Say whether several people own it."""
        return self.found is not None and self.found["owner"].get("type") == "Organization"

    def path(self, *parts: str | int) -> str:
        """Return the path of something of it."""
        return at(self.name, *parts)

    def read(self, what: str, needs: str, *parts: str | int) -> Any:  # noqa: ANN401 - JSON
        """Return what lies there; None where nothing does, or the repository itself is not there."""
        if not self.exists:
            return None
        try:
            return self.connection.get(self.path(*parts), f"show {what} of {self.name}", needs)
        except RefusedError as refused:
            if refused.status == 404:
                return None
            raise

    def entries(self, what: str, needs: str, *parts: str | int, item: str | None = None) -> list[Any]:
        """Return all entries of a list; none while the repository is not there."""
        if not self.exists:
            return []
        return self.connection.pages(self.path(*parts), f"list {what} of {self.name}", needs, item)


def look(connection: Connection, name: str) -> Target:
    """Return the repository as it is.

    Raises:
        RequestError: It has moved, or is archived.
    """
    try:
        found = connection.get(at(name), f"show {name}", "Metadata: read")
    except RefusedError as refused:
        if refused.status == 404:
            return Target(connection, name, None)
        raise
    connection.must_have(found, "full_name", "id", "owner")
    full_name = str(found["full_name"])
    if full_name.lower() != name.lower():
        raise RequestError(
            f"{name} has moved to {full_name}.",
            f"Set github.repository in modelyard.yaml to {full_name}, and git's remote with it.",
            code="moved",
        )
    if found.get("archived"):
        raise RequestError(f"{full_name} is archived: nothing can be set.", "Unarchive it first.", code="archived")
    return Target(connection, full_name, found)
