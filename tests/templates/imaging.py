"""Plays a Dockerfile without a Docker engine: its copies, its install line and its command, in folders of this machine.

Each stage has a folder as its root, always at the same path while it is the current one, because an environment knows
the path it was made at. What a base image brings (Python, useradd, pip) is taken as given and its lines are recognised,
not run. Anything else that this player does not know stops it.
"""

import fnmatch
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

UV = str(Path(sys.executable).parent / "uv")  # ours: a machine need not have one
GIVEN = (r"pip install --no-cache-dir uv", r"useradd --create-home --uid \d+ \w+")
# how this machine reaches the package index, and what it has fetched already
NETWORK = re.compile(
    r"SSL_CERT_\w+|\w+_PROXY|\w+_proxy|UV_(CACHE_DIR|DEFAULT_INDEX|INDEX\w*|EXTRA_INDEX_URL|NATIVE_TLS|SYSTEM_CERTS)"
)
MOUNT = re.compile(r"--mount=(\S+)\s+")


class UnplayableError(AssertionError):
    """The Dockerfile does what this player cannot, or what an engine would refuse."""


@dataclass
class Stage:
    """One image on its way: its files, and what it runs with."""

    base: str
    root: Path
    variables: dict[str, str] = field(default_factory=dict)
    folder: str = "/"
    user: str = "root"
    command: list[str] = field(default_factory=list)
    ports: list[str] = field(default_factory=list)


def instructions(text: str) -> list[tuple[str, str]]:
    """Return name and arguments of each instruction, continued lines joined and comments left out."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    whole = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    return [
        (name.upper(), rest.strip()) for name, _, rest in (line.partition(" ") for line in whole.splitlines() if line)
    ]


def context(project: Path, folder: Path) -> Path:
    """Copy what `.dockerignore` lets through: the last pattern that fits decides, also for what lies below it."""
    patterns = [line for line in (project / ".dockerignore").read_text().split("\n") if line and line[0] != "#"]
    for path in sorted(path for path in project.rglob("*") if path.is_file()):
        name = path.relative_to(project).as_posix()
        if _sent(name, patterns):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, folder / name)
    return folder


def _sent(name: str, patterns: list[str]) -> bool:
    sent, parts = True, name.split("/")
    ways = ["/".join(parts[: i + 1]) for i in range(len(parts))]
    for pattern in patterns:
        bare = pattern.lstrip("!").strip("/")
        fits = any(_fits(way, bare) for way in ways)
        sent = pattern.startswith("!") if fits else sent
    return sent


def _fits(way: str, pattern: str) -> bool:
    if pattern.startswith("**/"):
        return fnmatch.fnmatch(way.rsplit("/", 1)[-1], pattern[3:])
    return way.count("/") == pattern.count("/") and fnmatch.fnmatch(way, pattern)


class Player:
    """Plays one Dockerfile over one context, in a folder of its own."""

    def __init__(self, work: Path, sent: Path, python: Path):
        self.work, self.sent, self.python = work, sent, python
        self.root = work / "root"
        self.stages: dict[str, Stage] = {}
        self.stage: Stage | None = None

    def play(self, text: str) -> Stage:
        """Return the last stage."""
        for name, rest in instructions(text):
            step = getattr(self, f"_{name.lower()}", None)
            if step is None:
                raise UnplayableError(f"{name} is not known here")
            step(rest)
        assert self.stage is not None
        return self.stage

    def local(self, text: str) -> str:
        """Return a value with the image's own paths as those of this machine."""
        text = re.sub(r"(?<![\w./-])/app(?![\w-])", str(self.root / "app"), text)
        return re.sub(r"(?<![\w./-])/context(?![\w-])", str(self.sent), text)

    def environment(self) -> dict[str, str]:
        """Return what a process of the current stage sees: nothing of this machine but its tools and uv's cache."""
        home, tools = self.work / "home", self.work / "tools"
        home.mkdir(exist_ok=True)
        if not tools.exists():
            tools.mkdir()
            (tools / "uv").symlink_to(UV)
        seen = [self.python.parent, tools, Path("/usr/bin"), Path("/bin")]
        known = {"PATH": ":".join(map(str, seen)), "HOME": str(home), "LANG": "C.UTF-8"}
        known |= {name: value for name, value in os.environ.items() if NETWORK.fullmatch(name)}
        for name, value in self.stage.variables.items():
            known[name] = self.local(value).replace("$PATH", known["PATH"])
        return known

    def _from(self, rest: str) -> None:
        base, _, name = rest.partition(" AS ")
        if self.stage is not None:
            kept = self.work / f"stage {len(self.stages)}"
            self.root.rename(kept)
            self.stage.root = kept
        self.root.mkdir(parents=True)
        self.stage = Stage(base.strip(), self.root)
        self.stages[name.strip() or f"{len(self.stages)}"] = self.stage

    def _env(self, rest: str) -> None:
        for word in shlex.split(rest):
            name, equals, value = word.partition("=")
            if not equals:
                raise UnplayableError(f"ENV {rest}: write NAME=VALUE")
            self.stage.variables[name] = value

    def _workdir(self, rest: str) -> None:
        self.stage.folder = rest
        self._inside(rest).mkdir(parents=True, exist_ok=True)

    def _user(self, rest: str) -> None:
        self.stage.user = rest

    def _expose(self, rest: str) -> None:
        self.stage.ports += rest.split()

    def _volume(self, rest: str) -> None:
        json.loads(rest)

    def _cmd(self, rest: str) -> None:
        self.stage.command = json.loads(rest)  # in a shell it would get no SIGTERM

    def _copy(self, rest: str) -> None:
        *words, to = rest.split()
        source = self.sent
        if words[0].startswith("--from="):
            source = self.stages[words.pop(0).removeprefix("--from=")].root
        if len(words) > 1 and not to.endswith("/"):
            raise UnplayableError(f"COPY {rest}: several sources need a folder that ends in /")
        for word in words:
            found = source / word.lstrip("/")
            if not found.exists():
                raise UnplayableError(f"COPY {rest}: {word} is not in the context")
            goal = self._inside(to) / found.name if to.endswith("/") else self._inside(to)
            goal.parent.mkdir(parents=True, exist_ok=True)
            if found.is_dir():
                shutil.copytree(found, self._inside(to), symlinks=True, dirs_exist_ok=True)
            else:
                shutil.copy2(found, goal)

    def _run(self, rest: str) -> None:
        mounts = dict(_mount(found) for found in MOUNT.findall(rest))
        line = MOUNT.sub("", rest).strip()
        if any(re.fullmatch(given, line) for given in GIVEN):
            return
        if "/context" in line and mounts.get("/context") != "bind":
            raise UnplayableError(f"RUN {rest}: nothing is mounted at /context")
        before = tree(self.sent)
        done = subprocess.run(
            ["/bin/sh", "-ec", self.local(line)],
            cwd=self.root, env=self.environment(), capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise UnplayableError(f"RUN {line} failed:\n{done.stderr[-3000:]}")
        if tree(self.sent) != before:
            raise UnplayableError(f"RUN {line} wrote into the context, which an engine mounts read-only")

    def _inside(self, path: str) -> Path:
        return self.root / path.lstrip("/")


def tree(folder: Path) -> set[tuple[str, int]]:
    """Return every file below a folder, with its size."""
    return {(path.relative_to(folder).as_posix(), path.stat().st_size) for path in folder.rglob("*") if path.is_file()}


def _mount(words: str) -> tuple[str, str]:
    known = dict(word.partition("=")[::2] for word in words.split(","))
    return known["target"], known["type"]
