"""Images are shown to the network at the right scale, with a calibration or without."""

from collections.abc import Callable
from dataclasses import replace
from unittest.mock import patch

import numpy as np
import pytest
from drawn_lattices import assert_found, lattice, quietly, recorded
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from colonnade import Model
from colonnade.atoms.card import AtomsCard
from colonnade.atoms.locate.find.scale_choice import best_scale, finer_binning
from colonnade.atoms.locate.find.settings import FIND_DEFAULTS
from colonnade.atoms.locate.find.trials import Trials
from colonnade.atoms.locate.polarity import choose_scale
from colonnade.core.images.binning import Binning

Array = NDArray[np.float64]


@given(st.floats(2e-3, 0.1), st.integers(1, 4), st.booleans())
def test_binning_brings_every_pixel_size_near_what_is_known(
    size: float, ratio: int, turned: bool
) -> None:
    """Between the limits of the model, or not at all where pixels are too coarse for it."""
    model = Model.load("atoms")
    low, high = AtomsCard.of(model.card).pixel_size
    pixel = np.array([size, size / ratio])[:: -1 if turned else 1]
    image = recorded(np.full((200, 200), 3.0))
    binning = choose_scale(Trials(image, model), (float(pixel[0]), float(pixel[1]))).binning
    shown = pixel * [binning.y, binning.x]
    assert shown[0] == pytest.approx(shown[1], rel=1e-6)
    assert shown.max() < 1.31 * high or max(binning.y, binning.x) == ratio
    assert shown.min() > 0.79 * low


@pytest.mark.parametrize("finer", [1, 2, 4])
def test_without_a_calibration_fine_images_are_binned(finer: int, model: Model) -> None:
    """So that the columns are as far apart as they were before the pixels were made finer."""
    expected, positions = lattice(13.0 * finer, 2.3 * finer)
    image = recorded(expected / finer**2)
    scale = choose_scale(Trials(image, model), None)
    assert scale.binning.y == scale.binning.x
    assert 6 <= 13.0 * finer / scale.binning.y <= 26
    assert not scale.dark
    assert_found(quietly(image, model), positions, 0.4 * finer + 0.3)


@pytest.mark.parametrize("spacing", [5.0, 6.0])
def test_without_a_calibration_coarse_images_are_left_as_they_are(
    spacing: float, model: Model
) -> None:
    expected, _ = lattice(spacing, 0.2 * spacing, count=18)
    scale = choose_scale(Trials(recorded(expected), model), None)
    assert (scale.binning.y, scale.binning.x) == (1, 1)


@pytest.mark.parametrize(("spacing", "width"), [(8.0, 2.0), (13.0, 2.3), (26.0, 4.6)])
def test_binnings_without_room_for_the_columns_are_left_out_and_not_missed(
    spacing: float, width: float, model: Model
) -> None:
    image = recorded(lattice(spacing, width, count=round(250 / spacing))[0])
    scale = replace(FIND_DEFAULTS.scale, densest=np.inf)
    all_compared = Trials(image, model, settings=replace(FIND_DEFAULTS, scale=scale))
    with patch.object(model, "_session", wraps=model._session) as session:
        chosen = best_scale(Trials(image, model), None, dark=False)
        some = session.run.call_count
        assert best_scale(all_compared, None, dark=False) == chosen
        assert some < session.run.call_count - some


@pytest.mark.parametrize("change", [lambda image: 40 * image - 900, lambda image: image / 7])
def test_gain_and_black_level_do_not_change_the_scale(
    change: Callable[[NDArray[np.float32]], NDArray[np.float32]], model: Model
) -> None:
    image = recorded(lattice(26.0, 4.6, count=5)[0])
    changed, unchanged = (choose_scale(Trials(one, model), None) for one in (change(image), image))
    assert changed == unchanged


def test_a_pixel_size_forbids_what_the_model_does_not_know(model: Model) -> None:
    """Even where the image alone would be binned."""
    image = recorded(lattice(26.0, 4.6, count=5)[0])
    low, high = AtomsCard.of(model.card).pixel_size
    coarse = choose_scale(Trials(image, model), (high, high))
    assert (coarse.binning.y, coarse.binning.x) == (1, 1)
    fine = choose_scale(Trials(image, model), (low / 4, low / 4))
    assert fine.binning.y >= 3


@pytest.mark.parametrize(
    ("binning", "half"), [((1, 1), (1, 1)), ((2, 2), (1, 1)), ((8, 8), (4, 4)), ((2, 6), (1, 3))]
)
def test_the_finer_scale_is_about_half_along_both_axes(
    binning: tuple[int, int], half: tuple[int, int]
) -> None:
    assert finer_binning(Binning(*binning)) == Binning(*half)
