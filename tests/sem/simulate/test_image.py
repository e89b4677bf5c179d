"""Simulated pairs: two images of one scene, on one scale of grey levels."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from colonnade.core.errors import RecipeError
from colonnade.core.work.draws import NEVER
from colonnade.core.work.recipe import dumps, load
from colonnade.sem.simulate.image import Simulation, draw_specimen, simulate
from colonnade.sem.simulate.instrument import Instrument
from colonnade.sem.simulate.materials.cathode import Cathode
from colonnade.sem.simulate.materials.gold import Gold
from colonnade.sem.simulate.materials.mixture import Materials
from colonnade.sem.simulate.materials.porous import Porous
from colonnade.sem.simulate.materials.powder import Powder
from colonnade.sem.simulate.solids.cathode import SolidCathode
from colonnade.sem.simulate.solids.mixture import Solids
from colonnade.sem.simulate.solids.porous import SolidPorous

IDEAL = Instrument(
    probe=NEVER,
    astigmatic=0.0,
    sharp_probe=NEVER,
    clean=1.0,
    jittering=0.0,
    streaked=0.0,
    charging=0.0,
    exported=0.0,
)
RECIPE = Simulation(size=(64, 96))


def rng(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_the_same_generator_gives_the_same_pair() -> None:
    one, same, other = (simulate(RECIPE, rng(seed)) for seed in (3, 3, 4))
    np.testing.assert_array_equal(one.low, same.low)
    np.testing.assert_array_equal(one.high, same.high)
    assert one.drawn == same.drawn
    assert one.low.tobytes() != other.low.tobytes()


@pytest.mark.parametrize("factor", [2, 4, 8])
def test_a_pair_has_the_sizes_of_its_recipe(factor: int) -> None:
    pair = simulate(Simulation(factor=factor, size=(64, 128)), rng(1))
    assert pair.high.shape == (64, 128)
    assert pair.low.shape == (64 // factor, 128 // factor)
    assert pair.low.dtype == pair.high.dtype == np.float32
    assert pair.factor == factor


def test_without_blur_and_noise_coarse_pixels_are_means_of_sharp_ones() -> None:
    for seed in range(6):
        pair = simulate(replace(RECIPE, instrument=IDEAL), rng(seed))
        blocks = pair.high.reshape(16, 4, 24, 4).mean((1, 3))
        np.testing.assert_allclose(pair.low, blocks, rtol=2e-4)


def test_noise_is_in_the_coarse_image_alone() -> None:
    noisy = replace(IDEAL, clean=0.0, dose=(100.0, 100.0), detector=NEVER, gain=(1.0, 1.0))
    instrument = replace(noisy, offset=NEVER, correlated=0.0)
    recipe = replace(RECIPE, instrument=instrument, faint=0.0)
    specimen = draw_specimen(recipe, rng(5))
    one, other = (specimen.take(recipe, rng(seed)) for seed in (1, 2))
    np.testing.assert_array_equal(one.high, other.high)
    blocks = one.high.reshape(16, 4, 24, 4).mean((1, 3))
    error = one.low - blocks
    assert float(one.high.mean()) == pytest.approx(100, rel=1e-3)
    assert float((error**2 / np.maximum(blocks, 1)).mean()) == pytest.approx(1, abs=0.2)
    assert abs(float(np.corrcoef(error.ravel(), (other.low - blocks).ravel())[0, 1])) < 0.15


def test_a_faint_image_keeps_its_mean_and_a_share_of_its_contrast() -> None:
    recipe = replace(RECIPE, instrument=replace(IDEAL, gain=(1.0, 1.0), offset=NEVER), faint=0.0)
    specimen = draw_specimen(recipe, rng(5))
    full = specimen.take(recipe, rng(1))
    faint = specimen.take(replace(recipe, faint=1.0, contrast=(0.1, 0.1)), rng(1))
    for one, other in ((faint.high, full.high), (faint.low, full.low)):
        assert one.mean() == pytest.approx(other.mean(), rel=1e-3)
        contrast = one.std() / one.mean()
        assert contrast < 0.15 * other.std() / other.mean()
    assert faint.drawn["contrast"] == pytest.approx(0.1)


def test_both_images_have_one_scale_of_grey_levels() -> None:
    """The slope of coarse levels over sharp ones is one, whatever the gain and the noise."""
    low, high = [], []
    for seed in range(40):
        recipe = replace(RECIPE, instrument=replace(Instrument(), charging=0.0, saturated=0.0))
        pair = simulate(recipe, rng(seed))
        scale = float(pair.high.std()) + 1e-6
        low.append((pair.low.mean() - pair.high.mean()) / scale)
        high.append(scale)
    assert np.median(np.abs(low)) < 0.05
    assert abs(np.mean(low)) < 0.1


def test_everything_that_was_drawn_is_said() -> None:
    drawn = simulate(RECIPE, rng(7)).drawn
    assert {"material", "materials.soft", "instrument.dose", "instrument.probe"} <= set(drawn)
    assert all(isinstance(value, float | str) for value in drawn.values())
    assert all(np.isfinite(value) for value in drawn.values() if isinstance(value, float))


def test_a_recipe_is_written_and_read(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(dumps(RECIPE))
    assert load(Simulation, tmp_path / "own.toml") == RECIPE


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"factor": 0}, "the factor must be 1 or more, not 0"),
        ({"size": (66, 96)}, "multiple of the factor 4"),
        ({"size": (16, 96)}, "at least 8 times"),
    ],
)
def test_what_cannot_be_is_refused(fields: dict[str, object], why: str) -> None:
    with pytest.raises(RecipeError, match=why):
        replace(RECIPE, **fields)


@pytest.mark.parametrize(
    ("kind", "name", "limits", "wanted"),
    [
        (Porous, "openness", (0.3, 1.0), "porous.openness must be above 0 and below 1"),
        (SolidPorous, "openness", (0.0, 0.5), "porous.openness must be above 0 and below 1"),
        (Cathode, "filled", (0.0, 0.5), "cathode.filled must be above 0"),
        (SolidCathode, "pores", (-1.0, 0.5), "cathode.pores must be at least 0"),
        (Powder, "elongation", (0.5, 2.0), "powder.elongation must be at least 1"),
        (Gold, "grains", (-1.0, -1.0), "gold.grains must be at least 0"),
    ],
)
def test_what_makes_no_specimen_is_refused(
    kind: type, name: str, limits: tuple[float, float], wanted: str
) -> None:
    solid = kind.__name__.startswith("Solid")
    named = {kind.__name__.removeprefix("Solid").lower(): kind(**{name: limits})}
    with pytest.raises(RecipeError, match=wanted):
        (Solids if solid else Materials)(**named)


@pytest.mark.parametrize("levels", [(0,), (1, -1), (10**12,)])
def test_nobody_sees_so_many_skeletons(levels: tuple[int, ...]) -> None:
    with pytest.raises(RecipeError, match="must be from 1 to 16"):
        Porous(levels=levels)
