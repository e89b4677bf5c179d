"""Images that no library can hold are refused by every recipe, before anything is drawn."""

import pytest

from colonnade.atoms.simulate.image import Simulation
from colonnade.core.data.sizes import MOST_PIXELS, check_size
from colonnade.core.errors import RecipeError
from colonnade.sem.simulate.image import Simulation as SemSimulation
from colonnade.sem.simulate.stack import StackSimulation
from colonnade.tomo.simulate.series import SeriesSimulation


@pytest.mark.parametrize("recipe", [Simulation, SemSimulation, StackSimulation, SeriesSimulation])
def test_recipes_of_vast_images_are_refused(recipe: type) -> None:
    axes = len(recipe().size)
    with pytest.raises(RecipeError, match="at most 134,217,728 pixels"):
        recipe(size=(10**12,) * axes)


def test_the_largest_is_as_large_as_blosc_packs() -> None:
    check_size((MOST_PIXELS,))
    with pytest.raises(RecipeError, match="not 134,217,729"):
        check_size((MOST_PIXELS + 1,))
    assert MOST_PIXELS * 8 < 2**31
