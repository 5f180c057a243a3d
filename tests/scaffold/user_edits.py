"""Random work of a user on a generated repository, and whether an update has kept all of it.

An edit leaves a mark that is nowhere else: a line of its own, a path that is there or gone. `lost` looks for each mark
in what an update made of the repository; a mark may be missing only from a file that was reported as in conflict.
"""

import os
import random
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

_BORN = ("data/", "vendor/", ".schemas/", ".copier-answers.yml")
_COMMENT = {".md": "<!-- {} -->", ".sql": "-- {}"}


@dataclass
class Work:
    """What the user did, as marks to look for. Paths are those after all edits."""

    lines: dict[str, str] = field(default_factory=dict)  # a line that was written, and the file it is in
    gone: dict[str, str] = field(default_factory=dict)  # a line that was taken out, and the file it was in
    here: set[str] = field(default_factory=set)  # files that were made or moved here
    away: set[str] = field(default_factory=set)  # files that were deleted or moved away


def git(folder, *arguments):
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, check=True)
    return done.stdout


def edit(project: Path, draw: random.Random, name: str, work: Work, times: int) -> Work:
    """Do `times` random things to `project` and commit them; add their marks to `work`."""
    for number in range(times):
        kind = draw.choice(["insert"] * 4 + ["change"] * 4 + ["cut"] * 2 + ["delete", "rename", "move", "add", "exec"])
        _DO[kind](project, draw, f"mark-{name}-{number}-", work)
    git(project, "add", "--all")
    git(project, "-c", "user.name=Ada", "-c", "user.email=a@b", "commit", "-qm", f"Work {name}", "--allow-empty")
    return work


def _files(project: Path) -> list[str]:
    """Return the files that a person edits: those on disk, as several edits come before a commit."""
    found = []
    for parent, folders, names in os.walk(project):
        folders[:] = [folder for folder in folders if folder not in {".git", "__pycache__"}]
        found += [Path(parent, name).relative_to(project).as_posix() for name in names]
    return sorted(path for path in found if not path.startswith(_BORN))


def _pick(project: Path, draw: random.Random) -> tuple[str, list[str]]:
    path = draw.choice(_files(project))
    return path, (project / path).read_text().splitlines(keepends=True)


def _line(path: str, mark: str) -> str:
    return _COMMENT.get(Path(path).suffix, "# {}").format(mark) + "\n"


def _save(project: Path, path: str, lines: list[str]) -> None:
    (project / path).write_text("".join(lines))


def _insert(project, draw, mark, work):
    path, lines = _pick(project, draw)
    at = draw.randrange(len(lines) + 1)
    if at and not lines[at - 1].endswith("\n"):
        lines[at - 1] += "\n"
    lines.insert(at, _line(path, mark))
    _save(project, path, lines)
    work.lines[mark] = path


def _unique(project, draw):
    """Return a file, its lines, and the number of one that is nowhere else in it."""
    path, lines = _pick(project, draw)
    single = [number for number, line in enumerate(lines) if len(line.strip()) > 3 and lines.count(line) == 1]
    return path, lines, draw.choice(single) if single else None


def _change(project, draw, mark, work):
    path, lines, number = _unique(project, draw)
    if number is None:
        return
    _forget(lines[number], work)
    lines[number] = _line(path, mark)
    _save(project, path, lines)
    work.lines[mark] = path


def _cut(project, draw, mark, work):
    path, lines, number = _unique(project, draw)
    if number is None:
        return
    _forget(lines[number], work)
    if "mark-" not in lines[number]:
        work.gone[lines[number].strip() + f"\0{path}"] = path
    del lines[number]
    _save(project, path, lines)


def _forget(line: str, work: Work) -> None:
    """Look no longer for a line that the user took out again."""
    for mark in [mark for mark in work.lines if mark in line]:
        del work.lines[mark]


def _delete(project, draw, mark, work):
    path, lines = _pick(project, draw)
    (project / path).unlink()
    for line in lines:
        _forget(line, work)
    work.gone = {line: at for line, at in work.gone.items() if at != path}
    work.here.discard(path)
    work.away.add(path)


def _to(project, path, new, work):
    if (project / new).exists() or any((project / parent).is_file() for parent in list(Path(new).parents)[:-1]):
        return
    (project / new).parent.mkdir(parents=True, exist_ok=True)
    (project / path).rename(project / new)
    work.lines = {mark: new if at == path else at for mark, at in work.lines.items()}
    work.gone = {line: new if at == path else at for line, at in work.gone.items()}
    work.here = (work.here - {path}) | {new}
    work.away = (work.away - {new}) | {path}


def _rename(project, draw, mark, work):
    path, _ = _pick(project, draw)
    _to(project, path, str(Path(path).with_name(f"r{draw.randrange(99)} {Path(path).name}")), work)


def _move(project, draw, mark, work):
    path, _ = _pick(project, draw)
    folder = draw.choice(["docs", "own/deep", "src/pipeline", "tests", "mañana dir", ""])
    _to(project, path, str(Path(folder) / Path(path).name), work)


def _add(project, draw, mark, work):
    folder = draw.choice(["docs", "own", "src/pipeline", "tests", ""])
    path = str(Path(folder) / f"own{draw.randrange(999)}.py")
    if (project / path).exists() or (project / folder).is_file():
        return
    (project / path).parent.mkdir(parents=True, exist_ok=True)
    _save(project, path, [_line(path, mark)])
    work.lines[mark] = path
    work.here.add(path)
    work.away.discard(path)


