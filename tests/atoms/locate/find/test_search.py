"""A whole image is searched: pixels of any size give the same candidates, all inside the image."""

import numpy as np
import pytest
from numpy.typing import NDArray

from colonnade import Model
from colonnade.atoms.locate.candidates import InputScale
from colonnade.atoms.locate.find.positions import Detection
from colonnade.atoms.locate.find.search import Search
from colonnade.atoms.locate.polarity import choose_scale
from colonnade.core.images.binning import Binning

Array = NDArray[np.float64]


@pytest.fixture(scope="module")
def model() -> Model:
    return Model.load("atoms")


def lattice(spacing: float = 13.0, width: float = 2.3, count: int = 8) -> tuple[Array, Array]:
    """Electrons that are expected of bright columns, and where these are."""
    side = round(count * spacing)
    along = spacing / 2 + spacing * np.arange(count)
    positions = np.stack(np.meshgrid(along, along, indexing="ij"), -1).reshape(-1, 2)
    y, x = (np.exp(-0.5 * ((np.arange(side)[:, None] - along) / width) ** 2) for _ in "yx")
    return 30 + 300 * y.sum(1)[:, None] * x.sum(1), positions


def recorded(expected: Array, seed: int = 0) -> NDArray[np.float32]:
    return np.random.default_rng(seed).poisson(expected).astype(np.float32)


@pytest.mark.parametrize("by", [(2, 2), (3, 3), (1, 3), (2, 1)])
def test_finer_pixels_on_the_same_scale_give_the_same_candidates(
    by: tuple[int, int], model: Model
) -> None:
    image = recorded(lattice()[0])
    fine = np.kron(image, np.ones(by, np.float32))
    coarse, found = (
        Search(one, model).on_scale(InputScale(binning, dark=False), "offset", "mask")
        for one, binning in ((image, Binning(1, 1)), (fine, Binning(*by)))
    )
    places = Binning(*by).apply_to(found.positions)
    np.testing.assert_allclose(places, coarse.positions, atol=1e-3)
    np.testing.assert_allclose(found.confidence, coarse.confidence, atol=1e-4)


def test_nothing_is_found_beyond_the_border(model: Model) -> None:
    """Where binning pads an image, the padding holds no columns."""
    expected, _ = lattice(39.0, 6.9, count=5)
    image = recorded(expected)[:190, :187]
    search = Search(image, model)
    scale = choose_scale(search.trials, None)
    detections: tuple[Detection, ...] = ("mask", "hough")
    for detect in detections:
        found = search.candidates(scale, "offset", detect)
        assert len(found) > 0
        assert (found.positions >= -0.5).all()
        assert (found.positions <= np.array(image.shape) - 0.5).all()
