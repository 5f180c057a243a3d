"""What a deployment ended with, as the command says it."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Literal

from modelyard.errors import InterruptedRunError, OutcomeError, OutsideError
from modelyard.record import Record

State = Literal["completed", "unchanged", "rolled_back", "failed", "running"]
Tell = Callable[[str], None]
"""Takes one line for each stage, and what a person should know."""


class Deployment(Record):
    """One image on its way to one service.

    Attributes:
        image: By digest.
        previous: The image that answered before; None when there was none.
        reason: Why it ended so: an alarm, the circuit breaker, or what changed.
    """

    state: State
    image: str
    previous: str | None
    reason: str = ""

    def failure(self) -> OutcomeError | None:
        """Return why the service does not run the image; None where it does."""
        if self.state in {"completed", "unchanged"}:
            return None
        said = {
            "rolled_back": "was rolled back",
            "failed": "failed",
            "running": "has not ended",
        }[self.state]
        answers = f"{self.previous} answers." if self.previous else "No image answers yet."
        hint = {
            "rolled_back": f"{answers} Correct the cause, build another image and deploy that.",
            "failed": f"{answers} Look at the service's events and log before the next try.",
            "running": "It goes on: run the same command again to go on waiting.",
        }[self.state]
        return OutcomeError(f"The deployment of {self.image} {said}: {self.reason}", hint, code=f"deploy_{self.state}")


class LeftRunningError(InterruptedRunError):
    """Ctrl-C while waiting: what was begun goes on without this command."""

    def __init__(self, where: str, follow: str) -> None:
        super().__init__()
        self.message = f"Interrupted. The deployment goes on {where}."
        self.hint = f"To follow it: {follow}. The same `modelyard deploy` again takes up waiting."


@contextmanager
def left_running(where: str, look: str) -> Generator[None]:
    """Say of what ends the waiting in the body that the deployment goes on `where`; the command `look` shows it."""
    try:
        yield
    except KeyboardInterrupt:
        raise LeftRunningError(where, look) from None
    except OutsideError as error:
        raise OutsideError(
            f"{error.message} The deployment goes on {where}.",
            f"{error.hint} The same `modelyard deploy` again takes up waiting; to look: {look}",
            code=error.code,
        ) from error
