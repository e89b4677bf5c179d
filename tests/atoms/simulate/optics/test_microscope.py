"""A microscope has a voltage, a convergence and an exponent."""

import pytest

from colonnade.atoms.simulate.optics.microscope import Imaging
from colonnade.core.errors import RecipeError


@pytest.mark.parametrize("name", ["voltages", "convergence", "exponent", "bright_exponent"])
@pytest.mark.parametrize("value", [0.0, -1.0])
def test_what_must_be_positive_is(name: str, value: float) -> None:
    with pytest.raises(RecipeError, match=f"imaging.{name} must be positive"):
        Imaging(**{name: (value, 2.0)})
