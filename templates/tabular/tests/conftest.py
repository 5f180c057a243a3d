"""What the tests look at: this project's configuration, its sample, and the matrix that the model gets."""

from pathlib import Path

import pytest
from modelyard.testing import Case, open_case

from pipeline.features import features


@pytest.fixture(scope="session")
def case() -> Case:
    """The project, opened once."""
    return open_case(Path(__file__).parents[1], features)
