"""How large an entry of a library may be."""

from collections.abc import Sequence
from math import prod

from colonnade.core.errors import RecipeError

MOST_PIXELS = 2**27
"""Blosc packs a chunk of less than two gigabytes, and a number may take eight bytes."""


def check_size(size: Sequence[int]) -> None:
    """Refuse images and volumes that no library can hold.

    Parameters
    ----------
    size
        Along each axis [px].

    Raises
    ------
    RecipeError
        If they have too many pixels.
    """
    if prod(map(int, size)) > MOST_PIXELS:
        sides = " x ".join(f"{side:,}" for side in size)
        raise RecipeError(
            f"the size must be of at most {MOST_PIXELS:,} pixels, which a library can hold, not "
            f"{sides}"
        )
