"""The size of a pixel is one that a microscope has."""

import numpy as np
import pytest

from colonnade.core.errors import ImageError
from colonnade.core.images.pixel_size import along_both_axes


def test_one_number_holds_along_both_axes() -> None:
    assert along_both_axes(0.5) == (0.5, 0.5)
    assert along_both_axes([0.5, 2.0]) == (0.5, 2.0)
    assert along_both_axes(np.float64(0.5)) == (0.5, 0.5)


def test_a_pixel_is_no_line() -> None:
    assert along_both_axes((1.0, 20.0)) == (1.0, 20.0)
    for size in ((1.0, 21.0), (0.021, 0.001)):
        with pytest.raises(ImageError, match="one at most 20 times the other"):
            along_both_axes(size)


@pytest.mark.parametrize("size", [0.0, -1.0, np.nan, np.inf, 1e-9, 1e12])
def test_what_no_microscope_has_is_refused(size: float) -> None:
    for given in (size, (size, 1.0), (1.0, size)):
        with pytest.raises(ImageError, match=r"between 0\.0001 and 100000 nm"):
            along_both_axes(given)
