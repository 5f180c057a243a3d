"""The errors of the whole package: a sentence that names the value, and the next step.

Raised anywhere below `cli`, shown in one place (`cli/_boundary.py`), which also turns the class into the exit code.
"""

import errno
from typing import ClassVar

DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""What the operating system answers where there is no room: on the disk, in a quota, in one file."""
NOT_PERMITTED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
"""What it answers where this user may not go, or where nobody may write."""


class ModelyardError(Exception):
    """An expected failure.

    Args:
        message: What is wrong, with the offending value.
        hint: What to do next; may be empty.
        code: A stable, machine-readable name of the cause, in snake_case.
    """

    exit_code: ClassVar[int] = 1
    default_code: ClassVar[str] = "failed"

    def __init__(self, message: str, hint: str = "", *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.code = code or self.default_code


class OutcomeError(ModelyardError):
    """What was asked did not happen: a contract violated, a gate failed (exit code 1)."""

    default_code = "not_achieved"


class RequestError(ModelyardError):
    """The request is wrong: an option, the configuration, a missing file, an unknown version (exit code 2)."""

    exit_code = 2
    default_code = "bad_request"


class OutsideError(ModelyardError):
    """Something outside failed: the network, a disk, a tracking server, AWS (exit code 3)."""

    exit_code = 3
    default_code = "outside_failed"


class UnexpectedError(ModelyardError):
    """A failure that nobody foresaw, ours or a library's (exit code 3); its cause is kept for `-v`."""

    exit_code = 3
    default_code = "unexpected"


class InterruptedRunError(ModelyardError):
    """Ctrl-C or SIGTERM (exit code 130); running the command again finishes the work."""

    exit_code = 130
    default_code = "interrupted"

    def __init__(self) -> None:
        super().__init__("Interrupted.", "Nothing is lost: run the same command again to continue.")
