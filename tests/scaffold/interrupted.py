"""Updates in a process of their own that is killed before one of its steps, and what an undisturbed one leaves."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import template_versions as versions

from modelyard.scaffold.update.update import UpdateRequest, update

WRITES = frozenset({"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "subprocess.Popen"})


def run(project, renders, version, kill_at):
    """Update `project` from a folder of finished renders, killed before step `kill_at`; tell how many there were."""
    count = 0

    def watch(event, arguments):
        nonlocal count
        if event in WRITES and _is_ours(event, arguments, project):
            count += 1
            if count == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)

    edition = from_folder(version, renders)
    sys.addaudithook(watch)
    result = update(UpdateRequest(Path(project), lock=False), edition=edition)
    sys.stdout.write(json.dumps([count, [conflict.path for conflict in result.conflicts]]))


def from_folder(version, renders):
    """Return an edition whose render is in a folder already."""

    def pristine(template, answers, into):
        shutil.copytree(Path(renders) / version, into, dirs_exist_ok=True)

    text = (Path(renders) / f"{version}.yml").read_text()
    return versions.Edition(version, lambda _: text, pristine)


def _is_ours(event, arguments, project):
    return event == "subprocess.Popen" or any(
        str(project) in os.fsdecode(a) for a in arguments if isinstance(a, str | bytes | Path)
    )


def state(project):
    """Return what counts: the commit's tree, the render's tree, the files on disk, the index, a merge under way."""

    def ask(*arguments):
        return subprocess.run(["git", *arguments], cwd=project, capture_output=True, text=True, check=False).stdout

    files = {
        path.relative_to(project).as_posix(): path.read_bytes()
        for path in sorted(Path(project).rglob("*"))
        if path.is_file() and ".git" not in path.relative_to(project).parts
    }
    return {
        "head": ask("rev-parse", "HEAD^{tree}"),
        "render": ask("rev-parse", "modelyard-template^{tree}"),
        "merging": (Path(project) / ".git/MERGE_HEAD").exists(),
        "status": ask("status", "--porcelain"),
        "index": ask("ls-files", "--stage"),
        "files": files,
        "branches": ask("for-each-ref", "--format=%(refname)"),
        "left": sorted(path.name for path in (Path(project) / ".git/modelyard").iterdir()),
    }


def walk(project, renders, at, version="0.2.0"):
    """Update in a process of its own, killed before step `at`; return its exit code, its steps and its conflicts."""
    command = [sys.executable, __file__, str(project), str(renders), version, str(at)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    steps, conflicts = json.loads(done.stdout) if done.stdout else (0, [])
    return done.returncode, steps, conflicts


if __name__ == "__main__":
    run(*sys.argv[1:4], int(sys.argv[4]))
