"""What `modelyard update` answers."""

from pydantic import Field

from modelyard.errors import ModelyardError, OutcomeError
from modelyard.record import Record


class Conflict(Record):
    """A file that both sides changed, and what the template wanted in it."""

    path: str
    diff: str


class UpdateResult(Record):
    """The update that was made, or would be."""

    from_version: str = Field(alias="from")
    to: str
    changed: list[str]
    conflicts: list[Conflict]
    branch: str | None
    notes: list[str] = Field(default=[], exclude=True)  # for people
    diff: str = Field(default="", exclude=True)

    model_config = Record.model_config | {"populate_by_name": True}

    @property
    def waits(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.changed or self.conflicts)

    def in_conflict(self) -> ModelyardError | None:
        """Return the error of a merge that a person has to end."""
        if not self.conflicts:
            return None
        return OutcomeError(
            f"{len(self.conflicts)} in conflict: {', '.join(conflict.path for conflict in self.conflicts)}.",
            "Settle them, then `git add` and `git commit`; `git merge --abort` takes the update back.",
            code="conflicts",
        )

    def waiting(self) -> ModelyardError | None:
        """Return the error of `--check` when there is anything to do."""
        if not self.waits:
            return None
        return OutcomeError(
            f"An update waits: {self.from_version} -> {self.to}, {len(self.changed)} files, "
            f"{len(self.conflicts)} in conflict.",
            "`modelyard update` makes it, `modelyard update --dry-run` shows it.",
            code="update_waits",
        )
