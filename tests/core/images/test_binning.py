"""Binning and normalisation: positions come back, and neither gain nor black level matters."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.core.images.binning import Binning, normalise, repeats

factors = st.tuples(st.integers(1, 7), st.integers(1, 7))
sizes = st.tuples(st.integers(8, 50), st.integers(8, 50))


def columns_image(shape: tuple[int, int] = (64, 90)) -> np.ndarray:
    """Peaks 12 px apart with some noise."""
    y, x = np.indices(shape)
    peaks = np.cos(2 * np.pi * y / 12) + np.cos(2 * np.pi * x / 12)
    return np.asarray(peaks + np.random.default_rng(0).normal(0, 0.3, shape), np.float32)


@given(factors=factors, size=sizes)
def test_a_bin_stands_at_the_mean_position_of_its_pixels(
    factors: tuple[int, int], size: tuple[int, int]
) -> None:
    """Binning the map of each coordinate gives where each bin is."""
    binning = Binning(*factors)
    where = np.stack([binning.apply(axis.astype(np.float32)) for axis in np.indices(size)], -1)
    bins = np.stack(np.indices(where.shape[:2]), -1)
    whole = np.array(size) // factors
    undone = binning.undo(bins.reshape(-1, 2).astype(float)).reshape(bins.shape)
    kept = (slice(whole[0]), slice(whole[1]))
    np.testing.assert_allclose(undone[kept], where[kept], atol=1e-4)


@given(factors=factors, size=sizes, seed=st.integers(0, 1000))
def test_binning_keeps_the_mean_and_covers_every_pixel(
    factors: tuple[int, int], size: tuple[int, int], seed: int
) -> None:
    image = np.random.default_rng(seed).random(size, np.float32)
    small = Binning(*factors).apply(image)
    assert small.dtype == np.float32
    assert small.shape == tuple(-(-n // f) for n, f in zip(size, factors, strict=True))
    rows, cols = (n // f * f for n, f in zip(size, factors, strict=True))
    whole = small[: rows // factors[0], : cols // factors[1]]
    assert whole.mean() == pytest.approx(image[:rows, :cols].mean(), rel=1e-5)
    last = image[(small.shape[0] - 1) * factors[0] :, (small.shape[1] - 1) * factors[1] :]
    assert last.min() - 1e-6 <= small[-1, -1] <= last.max() + 1e-6


def test_binning_by_one_changes_nothing() -> None:
    image = columns_image()
    np.testing.assert_array_equal(Binning().apply(image), image)
    np.testing.assert_array_equal(Binning().undo(np.array([[3.2, 4.5]])), [[3.2, 4.5]])


@pytest.mark.parametrize("factors", [(2, 2), (3, 1), (2, 5), (4, 3)])
def test_a_peak_is_found_back_where_it_was(factors: tuple[int, int]) -> None:
    """The centre of mass of a peak does not move by binning and back."""
    y, x = np.indices((80, 100))
    image = np.exp(-((y - 37.3) ** 2 + (x - 52.8) ** 2) / (2 * 6.0**2)).astype(np.float32)
    small = Binning(*factors).apply(image)
    centre = [(small * axis).sum() / small.sum() for axis in np.indices(small.shape)]
    found = Binning(*factors).undo(np.array([centre]))
    np.testing.assert_allclose(found, [[37.3, 52.8]], atol=1e-3)


def test_splitting_pixels_leaves_a_peak_where_it_was() -> None:
    y, x = np.indices((40, 50))
    image = np.exp(-((y - 17.3) ** 2 + (x - 22.8) ** 2) / (2 * 2.0**2)).astype(np.float32)
    split = Binning(finer=2)
    large = split.apply(image)
    assert large.shape == (80, 100)
    centre = [(large * axis).sum() / large.sum() for axis in np.indices(large.shape)]
    np.testing.assert_allclose(split.undo(np.array([centre])), [[17.3, 22.8]], atol=2e-3)
    np.testing.assert_allclose(split.apply_to(np.array([[17.3, 22.8]])), [centre], atol=4e-3)


@given(gain=st.floats(1e-3, 1e4), offset=st.floats(-100, 100))
def test_gain_and_black_level_do_not_matter(gain: float, offset: float) -> None:
    image = columns_image()
    changed = np.asarray(gain * (image + offset), np.float32)
    np.testing.assert_allclose(normalise(changed, 16.0), normalise(image, 16.0), atol=2e-3)


def test_a_negative_gain_turns_the_contrast() -> None:
    image = columns_image()
    np.testing.assert_allclose(normalise(-image, 16.0), -normalise(image, 16.0), atol=1e-4)


def test_what_is_left_has_unit_spread_and_no_mean() -> None:
    flat = normalise(columns_image() * 37, 16.0)
    assert flat.dtype == np.float32
    assert flat.std() == pytest.approx(1, abs=1e-5)
    assert flat.mean() == pytest.approx(0, abs=0.05)


def test_slow_background_goes_and_columns_stay() -> None:
    image = columns_image((160, 200))
    y, x = np.indices(image.shape)
    cloudy = image + 2 * np.sin(2 * np.pi * (y + 2 * x) / 400)
    before, after = normalise(image, 16.0), normalise(cloudy.astype(np.float32), 16.0)
    inner = (slice(40, -40), slice(40, -40))
    assert np.corrcoef(before[inner].ravel(), after[inner].ravel())[0, 1] > 0.98
    assert np.corrcoef(image[inner].ravel(), cloudy[inner].ravel())[0, 1] < 0.8


@pytest.mark.parametrize("level", [0.0, 7.3, -1e6, 65535.0])
def test_an_image_without_contrast_is_nothing_and_not_noise(level: float) -> None:
    flat = normalise(np.full((40, 70), level, np.float32), 16.0)
    assert not flat.any()


@given(count=st.integers(2, 8), size=sizes)
def test_repeated_pixels_are_counted(count: int, size: tuple[int, int]) -> None:
    """A picture that shows each pixel as a square of so many."""
    image = np.random.default_rng(0).permutation(size[0] * size[1]).reshape(size)
    assert repeats(image) == 1
    grown = np.repeat(np.repeat(image, count, axis=0), count, axis=1)
    assert repeats(grown) == count
    grown[-1, -1] += 1
    assert repeats(grown) == 1
