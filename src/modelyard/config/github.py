"""The section `github`: where the repository lives, and the numbers that survive a change of name."""

from typing import Annotated

from pydantic import AfterValidator, Field

from modelyard.config.section import Section

# letters, digits and hyphens; the accounts that a company manages have an underscore before its short name
OWNER = r"[A-Za-z0-9]([A-Za-z0-9_-]{0,37}[A-Za-z0-9])?"
REPOSITORY = rf"{OWNER}/[A-Za-z0-9._-]{{1,100}}"


def _possible(repository: str) -> str:
    """Refuse what GitHub gives no repository as a name: a folder's dots, and the ending of an address or a wiki."""
    name = repository.rpartition("/")[2]
    if name in {".", ".."} or name.lower().endswith((".git", ".wiki")):
        raise ValueError(f"no repository on GitHub is called {name!r}")
    return repository


Possible = AfterValidator(_possible)


class Github(Section):
    """The repository on GitHub. `modelyard github setup` fills in the ids."""

    repository: Annotated[str, Field(pattern=rf"^{REPOSITORY}$"), Possible] | None = Field(
        None, description="OWNER/REPO; null: not on GitHub yet."
    )
    owner_id: int = Field(0, ge=0, description="The owner's number on GitHub; 0 means not known yet.")
    repository_id: int = Field(0, ge=0, description="The repository's number on GitHub; 0 means not known yet.")

    @property
    def owner(self) -> str | None:
        """The user or organisation."""
        return None if self.repository is None else self.repository.partition("/")[0]

    @property
    def name(self) -> str | None:
        """The repository without its owner."""
        return None if self.repository is None else self.repository.partition("/")[2]
