"""The section `github`: where the repository lives, and the numbers that survive a change of name."""

from pydantic import Field

from modelyard.config.section import Section


class Github(Section):
    """The repository on GitHub. `modelyard github setup` fills in the ids."""

    repository: str | None = Field(
        None,
        pattern=r"^[A-Za-z0-9]([A-Za-z0-9-]{0,37}[A-Za-z0-9])?/[A-Za-z0-9._-]{1,100}$",
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
