"""Projects made from tables of different kinds, and a way to run the tests that came with them."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from modelyard.scaffold.new import NewRequest, new
from modelyard.scaffold.profile import Overrides


def customers(folder: Path) -> tuple[str, str]:
    """Mixed columns with awkward names, a date, a rare positive and an address that is personal."""
    rng = np.random.default_rng(0)
    n = 600
    frame = pl.DataFrame(
        {
            "customer": [f"C{i:05d}" for i in range(n)],
            'naïve "quote"': rng.normal(size=n),
            "class": rng.choice(["a", "b", "c"], n),
            "vip": rng.random(n) < 0.3,
            "e-mail": [f"user{i}@example.com" for i in range(n)],
            "signed up": [date(2024, 1, 1) + timedelta(days=i // 4) for i in range(n)],
            "": rng.integers(0, 9, n),
            "balance": [float(value) if value > -0.8 else None for value in rng.normal(size=n)],
            "churned": np.where(rng.random(n) < 0.12, "yes", "no"),
        }
    )
    frame.write_csv(folder / "customers.csv")
    return str(folder / "customers.csv"), "churned"


def words_only(folder: Path) -> tuple[str, str]:
    """Nothing but text: three categories and a class."""
    rng = np.random.default_rng(1)
    n = 300
    columns = {name: rng.choice(["red", "green", "blue", "grey"], n) for name in ("roof", "wall", "door")}
    pl.DataFrame({**columns, "kind": rng.choice(["hut", "house"], n)}).write_csv(folder / "words.csv")
    return str(folder / "words.csv"), "kind"


TABLES: dict[str, Callable[[Path], tuple[str, str]]] = {
    "customers": customers,
    "words": words_only,
    "iris": lambda _: ("sklearn:iris", "target"),
    "diabetes": lambda _: ("sklearn:diabetes", "target"),
}


@pytest.fixture(scope="session")
def make_project(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return a function that gives the project of a table, made once."""
    made: dict[str, Path] = {}

    def make(table: str) -> Path:
        if table not in made:
            folder = tmp_path_factory.mktemp(table)
            source, target = TABLES[table](folder)
            request = NewRequest(folder / "project", source, Overrides(target=target), git=False, lock=False)
            made[table] = Path(new(request).path)
        return made[table]

    return make


@pytest.fixture
def copy_project(make_project: Callable[[str], Path], tmp_path: Path) -> Callable[[str], Path]:
    """Return a function that gives a copy of a table's project to spoil."""

    def copy(table: str) -> Path:
        return Path(shutil.copytree(make_project(table), tmp_path / "project"))

    return copy


@pytest.fixture
def run_own_tests() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return a function that runs a project's tests with this interpreter."""

    def run(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments],
            cwd=project,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=False,
        )

    return run
