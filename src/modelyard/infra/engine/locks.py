"""A lock that a dead run left behind: taken away when its holder is known to be gone, otherwise explained."""

import os
import re
import shutil
import socket
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from pulumi.automation import CommandError

from modelyard.errors import OutsideError
from modelyard.infra import aws
from modelyard.infra.engine.stacks import Target, Workspace

_HELD = re.compile(r"created by (?P<user>\S+)@(?P<host>\S+) \(pid (?P<pid>\d+)\) at (?P<since>\S+)")
MARK = "currently locked by"


@dataclass(frozen=True)
class Lock:
    """Who holds a stack: written by the CLI into the backend."""

    user: str
    host: str
    pid: int
    since: str

    @property
    def dead(self) -> bool:
        """Tell whether the holder was a process of this machine that is gone; of others nothing can be known."""
        if self.host != socket.gethostname():
            return False
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            return False
        return _ended(self.pid)


def _ended(pid: int) -> bool:
    """Tell whether a process is over and only waits for its parent to notice (Linux; elsewhere unknown)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0] == "Z"
    except (OSError, IndexError):
        return False


def found(text: str) -> tuple[Lock, ...]:
    """Return the locks that a message of the CLI names."""
    if MARK not in text:
        return ()
    return tuple(Lock(m["user"], m["host"], int(m["pid"]), m["since"]) for m in _HELD.finditer(text))


def release(space: Workspace, target: Target, url: str, text: str, *, force: bool) -> None:
    """Take a lock away that nobody holds any more, or, with `force`, any lock. `url` is the backend's.

    Raises:
        OutsideError: Somebody may still be at work; the hint says how to make sure and what to run.
    """
    holders = found(text)
    if not force and not (holders and all(lock.dead for lock in holders)):
        raise _held(target.layer, holders)
    try:
        space.run(["cancel", "--yes", "--stack", target.qualified])
    except CommandError as error:
        if "no stack named" not in str(error):
            raise
        _remove(url, f".pulumi/locks/{target.qualified}")  # killed before the stack itself was written


def _remove(url: str, folder: str) -> None:
    place = urlsplit(url)
    if place.scheme == "file":
        shutil.rmtree(Path(f"{place.netloc}{place.path}").expanduser() / folder, ignore_errors=True)
    if place.scheme == "s3":
        region = parse_qs(place.query).get("region", ["us-east-1"])[0]
        prefix = f"{place.path.strip('/')}/{folder}/".lstrip("/")
        s3 = aws.client("s3", region)
        for each in aws.pages(s3, "list_objects_v2", "Contents", Bucket=place.netloc, Prefix=prefix):
            with aws.told(f"deleting the lock {each['Key']}"):
                s3.delete_object(Bucket=place.netloc, Key=each["Key"])


def _held(layer: str, holders: tuple[Lock, ...]) -> OutsideError:
    who = ", ".join(f"{h.user}@{h.host} (process {h.pid}) since {h.since}" for h in holders) or "another run"
    return OutsideError(
        f"Layer {layer} is locked by {who}.",
        "Wait for that run to end. If it is gone (killed, its machine switched off), run the same command with "
        "--unlock: that takes the lock away and goes on.",
        code="locked",
    )
