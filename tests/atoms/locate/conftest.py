"""What the tests of locate share."""

import sys
from pathlib import Path

import pytest

from colonnade import Model

sys.path.insert(0, str(Path(__file__).parent))  # for drawn_lattices


@pytest.fixture(scope="session")
def model() -> Model:
    """Load the default model."""
    return Model.load("atoms")
