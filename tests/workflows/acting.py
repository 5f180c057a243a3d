"""Executes a project's workflows with act, on this machine, with stand-ins for the actions; no network, no containers.

Each job gets an empty workspace, a cleared environment and a home of its own. What act ignores (permissions,
environments, concurrency, time-outs of jobs, OIDC) is asserted statically elsewhere.
"""

import itertools
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from acted import Outcome, read
from toolchain import tool

ACTIONS = Path(__file__).parent / "actions"
REPOSITORY = "acme/flights"
TOKEN = "ghs_standin0000000000000000000000000000"
_RUNS = itertools.count(int(time.time()))  # as GitHub's: they grow, and no two are the same
# what a way out of this machine may need, and the warm cache of packages
_KEPT = re.compile(r"(?i)UV_(CACHE_DIR|INDEX.*|DEFAULT_INDEX|NATIVE_TLS)|SSL_CERT_(FILE|DIR)|(https?|no)_proxy")
_PINNED = re.compile(r"(?P<repository>[\w.-]+/[\w.-]+)(?P<path>/[\w./-]+)?@(?P<commit>[0-9a-f]{40})")


@dataclass(frozen=True)
class Actor:
    """Where runs happen: the fixture `act` makes one for each test. Call it to run a workflow."""

    folder: Path  # homes, workspaces, artifacts; of the test
    programs: tuple[Path, ...] = ()  # folders with stand-ins for programs such as `aws`, before all others on PATH
    environment: Mapping[str, str] = field(default_factory=dict)

    def __call__(
        self,
        project: Path,
        workflow: str,
        event: str,
        *,
        payload: Mapping[str, object] | None = None,
        job: str | None = None,
        variables: Mapping[str, str] | None = None,
        secrets: Mapping[str, str] | None = None,
        github_api: str | None = None,
        environment: Mapping[str, str] | None = None,
        programs: Sequence[Path] = (),
        failing: Sequence[str] = (),
        repository: str = REPOSITORY,
        timeout: float = 600,
    ) -> Outcome:
        """Run one workflow of a project, from the commit that it stands at, and return what happened.

        Args:
            project: A git repository; only what is committed is seen.
            workflow: A file's name in .github/workflows, without its ending.
            event: Such as `pull_request`; one that the workflow does not listen to is an error of the test.
            payload: The event as GitHub sends it; `events.py` has builders.
            job: Only this one, and those that it needs.
            variables, secrets: Of the repository. `GITHUB_TOKEN` is there.
            github_api: Address of the stand-in for GitHub's API.
            environment: More variables for every step.
            programs: More folders for PATH.
            failing: Actions whose stand-ins fail: `upload-artifact`, or `upload-artifact:NAME` for one artifact.
            repository: Its OWNER/NAME at GitHub.
            timeout: Seconds; then everything that was started is killed, and the test fails.
        """
        path = project / ".github" / "workflows" / f"{workflow}.yml"
        document = yaml.safe_load(path.read_text())
        _listens(document, event, payload or {})
        run = next(_RUNS)
        place = self.folder / f"run-{run}"
        for name in ("home", "act-home", "tmp", "artifacts", "calls"):
            (place / name).mkdir(parents=True)
        event_file = place / "event.json"
        event_file.write_text(json.dumps({"repository": _repository(repository), **(payload or {})}))
        given = {**_world(place, project, run, repository, github_api), **self.environment, **(environment or {})}
        given["MODELYARD_ACT_FAILING"] = " ".join(failing)
        given["MODELYARD_ACT_WARM"] = warm(project)
        command = [
            tool("act"), event, "-C", str(project), "-W", str(path), "-e", str(event_file), "--json", "--rm",
            "--no-skip-checkout", "--no-cache-server", "--action-offline-mode", "--concurrent-jobs", "1",
            "--action-cache-path", str(place / "act"), "--pull=false", "--defaultbranch", "main", "--actor", "someone",
            *(["-j", job] if job else []), *_labels(document), *_stand_ins(document),
            *_pairs("--env", given), *_pairs("--var", variables or {}),
            *_pairs("--secret", {"GITHUB_TOKEN": TOKEN, **(secrets or {})}),
        ]  # fmt: skip
        surroundings = _surroundings(place, (*programs, *self.programs))
        code, log = _execute(command, surroundings, mark=f"MODELYARD_ACT_RUN={place}", timeout=timeout)
        return read(document, code, log, run, place)


def warm(project: Path, environment: Path | None = None) -> str:
    """Return, or set, the environment that jobs of a project begin with, as if restored from a runner's cache."""
    note = project / ".git" / "warm-environment"
    if environment is not None:
        note.write_text(str(environment))
    return note.read_text() if note.is_file() else ""


