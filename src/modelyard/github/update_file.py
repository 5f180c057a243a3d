"""The result of `modelyard update --json`, as `propose` reads it: whatever newer versions add to it is passed over."""

import json
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from modelyard.errors import RequestError


class Conflict(BaseModel):
    """A file that both sides changed: the branch keeps the user's text, `diff` shows what the template wanted."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    path: str
    diff: str = ""


class Update(BaseModel):
    """From which version to which, what changed, and on which branch it lies."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    from_: str = Field(alias="from")
    to: str
    changed: tuple[str, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    branch: str | None = None

    @property
    def waits(self) -> bool:
        """Say whether there is anything to propose."""
        return bool(self.changed or self.conflicts)


def read(path: Path) -> Update:
    """Return the update in a file.

    Raises:
        RequestError: The file is missing, or is not what `modelyard update --json` prints.
    """
    hint = "It is what `modelyard update --branch NAME --json` prints."
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RequestError(f"Cannot read the update in {path}: {error}", hint, code="bad_update") from error
    if isinstance(document, dict) and "error" in document and "to" not in document:
        told = document["error"] if isinstance(document["error"], dict) else {}
        raise RequestError(f"The update in {path} failed: {told.get('message', '')}", hint, code="bad_update")
    try:
        return Update.model_validate(document)
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"])
        message = f"{path} holds no update: {place}: {error.errors()[0]['msg']}."
        raise RequestError(message, hint, code="bad_update") from error
