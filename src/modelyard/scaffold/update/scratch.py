"""A git repository of our own that reads the user's objects: here trees are built and merged, by nobody's settings."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from modelyard.scaffold import git
from modelyard.scaffold.update.repository import Entry, Repository, read_tree

_CONFIG = """
[core]
	attributesFile = /dev/null
	autocrlf = false
	excludesFile = /dev/null
	fileMode = true
	hooksPath = /dev/null
	quotePath = false
	safecrlf = false
	symlinks = true
[gc]
	auto = 0
[merge]
	conflictStyle = merge
	directoryRenames = false
	renameLimit = 7000
	renames = true
"""
_NOBODY = {"NAME": "modelyard", "EMAIL": "modelyard@localhost", "DATE": "2000-01-01T00:00:00Z"}
_ALONE = {
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_COUNT": "0",
    "GIT_CONFIG_PARAMETERS": "",
    **{f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in _NOBODY.items()},
}
_INDEX = "scratch.index"


class Scratch:
    """Trees, blobs and merges; the user's repository gets none of it until `hand_over`."""

    def __init__(self, repository: Repository, folder: Path) -> None:
        """Make the repository below `folder`, an existing and empty one."""
        self.repository = repository
        self.folder = folder
        self._own = folder / "scratch.git"
        self._attributes = folder / "attributes"
        self._attributes.mkdir()
        form = repository.git("rev-parse", "--show-object-format").decode().strip()
        plain = ("init", "--quiet", "--bare", "--template=", f"--object-format={form}", str(self._own))
        git.ask(folder, *plain, settings=(), environment=_ALONE)
        with (self._own / "config").open("a", encoding="utf-8") as config:
            config.write(_CONFIG.replace("[core]", "[core]\n\tbare = false", 1))
        alternates = self._own / "objects/info/alternates"
        alternates.parent.mkdir(exist_ok=True)
        alternates.write_bytes(os.fsencode(repository.objects) + b"\n")
        self._write_attributes()

    def git(self, *arguments: str, stdin: bytes = b"", work_tree: Path | None = None) -> bytes:
        """Run git here, with `work_tree` as its files."""
        return git.ask(self._attributes, *arguments, settings=(), stdin=stdin, environment=self._at(work_tree))

    def _at(self, work_tree: Path | None = None) -> dict[str, str]:
        place = {"GIT_DIR": str(self._own), "GIT_WORK_TREE": str(work_tree or self._attributes)}
        return _ALONE | place | {"GIT_INDEX_FILE": str(self.folder / _INDEX)}

    def _write_attributes(self) -> None:
        """Let merges heed the repository's own .gitattributes, such as `merge=union`."""
        for path, entry in self.repository.tree().items():
            if path.rpartition("/")[2] == ".gitattributes" and entry.mode.startswith("100"):
                target = self._attributes / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(self.blob(entry.oid))

    def files(self, tree: str) -> dict[str, Entry]:
        """Return every file of a tree."""
        return read_tree(self.git("ls-tree", "-r", "-z", "--full-tree", tree))

    def blob(self, oid: str) -> bytes:
        """Return a file's content."""
        return self.git("cat-file", "blob", oid)

    def blobs(self, oids: Iterable[str]) -> dict[str, bytes]:
        """Return the contents of many files at once."""
        wanted = sorted(set(oids))
        said = self.git("cat-file", "--batch", stdin="".join(f"{oid}\n" for oid in wanted).encode())
        found, at = {}, 0
        for oid in wanted:
            end = said.index(b"\n", at)
            size = int(said[at:end].split()[-1])
            found[oid] = said[end + 1 : end + 1 + size]
            at = end + size + 2
        return found

    def put(self, content: bytes) -> str:
        """Keep a content; return its id."""
        return self.git("hash-object", "-w", "--stdin", stdin=content).decode().strip()

    def from_folder(self, folder: Path) -> dict[str, Entry]:
        """Return every file below `folder`, whatever its .gitignore says, as git would commit it."""
        self._forget_index()
        self._at_folder(folder, "add", "--all", "--force", ".")
        return self.files(self.git("write-tree").decode().strip())

    def _at_folder(self, folder: Path, *arguments: str) -> bytes:
        return git.ask(folder, *arguments, settings=(), environment=self._at(folder))

    def _forget_index(self) -> None:
        (self.folder / _INDEX).unlink(missing_ok=True)

    def to_folder(self, tree: str, folder: Path) -> None:
        """Write every file of a tree below `folder`."""
        self.git("read-tree", tree)
        self._at_folder(folder, "checkout-index", "--all", "--force", "--quiet")

    def tree(self, files: Mapping[str, Entry]) -> str:
        """Return the id of the tree that holds exactly these files."""
        self._forget_index()
        lines = (f"{entry.mode} {entry.oid}\t".encode() + os.fsencode(path) for path, entry in files.items())
        self.git("update-index", "-z", "--index-info", stdin=b"".join(line + b"\0" for line in lines))
        return self.git("write-tree", "--missing-ok").decode().strip()

    def commit(self, tree: str, parents: Iterable[str] = ()) -> str:
        """Make a commit that stays here."""
        options = [part for parent in parents for part in ("-p", parent)]
        return self.git("commit-tree", tree, *options, "-m", "scratch").decode().strip()

    def merge_tree(self, base: str, ours: str, theirs: str, label: str) -> bytes:
        """Merge two trees that come from `base`; return what `git merge-tree -z` prints."""
        root = self.commit(base)
        for ref, tree in (("HEAD", ours), (f"refs/heads/{label}", theirs)):
            (self._own / ref).write_text(f"{self.commit(tree, [root])}\n", encoding="ascii")
        done = git.attempt(
            self._attributes, "merge-tree", "--write-tree", "-z", "HEAD", label, settings=(), environment=self._at()
        )
        if done.returncode not in {0, 1}:
            raise git.GitError("merge-tree", done.stderr.decode(errors="replace").strip())
        return done.stdout

    def diff(self, old: str, new: str) -> str:
        """Return the difference of two trees, to be read."""
        options = ("--no-color", "--no-ext-diff", "--find-renames", "--summary", "--patch", "--stat=100")
        return self.git("diff-tree", "-r", *options, old, new).decode(errors="replace")

    def hand_over(self, trees: Iterable[str]) -> None:
        """Give the user's repository every object of these trees that it lacks."""
        wanted = "".join(f"{tree}\n" for tree in trees) + f"^{self._head_tree()}\n"
        pack = self.git("pack-objects", "--revs", "--stdout", "--quiet", stdin=wanted.encode())
        self.repository.git("unpack-objects", "-q", stdin=pack)

    def _head_tree(self) -> str:
        """Return what to leave out; not the commit, whose parents a shallow clone lacks."""
        return self.repository.git("rev-parse", f"{self.repository.head}^{{tree}}").decode().strip()
