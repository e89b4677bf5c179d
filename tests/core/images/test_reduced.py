"""An image that is made smaller to be looked at keeps its grey levels."""

import numpy as np
import pytest

from colonnade.core.images.reduced import reduced


@pytest.mark.parametrize("step", [1, 3, 7])
def test_a_reduced_image_has_the_means_of_its_squares(
    step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("colonnade.core.images.reduced.BAND_ROWS", 20)
    image = np.random.default_rng(0).random((103, 57)).astype(np.float32)
    found = reduced(image, (slice(2, 101), slice(1, 50)), step)
    rows, columns = 99 // step, 49 // step
    cut = image[2 : 2 + rows * step, 1 : 1 + columns * step]
    expected = cut.reshape(rows, step, columns, step).mean((1, 3))
    np.testing.assert_allclose(found, expected, rtol=1e-5)
