"""A whole image is searched: pixels of any size give the same candidates, all inside the image."""

from dataclasses import replace

import numpy as np
import pytest
from drawn_lattices import lattice, recorded
from numpy.typing import NDArray

from colonnade import Model
from colonnade.atoms.locate.candidates import InputScale
from colonnade.atoms.locate.find.positions import Detection
from colonnade.atoms.locate.find.search import Search
from colonnade.atoms.locate.find.settings import FIND_DEFAULTS
from colonnade.atoms.locate.polarity import choose_scale
from colonnade.core.images.binning import Binning

Array = NDArray[np.float64]


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


def test_what_tiles_do_not_see_moves_no_confidence(model: Model) -> None:
    """Two tiles of an image see what the network could use, or a little less."""
    positions = np.stack(np.mgrid[5:600:14, 5:60:14], -1).reshape(-1, 2)
    y, x = (
        np.exp(-0.5 * ((np.arange(count)[:, None] - along) / 2.4) ** 2)
        for count, along in zip((600, 64), positions.T, strict=True)
    )
    image = recorded(3 + 12 * y @ x.T)
    whole = replace(FIND_DEFAULTS.scale, search_halo=model.card.halo)
    less, all_seen = (
        Search(image, model, settings=settings).on_scale(
            InputScale(Binning(), dark=False), "offset", "mask"
        )
        for settings in (FIND_DEFAULTS, replace(FIND_DEFAULTS, scale=whole))
    )
    assert FIND_DEFAULTS.scale.search_halo < model.card.halo
    np.testing.assert_allclose(less.confidence, all_seen.confidence, atol=5e-3)
    np.testing.assert_allclose(less.positions, all_seen.positions, atol=2e-2)


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
