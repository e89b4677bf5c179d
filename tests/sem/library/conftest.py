"""What the tests of pairs from elsewhere share."""

import sys
from pathlib import Path

import pytest

from colonnade.core.arrays import Single

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]


@pytest.fixture(scope="session")
def pair() -> tuple[Single, Single]:
    """A coarse and a sharp image of one field."""
    from recorded_fields import recorded_pair

    return recorded_pair(1)
