"""Projects of every kind for the tests of this folder, rendered in this process: Copier is imported once."""

from collections.abc import Mapping
from pathlib import Path
from typing import Self

import polars as pl

from modelyard.scaffold import render
from modelyard.scaffold.renderer import Renderer


class InThisProcess(Renderer):
    """Renders as the real one does, without a process of its own."""

    def __init__(self) -> None:
        """Begin nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """End nothing."""

    def render(self, template: str, answers: Mapping[str, object], into: Path) -> None:
        render.render(template, answers, into)


def table(folder: Path) -> Path:
    """Write 240 rows with everything that `new` has an option for; one target for each task."""
    n = 240
    frame = pl.DataFrame(
        {
            "order": [f"O{i:05d}" for i in range(n)],
            "ordered at": [f"2024-{1 + i // 28 % 12:02d}-{1 + i % 28:02d}" for i in range(n)],
            "shop": [f"shop {i % 12}" for i in range(n)],
            "e-mail": [f"someone{i}@example.com" for i in range(n)],
            "amount": [float(i * 37 % 101) for i in range(n)],
            "weight": [float(i * 53 % 97) / 7 for i in range(n)],
            "returned": ["yes" if i * 13 % 5 == 0 else "no" for i in range(n)],
            "grade": [("low", "middle", "high")[i * 7 % 3] for i in range(n)],
            "price": [float(i * 31 % 211) * 1.5 for i in range(n)],
        }
    )
    path = folder / "orders.csv"
    frame.write_csv(path)
    return path


def files(folder: Path) -> list[str]:
    """Return the files of a repository, the wheel of a development version under a constant name."""
    left_out = {".git", "__pycache__"}
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    kept = (path for path in found if not left_out & set(path.parts))
    return sorted({"vendor/WHEEL" if path.suffix == ".whl" else path.as_posix() for path in kept})
