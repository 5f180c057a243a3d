"""Any folder name gives a project name that tools accept."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelyard.scaffold import naming


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("churn", "churn"),
        ("Customer Churn 2", "customer-churn-2"),
        ("Größe_Ünïcode", "grosse-unicode"),
        ("2024 sales", "project-2024-sales"),
        ("顧客", "project"),
        ("---", "project"),
        ("x" * 100, "x" * 63),
    ],
)
def test_a_folder_name_becomes_a_slug(folder: str, name: str) -> None:
    assert naming.slug(Path("/somewhere") / folder) == name


@pytest.mark.parametrize("taken", ["modelyard", "Polars", "pytest", "typing_extensions"])
def test_a_name_of_a_dependency_is_not_taken(taken: str) -> None:
    assert naming.slug(Path(taken)).endswith("-model")


@settings(deadline=None)
@given(st.text(min_size=1, max_size=200))
def test_every_name_fits_the_configuration(folder: str) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9-]{0,62}", naming.slug(Path("/x", folder.replace("/", "-") + "y")))