def _world(place: Path, project: Path, run: int, repository: str, api: str | None) -> dict[str, str]:
    """Return what a runner sets for every step, and what the stand-ins need to know."""
    return {
        "HOME": str(place / "home"),
        "CI": "true",
        "GITHUB_ACTIONS": "true",
        "GITHUB_RUN_ID": str(run),
        "GITHUB_REPOSITORY": repository,
        "GITHUB_REPOSITORY_OWNER": repository.partition("/")[0],
        "GITHUB_API_URL": api or "http://127.0.0.1:9",  # nobody answers there
        "MODELYARD_ACT_ACTIONS": str(ACTIONS),
        "MODELYARD_ACT_ORIGIN": str(project),
        "MODELYARD_ACT_PLACE": str(place),
        "MODELYARD_ACT_PYTHON": sys.executable,
        "MODELYARD_ACT_UV": str(place / "uv"),
        "MODELYARD_ACT_RUN": str(place),
    }


def _surroundings(place: Path, programs: Sequence[Path]) -> dict[str, str]:
    """Return the environment of act itself, which every step inherits: a runner without uv, until one installs it."""
    python = Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}"
    for folder, name, target in (
        ("bin", "python3", python),
        ("bin", python.name, python),
        ("uv", "uv", Path(sys.executable).parent / "uv"),
        ("uv", "uvx", Path(sys.executable).parent / "uvx"),
    ):
        (place / folder).mkdir(exist_ok=True)
        (place / folder / name).symlink_to(target)
    path = [*map(str, programs), str(place / "bin"), "/usr/local/bin", "/usr/bin", "/bin"]
    return {
        **{name: value for name, value in os.environ.items() if _KEPT.fullmatch(name)},
        "HOME": str(place / "act-home"),
        "TMPDIR": str(place / "tmp"),
        "PATH": ":".join(path),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "UV_PYTHON_DOWNLOADS": "never",
        "GIT_CONFIG_NOSYSTEM": "1",
    }


def _listens(document: dict, event: str, payload: Mapping[str, object]) -> None:
    """Refuse an event that would not start the workflow; act starts it all the same."""
    told = document.get("on", document.get(True))  # YAML 1.1 reads `on` as true
    told = told if isinstance(told, dict) else dict.fromkeys([told] if isinstance(told, str) else told)
    assert event in told, f"The workflow does not listen to {event}: {sorted(told)}"
    types = (told[event] or {}).get("types") if isinstance(told[event], dict) else None
    assert types is None or payload.get("action") in types, f"{event} {payload.get('action')!r} is not among {types}"


def _repository(full_name: str) -> dict[str, object]:
    owner, _, name = full_name.partition("/")
    return {"full_name": full_name, "name": name, "owner": {"login": owner}, "default_branch": "main", "private": True}


def _stand_ins(document: dict) -> list[str]:
    """Return the options that put a folder of ours in the place of each action; a new one needs a stand-in first."""
    found: list[str] = []
    for step in (step for job in document["jobs"].values() for step in job.get("steps", []) if "uses" in step):
        pinned = _PINNED.fullmatch(step["uses"])
        assert pinned, f"{step['uses']} is not pinned by a commit"
        stand_in = ACTIONS / pinned["repository"].partition("/")[2]
        action = stand_in / (pinned["path"] or "").lstrip("/") / "action.yml"
        assert action.is_file(), f"no stand-in for {step['uses']}"
        known = yaml.safe_load(action.read_text()).get("inputs") or {}
        for name in step.get("with", {}):
            assert name in known, f"{step['uses']} has no input {name}, or its stand-in lacks it: {sorted(known)}"
        found += ["--local-repository", f"{pinned['repository']}@{pinned['commit']}={stand_in}"]
    return found


def _labels(document: dict) -> list[str]:
    """Return the options that run each label on this machine; `runs-on` of an expression may become any of them."""
    labels = {"ubuntu-24.04"}
    for job in document["jobs"].values():
        told = job.get("runs-on", [])
        labels |= {label for label in ([told] if isinstance(told, str) else told) if "${{" not in label}
    return [word for label in sorted(labels) for word in ("-P", f"{label}=-self-hosted")]


def _pairs(option: str, values: Mapping[str, str]) -> list[str]:
    return [word for name, value in values.items() for word in (option, f"{name}={value}")]


def _execute(command: list[str], environment: dict[str, str], *, mark: str, timeout: float) -> tuple[int, str]:
    process = subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        log, _ = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        _end(mark)
        log, _ = process.communicate()
        raise AssertionError(f"act was killed after {timeout} s:\n{log[-6000:]}") from None
    finally:
        _end(mark)
    return process.returncode, log


def _end(mark: str) -> None:
    """Kill what a run left behind: each step has a session of its own, so the group of act does not hold it."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (folder / "environ").read_bytes().split(b"\0"):
                os.kill(int(folder.name), signal.SIGKILL)
        except (OSError, ValueError):  # gone meanwhile, or of somebody else
            continue


def commit(project: Path, message: str = "A change") -> str:
    """Commit everything in a project, as its owner would, and return the commit."""
    identity = ["-c", "user.name=Owner", "-c", "user.email=owner@example.com"]
    git(project, "add", "--all")
    git(project, *identity, "commit", "--quiet", "--message", message)
    return git(project, "rev-parse", "HEAD")


def git(project: Path, *words: str) -> str:
    """Run git in a project and return what it says."""
    found = shutil.which("git")
    assert found
    done = subprocess.run([found, *words], cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"git {' '.join(words)}: {done.stderr}"
    return done.stdout.strip()