def _exec(project, draw, mark, work):
    path, _ = _pick(project, draw)
    (project / path).chmod(0o755)


_DO = {
    "insert": _insert,
    "change": _change,
    "cut": _cut,
    "delete": _delete,
    "rename": _rename,
    "move": _move,
    "add": _add,
    "exec": _exec,
}


def lost(project: Path, work: Work, conflicts: list[str], revision: str = "HEAD") -> list[str]:
    """Return the marks that are neither where they have to be nor in a file that is reported as in conflict.

    With `revision` empty, the files on disk and the user's side of the conflicts in the index are looked at.
    """
    texts = files(project, revision) if revision else _on_disk(project)
    reported = set(conflicts)
    everything = "\n".join(texts.values())
    found = [f"line {mark} of {path}" for mark, path in work.lines.items() if mark not in everything]
    for line, path in work.gone.items():
        if path not in reported and line.split("\0")[0] in [each.strip() for each in texts.get(path, "").splitlines()]:
            found.append(f"came back in {path}: {line}")
    found += [f"gone: {path}" for path in work.here if path not in texts and path not in reported]
    found += [f"came back: {path}" for path in work.away if path in texts and path not in reported]
    return found


def files(project: Path, revision: str) -> dict[str, str]:
    """Return the text of each file of a commit, by path."""
    listed = git(project, "ls-tree", "-r", "-z", "--name-only", revision).split(b"\0")
    paths = [os.fsdecode(path) for path in listed if path and not path.startswith((b"data/", b"vendor/"))]
    said = subprocess.run(
        ["git", "cat-file", "--batch"],
        cwd=project, input="".join(f"{revision}:{path}\n" for path in paths).encode(), capture_output=True, check=True,
    ).stdout  # fmt: skip
    found, at = {}, 0
    for path in paths:
        end = said.index(b"\n", at)
        size = int(said[at:end].split()[-1])
        found[path] = said[end + 1 : end + 1 + size].decode(errors="replace")
        at = end + size + 2
    return found


def _on_disk(project: Path) -> dict[str, str]:
    return {
        path: (project / path).read_text(errors="replace") for path in _files(project) if (project / path).is_file()
    }


def settle(project: Path) -> None:
    """End a merge in conflict with the user's side of everything."""
    for line in git(project, "ls-files", "--unmerged", "-z").split(b"\0"):
        path = os.fsdecode(line.partition(b"\t")[2])
        if not path:
            continue
        side = subprocess.run(["git", "checkout", "--ours", "--", path], cwd=project, capture_output=True, check=False)
        git(project, *(["add", "--", path] if side.returncode == 0 else ["rm", "-q", "--cached", "--", path]))
        if side.returncode:
            (project / path).unlink(missing_ok=True)
    git(project, "-c", "user.name=Ada", "-c", "user.email=a@b", "commit", "-qm", "Settled")


def template(folder: Path, draw: random.Random, name: str) -> None:
    """Change a template at random, in ways that do no harm to what it renders."""
    for number in range(draw.randrange(4, 12)):
        files = [
            path
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.name not in {"copier.yml", ".copier-answers.yml.jinja", ".gitattributes"}
        ]
        path = draw.choice(files)
        kind = draw.choice(["insert"] * 5 + ["change"] * 4 + ["add", "remove", "rename"])
        _evolve(folder, path, kind, draw, f"template-{name}-{number}")


_MAY_GO = frozenset({"AGENTS.md.jinja", ".editorconfig", "CODEOWNERS.jinja", ".pre-commit-config.yaml"})


def _evolve(folder: Path, path: Path, kind: str, draw: random.Random, mark: str) -> None:
    harmless = path.suffix in {".md", ".jinja"} or path.name in {".gitignore", ".dockerignore", "ruff.toml", "Makefile"}
    lines = path.read_text().splitlines(keepends=True)
    if kind == "add":
        (path.parent / f"{mark}.md").write_text(f"# {mark}\n" * draw.randrange(1, 9))
    elif kind == "remove" and path.name in {
        "AGENTS.md.jinja",
        ".editorconfig",
        "CODEOWNERS.jinja",
        ".pre-commit-config.yaml",
    }:
        path.unlink()
    elif kind == "rename" and path.name in {"AGENTS.md.jinja", ".editorconfig", "test_metrics.py", "Dockerfile.jinja"}:
        path.rename(path.with_name(f"{'test_' if path.suffix == '.py' else ''}{mark.replace('-', '_')}_{path.name}"))
    elif kind == "change" and harmless:
        whole = [n for n, line in enumerate(lines) if line.startswith(("#", "- ", "| ")) and "{" not in line]
        if whole:
            lines[draw.choice(whole)] = f"# {mark}\n"
            path.write_text("".join(lines))
    elif kind == "insert" and path.suffix in {".py", ".md", ".yml", ".toml"}:
        between = [
            n for n, line in enumerate(lines) if line.strip() == "" and n + 1 < len(lines) and lines[n + 1][:1].strip()
        ]
        if between:
            lines.insert(draw.choice(between) + 1, f"# {mark}\n")
            path.write_text("".join(lines))
