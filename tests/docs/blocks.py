"""The fenced blocks of a page, and the marks in comments before them.

`<!-- needs: an AWS account -->`  is not run here; its commands are held against the program instead.
`<!-- exits: 1 -->`               the block ends with this exit code.
`<!-- prints -->`                 a text block: its lines are in the output of the commands before; `…` is anything.
`<!-- message -->`                a text block: this is what the program says, word for word; `…` is a value.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from _made import expand

PAGES = sorted((Path(__file__).parents[2] / "docs").glob("*.md"))
_MARK = re.compile(r"^<!-- (needs|exits|prints|message)(?:: (.*?))? -->$")
_FENCE = re.compile(r"^(?P<indent> *)```(?P<language>[^`]*)$")


@dataclass(frozen=True)
class Block:
    """One fenced block."""

    line: int
    language: str
    text: str
    marks: dict[str, str]


def blocks(path: Path) -> list[Block]:
    """Return the blocks of a page, in order."""
    return list(_blocks(path.read_text(encoding="utf-8").splitlines()))


def _blocks(lines: list[str]) -> Iterator[Block]:
    marks: dict[str, str] = {}
    numbered = iter(enumerate(lines, 1))
    for number, line in numbered:
        mark, fence = _MARK.match(line.strip()), _FENCE.match(line)
        if mark:
            marks[mark[1]] = mark[2] or ""
        elif fence:
            inside = []
            for _, inner in numbered:
                if inner.strip() == "```":
                    break
                inside.append(inner.removeprefix(fence["indent"]))
            yield Block(number, fence["language"], "\n".join(inside) + "\n", marks)
            marks = {}
        elif line.strip():
            assert not marks, f"line {number}: {marks} stands before no block"


def prose(path: Path) -> str:
    """Return what stands outside the blocks, with what is made put in."""
    return re.sub(r"^ *```.*?^ *```$", "", expand(path.read_text(encoding="utf-8")), flags=re.DOTALL | re.MULTILINE)
