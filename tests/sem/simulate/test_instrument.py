"""What an instrument does to a scene has the size that its recipe says."""

from dataclasses import replace

import numpy as np
import pytest

from colonnade.core.errors import RecipeError
from colonnade.core.work.draws import Draws
from colonnade.sem.simulate.instrument import (
    DrawnInstrument,
    Instrument,
    Levels,
    draw_instrument,
    draw_levels,
)

IDEAL = DrawnInstrument(
    probe=(0.0, 0.0),
    sharp_probe=0.0,
    sampling="area",
    clean=True,
    dose=100.0,
    detector=0.0,
    colour="white",
    correlation=0.0,
    jitter=0.0,
    streaks=0.0,
    charge=0.0,
    charge_length=10.0,
)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def point(size: int = 96) -> np.ndarray:
    image = np.zeros((size, size), np.float32)
    image[size // 2, size // 2] = 1
    return image


def test_an_ideal_instrument_gives_means() -> None:
    image = rng().random((48, 64), dtype=np.float32)
    expected = image.reshape(12, 4, 16, 4).mean((1, 3))
    np.testing.assert_allclose(IDEAL.coarse(image, 4, rng()), expected, atol=1e-6)
    np.testing.assert_array_equal(IDEAL.sharp(image), image)
    np.testing.assert_array_equal(IDEAL.record(image, rng()), image)


def test_probes_have_their_widths_along_both_axes() -> None:
    blurred = replace(IDEAL, probe=(2.0, 3.0)).coarse(point(), 1, rng())
    along = np.arange(96) - 48
    assert float(blurred.sum()) == pytest.approx(1, abs=1e-3)
    assert np.sqrt(blurred.sum(1) @ along**2) == pytest.approx(2.0, rel=0.01)
    assert np.sqrt(blurred.sum(0) @ along**2) == pytest.approx(3.0, rel=0.01)


def test_bicubic_reduction_is_another_one_with_the_same_mean() -> None:
    image = rng().random((64, 64), dtype=np.float32)
    area, cubic = (
        replace(IDEAL, sampling=sampling).coarse(image, 4, rng())
        for sampling in ("area", "bicubic")
    )
    assert cubic.shape == area.shape == (16, 16)
    assert float(cubic.mean()) == pytest.approx(float(area.mean()), abs=5e-3)
    assert float(np.abs(cubic - area).max()) > 0.02


@pytest.mark.parametrize("detector", [0.0, 8.0])
def test_noise_has_the_mean_and_the_variance_of_its_law(detector: float) -> None:
    noisy = replace(IDEAL, clean=False, detector=detector)
    recorded = noisy.record(np.full((300, 300), 40.0, np.float32), rng())
    assert float(recorded.mean()) == pytest.approx(40, abs=0.15)
    assert float(recorded.var()) == pytest.approx(40 + detector**2, rel=0.03)


def test_charging_streaks_follow_bright_edges_along_the_row() -> None:
    image = np.full((8, 60), 100.0, np.float32)
    image[:, 20:30] = 200
    bright = replace(IDEAL, charge=0.1, charge_length=5.0).record(image, rng())
    streak = bright - image
    assert streak.mean() == pytest.approx(0, abs=1e-4)
    np.testing.assert_allclose(streak[:, 20] - streak[:, 19], 10, rtol=1e-4)
    np.testing.assert_allclose(streak[:, 30] - streak[:, 19], 10 * np.exp(-2), rtol=1e-4)
    dark = replace(IDEAL, charge=-0.1, charge_length=5.0).record(image, rng())
    np.testing.assert_allclose(dark + bright, 2 * image, rtol=1e-5)


def test_rows_are_shifted_by_whole_rows_of_coarse_pixels() -> None:
    ramp = np.tile(np.arange(400, dtype=np.float32), (400, 1))
    moved = replace(IDEAL, jitter=0.5).coarse(ramp, 4, rng())[:, 20:-20]
    shifts = (IDEAL.coarse(ramp, 4, rng())[:, 20:-20] - moved).mean(1) / 4
    assert float(shifts.std()) == pytest.approx(0.5, rel=0.2)
    assert float(np.diff(moved, 2, axis=1).std()) < 1e-2


def test_rows_differ_in_brightness() -> None:
    flat = np.full((2000, 4), 50.0, np.float32)
    rows = replace(IDEAL, streaks=0.02).record(flat, rng())
    assert float(rows.std(1).max()) < 1e-4
    assert float(rows.mean(1).std()) / 50 == pytest.approx(0.02, rel=0.1)


def drawn(recipe: Instrument, count: int = 400) -> list[DrawnInstrument]:
    return [draw_instrument(recipe, Draws(rng(seed)), 4) for seed in range(count)]


def test_what_is_drawn_lies_in_its_ranges_and_faults_come_in_their_shares() -> None:
    recipe = Instrument()
    every = drawn(recipe)
    widths = np.array([np.sqrt(one.probe[0] * one.probe[1]) / 4 for one in every])
    assert recipe.probe[0] <= widths.min() < widths.max() <= recipe.probe[1]
    assert max(max(one.probe) / min(one.probe) for one in every) <= recipe.astigmatism[1] + 1e-9
    dose = np.log10([one.dose for one in every])
    assert dose.min() >= 1
    assert dose.max() <= np.log10(5000)
    assert np.median(dose) == pytest.approx((1 + np.log10(5000)) / 2, abs=0.2)
    for share, has in (
        (recipe.clean, [one.clean for one in every]),
        (recipe.correlated, [one.correlation > 0 for one in every]),
        (recipe.jittering, [one.jitter > 0 for one in every]),
        (recipe.charging, [one.charge != 0 for one in every]),
        (recipe.astigmatic, [one.probe[0] != one.probe[1] for one in every]),
    ):
        assert np.mean(has) == pytest.approx(share, abs=0.08)


def levels_of(sharp: np.ndarray, seed: int, **shares: float) -> Levels:
    return draw_levels(replace(Instrument(), **shares), Draws(rng(seed)), sharp)


def test_an_export_keeps_all_levels_and_rounds_the_coarse_image_alone() -> None:
    sharp = rng().gamma(4.0, 30.0, (64, 64)).astype(np.float32)
    for seed in range(10):
        levels = levels_of(sharp, seed, exported=1.0, saturated=0.0)
        low, high = levels.low(sharp), levels.high(sharp)
        np.testing.assert_array_equal(low, np.rint(high))
        assert 0 <= high.min() < high.max() <= 255
        np.testing.assert_allclose(np.corrcoef(sharp.ravel(), high.ravel())[0, 1], 1, atol=1e-6)


def test_a_saturated_export_cuts_the_brightest_pixels_of_both_images() -> None:
    sharp = rng().gamma(4.0, 30.0, (128, 128)).astype(np.float32)
    cut = [
        float((levels_of(sharp, seed, exported=1.0, saturated=1.0).high(sharp) >= 255).mean())
        for seed in range(20)
    ]
    assert min(cut) > 0.0009
    assert max(cut) < 0.0301


def test_other_images_have_any_gain_and_offset() -> None:
    sharp = np.full((8, 8), 100.0, np.float32)
    every = [levels_of(sharp, seed, exported=0.0) for seed in range(100)]
    gains = np.array([one.gain for one in every])
    assert gains.min() < 0.1
    assert gains.max() > 10
    assert not any(one.exported for one in every)
    np.testing.assert_allclose(every[3].low(sharp), every[3].high(sharp))


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"correlation": (0.1, 0.8)}, "correlation must lie between 0 and 0.66"),
        ({"full": (0.0, 1.0)}, "full must lie between 0 and 1"),
    ],
)
def test_what_cannot_be_is_refused(fields: dict[str, tuple[float, float]], why: str) -> None:
    with pytest.raises(RecipeError, match=why):
        replace(Instrument(), **fields)
