"""What a denoiser learns from is what a microscope would record of the truth beside it."""

from dataclasses import replace

import numpy as np
import pytest
from small_recipe import SCENES

from colonnade.core.data.turns import AT_HAND
from colonnade.core.errors import RecipeError
from colonnade.core.measures.noise import noise_of_repeats
from colonnade.tomo.simulate.recording import Recording
from colonnade.tomo.train.denoiser.scenes import Recordings, Scene, Scenes, draw_scene

FLAT = Scene(np.ones((1, 128, 128), np.float32), "flat")


def recording(dose: float, correlation: float = 0.0) -> Recording:
    return Recording(
        clean=0.0,
        dose=(dose, dose),
        detector=(0.0, 0.0),
        correlated=float(correlation > 0),
        correlation=(correlation, correlation),
        backed=0.0,
        drifting=0.0,
        speckled=0.0,
    )


@pytest.mark.parametrize("dose", [4.0, 100.0])
def test_noise_is_that_of_the_electrons(dose: float) -> None:
    """A mean of n electrons varies by the root of n, whatever unit it is given in."""
    noisy = FLAT.record(recording(dose), np.random.default_rng(0))
    error = noisy.image - noisy.truth
    assert error.std() == pytest.approx(1 / np.sqrt(dose), rel=0.03)
    assert abs(error.mean()) < 4 / np.sqrt(dose) / 128


def test_noise_is_correlated_along_the_rows_alone() -> None:
    scene = Scene(np.ones((1, 256, 256), np.float32), "flat")
    first, second = (
        scene.record(recording(100.0, 0.5), np.random.default_rng(n)).image for n in range(2)
    )
    assert noise_of_repeats(first, second).correlation[0] == pytest.approx(0.5, abs=0.03)
    assert noise_of_repeats(first.T, second.T).correlation[0] == pytest.approx(0.0, abs=0.03)


def test_a_background_is_part_of_the_truth() -> None:
    backed = replace(recording(1e6), backed=1.0, background=(0.25, 0.25))
    noisy = FLAT.record(backed, np.random.default_rng(0))
    np.testing.assert_allclose(noisy.truth, 1.25)
    assert noisy.image.mean() == pytest.approx(1.25, rel=1e-3)


def test_specimens_and_pictures_are_drawn() -> None:
    specimen = draw_scene(replace(SCENES, specimens=1.0), np.random.default_rng(0))
    picture = draw_scene(replace(SCENES, specimens=0.0), np.random.default_rng(0))
    assert picture.family == "picture" != specimen.family
    for scene in (specimen, picture):
        assert scene.planes.shape[1:] == (SCENES.side, SCENES.side)
        assert (scene.planes.std((1, 2)) > 0).all()


def test_a_number_gives_the_same_image_whatever_came_before() -> None:
    source = Recordings(SCENES, seed=1)
    first = source(3)
    source(AT_HAND * SCENES.exposures)
    again = source(3)
    assert np.array_equal(first.image, again.image)
    assert not np.array_equal(first.image, Recordings(SCENES, seed=1, part=1)(3).image)
    assert not np.array_equal(first.image, Recordings(SCENES, seed=2)(3).image)


def test_impossible_recipes_are_refused() -> None:
    with pytest.raises(RecipeError, match="side"):
        Scenes(side=8)
    with pytest.raises(RecipeError, match="no drift"):
        Scenes(recording=Recording())
