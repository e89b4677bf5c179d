"""Every material: its truth is the same at any resolution, from anywhere, and always."""

import numpy as np
import pytest

from colonnade.core.work.draws import Draws
from colonnade.core.work.recipe import dumps, field_meanings, load, named_recipe
from colonnade.sem.scene import SampledScene
from colonnade.sem.simulate.image import Simulation
from colonnade.sem.simulate.materials.mixture import MATERIALS, Materials, draw_scene
from colonnade.sem.simulate.materials.soft import SoftScene
from colonnade.sem.simulate.materials.tin_balls import TinScene
from colonnade.sem.simulate.texture import draw_layers

SIZE = (96, 128)


def scene(name: str, seed: int) -> SampledScene:
    draws = Draws(np.random.default_rng([seed, 77]))
    return MATERIALS[name](getattr(Materials(), name), draws, SIZE)


@pytest.mark.parametrize("name", MATERIALS)
def test_coarse_pixels_are_means_of_fine_ones(name: str) -> None:
    for seed in range(3):
        fine = scene(name, seed).render(SIZE, 1.0)
        assert fine.dtype == np.float32
        assert fine.min() >= 0
        assert fine.max() <= 1
        for factor in (2, 4, 8):
            coarse = scene(name, seed).render((96 // factor, 128 // factor), float(factor))
            blocks = fine.reshape(96 // factor, factor, 128 // factor, factor)
            np.testing.assert_allclose(coarse, blocks.mean((1, 3)), atol=1e-5)


@pytest.mark.parametrize("name", MATERIALS)
def test_the_sharp_truth_is_nearly_the_mean_of_a_finer_one(name: str) -> None:
    """Edges cover the area that they should: what is left is rounding, not another picture."""
    for seed in range(3):
        one = scene(name, seed)
        finer = one.render((192, 256), 0.5).reshape(96, 2, 128, 2).mean((1, 3))
        error = finer - one.render(SIZE, 1.0)
        assert float(np.sqrt((error**2).mean())) < 0.15 * float(finer.std()) + 0.004
        assert abs(float(error.mean())) < 0.01


@pytest.mark.parametrize("name", MATERIALS)
def test_a_part_of_a_scene_is_that_part(name: str) -> None:
    for seed in range(2):
        whole = scene(name, seed).render(SIZE, 1.0)
        part = scene(name, seed).render((40, 48), 1.0, (24.0, 32.0))
        # The slope of a field at the border of a picture is known from one side only.
        np.testing.assert_allclose(part[1:-1, 1:-1], whole[25:63, 33:79], atol=2e-3)


@pytest.mark.parametrize("name", MATERIALS)
def test_scenes_differ_and_show_something(name: str) -> None:
    pictures = [scene(name, seed).render(SIZE, 1.0) for seed in range(8)]
    assert len({picture.tobytes() for picture in pictures}) == 8
    contrast = [float(picture.std() / picture.mean()) for picture in pictures]
    assert np.median(contrast) > 0.04
    assert max(contrast) < 3


def test_a_soft_scene_is_the_scene_blurred() -> None:
    """What a step loses across is the integral of the Gaussian."""
    sharp = scene("cathode", 1)
    soft = SoftScene(sharp, 2.0)
    assert soft.material == sharp.material
    wide = sharp.render((96, 128), 1.0)
    from scipy.ndimage import gaussian_filter

    expected = gaussian_filter(wide, 2.0, truncate=3.5)[20:-20, 20:-20]
    given = soft.render((56, 88), 1.0, (20.0, 20.0))
    np.testing.assert_allclose(given, expected, atol=2e-3)
    assert float(np.abs(np.diff(given)).max()) < float(np.abs(np.diff(wide)).max()) / 2


def test_a_ball_is_round_bright_at_its_rim_and_shades_the_ground() -> None:
    ball = TinScene(
        centres=np.array([[40.0, 40.0]]),
        radii=np.array([20.0]),
        greys=np.array([0.5]),
        carbon=0.1,
        roughness=0.0,
        ground=draw_layers(np.random.default_rng(0), (80, 80), (2.0, 2.0), 0.0),
        rim=0.2,
        escape=1.0,
        shadow=0.5,
        light=(0.0, 0.0),
    )
    image = ball.render((80, 80), 1.0)
    row = image[40]
    assert row[40] == pytest.approx(0.5, abs=0.01)
    assert row[59] > row[55] > row[50] > row[40]
    # The yield grows as one over the cosine of the slope, as far as electrons escape.
    inside = 15.5 / 20
    slope = np.sqrt(1.05 / (1 - inside**2 + 0.05))
    assert row[55] == pytest.approx(0.5 * (1 + 0.2 * (slope - 1)), rel=0.01)
    assert row[61] < 0.075
    assert row[79] == pytest.approx(0.1, abs=0.01)
    # Half of the signal is lost at its foot, half of that share a sixth of the radius further.
    assert float((image > 0.3).sum()) == pytest.approx(np.pi * 20**2, rel=0.02)


def test_materials_come_in_their_shares_and_softness_in_its_own() -> None:
    names, soft = [], []
    for seed in range(400):
        draws = Draws(np.random.default_rng(seed))
        draw_scene(Materials(), draws, (32, 32))
        names.append(draws.record["material"])
        soft.append(draws.record["materials.soft"])
    assert np.mean(soft) == pytest.approx(0.4, abs=0.08)
    assert set(np.array(names)[np.array(soft) == 0]) == {
        "tin balls",
        "battery cathode",
        "porous ceramic",
        "gold on carbon",
        "powder",
        "rock",
        "fibres",
        "metal",
    }
    film = np.array(names) == "film"
    assert film[np.array(soft) == 1].mean() == pytest.approx(0.2, abs=0.08)


@pytest.mark.parametrize("name", [*MATERIALS, "mixture"])
def test_each_material_has_a_recipe_that_draws_it_alone(name: str) -> None:
    recipe = load(Simulation, named_recipe(name.replace("_", "-"), "sem"))
    shown = {
        draw_scene(recipe.materials, Draws(np.random.default_rng(seed)), (24, 24)).material
        for seed in range(12)
    }
    assert len(shown) == 1 if name != "mixture" else len(shown) > 3


def test_every_field_of_the_recipe_says_what_it_means() -> None:
    meanings = field_meanings(Simulation)
    for line in dumps(Simulation()).splitlines():
        if "=" in line:
            key = line.split(" =")[0]
            assert key == "version" or any(name.split(".")[-1] == key for name in meanings), key
