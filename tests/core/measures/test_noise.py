"""The noise of an image is measured as it was made, and in real images as repeats show it."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter
from scipy.signal import lfilter

from colonnade.core.errors import ImageError
from colonnade.core.files.open import read, read_frames
from colonnade.core.measures.noise import measure_noise, noise_of_repeats

CORRELATION = 0.5
"""From one pixel to the next along x."""


def coloured(shape: tuple[int, int], rng: np.random.Generator, correlation: float) -> np.ndarray:
    """Noise of unit variance whose correlation falls by the same factor from pixel to pixel."""
    white = rng.standard_normal((shape[0], shape[1] + 50))
    step = np.sqrt(1 - correlation**2)
    return lfilter([step], [1, -correlation], white, axis=1)[:, 50:]


@cache
def balls(side: int, seed: int) -> np.ndarray:
    """Bright-edged balls on a dark ground, rendered four times finer and averaged."""
    rng = np.random.default_rng(seed)
    fine = np.full((4 * side, 4 * side), 0.15)
    for _ in range(side**2 // 400):
        radius = np.exp(rng.uniform(np.log(4), np.log(80)))
        centre = rng.uniform(0, 4 * side, 2)
        low = np.maximum(centre - radius, 0).astype(int)
        high = np.minimum(centre + radius + 2, 4 * side).astype(int)
        part = fine[low[0] : high[0], low[1] : high[1]]
        y, x = np.ogrid[low[0] : high[0], low[1] : high[1]]
        away = np.hypot(y - centre[0], x - centre[1]) / radius
        part[away < 1] = rng.uniform(0.35, 0.5) + 0.4 * away[away < 1] ** 4
    return gaussian_filter(fine, 1.5).reshape(side, 4, side, 4).mean((1, 3))


@cache
def grains(side: int, seed: int) -> np.ndarray:
    """Steps between smooth plateaus of many levels."""
    rng = np.random.default_rng(seed)
    field = gaussian_filter(rng.standard_normal((side, side)), 16, mode="wrap")
    return np.round(4 * (field - field.min()) / np.ptp(field)) / 5 + 0.1


def noisy(scene: np.ndarray, counts: float, correlation: float, seed: int) -> np.ndarray:
    """Give a pixel of mean grey level so many counts, and correlate the noise along x."""
    noise = coloured(scene.shape, np.random.default_rng(seed), correlation)
    return scene + np.sqrt(scene * scene.mean() / counts) * noise


@pytest.mark.parametrize("correlation", [0.0, CORRELATION])
@pytest.mark.parametrize("counts", [1000, 150, 30])
@pytest.mark.parametrize("make", [balls, grains])
def test_law_and_colour_of_structured_images(
    make: Callable[[int, int], np.ndarray], counts: float, correlation: float
) -> None:
    scene = make(256, 1)
    found = measure_noise(noisy(scene, counts, correlation, 2))
    slope = scene.mean() / counts
    levels = np.quantile(scene, [0.1, 0.5, 0.9])
    ratio = np.sqrt(found.variance(levels) / (slope * levels))
    # At the highest dose the noise of the brightest levels is less than what edges leave of them.
    assert ratio[:2] == pytest.approx(1, abs=0.08)
    assert ratio[2] == pytest.approx(1, abs=0.35 if counts == 1000 else 0.08)
    assert found.sigma == pytest.approx(np.sqrt(slope * scene.mean()), rel=0.2)
    expected = correlation ** np.arange(1, 4)
    assert found.correlation[:3] == pytest.approx(expected, abs=0.08)


def test_an_offset_of_the_grey_scale_is_found() -> None:
    """Variance 0.59 (I - 32), as amplifiers with a black level have it."""
    scene = 32 + 150 * grains(256, 3)
    noise = np.random.default_rng(4).standard_normal(scene.shape)
    found = measure_noise(scene + np.sqrt(0.59 * (scene - 32)) * noise)
    levels = np.quantile(scene, [0.1, 0.5, 0.9])
    assert found.variance(levels) == pytest.approx(0.59 * (levels - 32), rel=0.15)
    assert found.variance(100) == pytest.approx(0.59 * (100 - 32), rel=0.15)


def test_one_level_tells_the_noise_of_its_level() -> None:
    image = 5 + 0.2 * coloured((128, 128), np.random.default_rng(5), 0.25)
    found = measure_noise(image)
    assert found.sigma == pytest.approx(0.2, rel=0.06)
    assert found.variance([4.9, 5.1]) == pytest.approx(0.04, rel=0.2)
    assert found.correlation[0] == pytest.approx(0.25, abs=0.05)


def test_where_nearly_all_is_one_level_the_law_is_a_usual_one() -> None:
    """Neither constant nor steep: of darker and brighter spots it may be wrong by a third."""
    scene = np.full((128, 128), 0.5)
    scene[8:24, 8:24], scene[60:70, 100:110] = 0.25, 0.9
    for seed in range(4):
        found = measure_noise(noisy(scene, 150, 0.0, seed))
        ratio = found.variance([0.25, 0.5, 0.9]) / (
            scene.mean() / 150 * np.array([0.25, 0.5, 0.9])
        )
        assert np.sqrt(ratio) == pytest.approx(1, abs=0.35)


def test_several_small_images_tell_together_what_one_does_not() -> None:
    images = [noisy(balls(64, seed), 100, 0.25, seed) for seed in range(6)]
    found = measure_noise(*images)
    assert found.correlation[0] == pytest.approx(0.25, abs=0.06)
    slopes = [image.mean() / 100 for image in images]
    assert found.variance(0.4) == pytest.approx(0.4 * np.mean(slopes), rel=0.2)


def test_what_is_cut_at_black_does_not_count() -> None:
    scene = grains(256, 7)
    image = scene + 0.05 * np.random.default_rng(8).standard_normal(scene.shape)
    cut = np.maximum(image, np.median(scene))
    assert measure_noise(cut).sigma == pytest.approx(0.05, rel=0.1)


def test_what_was_filled_does_not_count() -> None:
    image = noisy(grains(256, 0), 100, CORRELATION, 1)
    whole = measure_noise(image)
    unknown = np.zeros(image.shape, bool)
    unknown[:, :120] = unknown[:30] = True
    filled = np.where(unknown, image.mean(), image)
    found = measure_noise(filled, unknown=[unknown])
    assert found.sigma == pytest.approx(whole.sigma, rel=0.1)
    assert found.correlation[0] == pytest.approx(CORRELATION, abs=0.06)
    assert measure_noise(filled).sigma < 0.7 * whole.sigma


def test_a_few_electrons_in_the_dark_show_no_noise() -> None:
    """Rounding of the mean is not taken for it."""
    image = np.zeros((128, 128))
    image.ravel()[::1021] = 1
    assert measure_noise(image).sigma == 0


def test_repeats_tell_the_law_of_any_scene() -> None:
    """Even of a texture as fine as the pixels, in which one image shows no noise."""
    rng = np.random.default_rng(9)
    scene = 0.5 + 0.1 * rng.standard_normal((256, 256)) + 0.2 * grains(256, 9)
    first, second = (noisy(scene, 200, CORRELATION, seed) for seed in (10, 11))
    found = noise_of_repeats(first, second + 3)
    assert found.sigma == pytest.approx(np.sqrt(scene.mean() ** 2 / 200), rel=0.03)
    assert found.correlation[:2] == pytest.approx([0.5, 0.25], abs=0.03)


def test_the_spectrum_is_that_of_the_noise() -> None:
    noise = coloured((256, 256), np.random.default_rng(12), CORRELATION)
    found = measure_noise(noise)
    power = (np.abs(np.fft.rfft(noise, axis=1)) ** 2).mean(axis=0) / 256
    bands = np.arange(0, 128, 16)
    measured = found.spectrum(np.fft.rfftfreq(256)[:128])
    assert np.add.reduceat(measured, bands) / 16 == pytest.approx(
        np.add.reduceat(power[:128], bands) / 16, rel=0.12
    )
    assert found.spectrum(np.arange(256) / 256).mean() == pytest.approx(1, abs=0.01)


def test_an_image_without_noise_has_none() -> None:
    assert measure_noise(np.full((64, 64), 7.0)).sigma == 0
    assert noise_of_repeats(np.eye(64), np.eye(64)).sigma == 0


def test_what_shows_no_noise_is_refused() -> None:
    with pytest.raises(ImageError, match="too small"):
        measure_noise(np.zeros((8, 64)))
    with pytest.raises(ImageError, match="no repeats"):
        noise_of_repeats(np.zeros((32, 32)), np.zeros((32, 31)))


def test_one_recording_tells_what_two_do(shared_data: Path) -> None:
    frames = read_frames(shared_data / "repeats" / "serialem" / "test_000.mrc")
    first, second = (frame.pixels.astype(np.float64) for frame in frames)
    both = noise_of_repeats(first, second)
    # Known of these two: variance 217 mean - 525000, correlation 0.51 along x.
    for found, allowed in ((both, 0.05), (measure_noise(first), 0.1)):
        for level in (3500, 4070, 4600):
            assert found.variance(level) == pytest.approx(217 * level - 525_000, rel=allowed)
        assert found.correlation[0] == pytest.approx(0.51, abs=0.02)


def test_a_sharp_image_has_the_noise_that_its_spectrum_ends_in(shared_data: Path) -> None:
    paths = sorted((shared_data / "sem" / "tio2").glob("*.tif"))
    found = [measure_noise(read(path).pixels) for path in paths]
    assert np.median([one.sigma for one in found]) == pytest.approx(2, abs=0.4)
    assert max(abs(one.correlation[0]) for one in found) < 0.1


def test_coarse_tiles_of_real_pairs(shared_data: Path) -> None:
    """Their difference from the sharp ones: 5.1 grey levels, correlated 0.25 along x."""
    paths = sorted((shared_data / "sem" / "pairs" / "sr_64_128").glob("*.png"))[::29]
    found = measure_noise(*[read(path).pixels[::2, ::2] for path in paths])
    assert found.sigma == pytest.approx(5.1, rel=0.15)
    assert found.variance(80) == pytest.approx(0.59 * (80 - 32), rel=0.25)
    assert found.correlation[0] == pytest.approx(0.25, abs=0.08)


def test_an_image_without_noise_has_next_to_none() -> None:
    ramp = np.add.outer(np.zeros(128), np.repeat(np.arange(8.0), 16))
    assert measure_noise(ramp).sigma < 1e-3
