"""The section `github`: where the repository lives, and the numbers that survive a change of name."""

from pydantic import Field

from modelyard.config.section import Section

# letters, digits and hyphens; the accounts that a company manages have an underscore before its short name
OWNER = r"[A-Za-z0-9]([A-Za-z0-9_-]{0,37}[A-Za-z0-9])?"
REPOSITORY = rf"{OWNER}/[A-Za-z0-9._-]{{1,100}}"


class Github(Section):
    """The repository on GitHub. `modelyard github setup` fills in the ids."""

    repository: str | None = Field(
        None,
        pattern=rf"^{REPOSITORY}$",
        description="OWNER/REPO; null: not on GitHub yet.",
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
