"""The gap between two sets of images: nothing where there is none, and more for a worse fault."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from colonnade.core.errors import ImageError
from colonnade.core.measures.realism import LAGS, QUANTILES, RINGS, features, gap, tiles

Array = NDArray[np.float64]
SIDE = 96


def lattice(
    rng: np.random.Generator, shifts: float = 0.0, shifts_y: float = 0.0, counts: float = 40.0
) -> Array:
    """A turned square lattice of Gaussian columns, 12 px apart, in Poisson noise.

    `shifts` and `shifts_y` are the standard deviations of each row's shift along x and y [px].
    """
    y, x = np.mgrid[:SIDE, :SIDE] + rng.uniform(0, 12, 2)[:, None, None]
    x = x + shifts * rng.standard_normal(SIDE)[:, None]
    y = y + shifts_y * rng.standard_normal(SIDE)[:, None]
    along = (0.9 * y + 0.4359 * x, 0.9 * x - 0.4359 * y)
    steps = [(axis + 6) % 12 - 6 for axis in along]
    columns = np.exp(-0.5 * (steps[0] ** 2 + steps[1] ** 2) / 2.5**2)
    return rng.poisson(counts * (0.3 + columns)).astype(float)


def several(
    seed: int, count: int, make: Callable[[np.random.Generator], Array] = lattice
) -> list[Array]:
    rng = np.random.default_rng(seed)
    return [make(rng) for _ in range(count)]


def test_white_noise_has_an_even_spectrum_and_as_many_levels_as_pixels() -> None:
    measured = features(np.random.default_rng(1).standard_normal((256, 256)))
    assert measured.spectrum.shape == (RINGS,)
    # The first ring lacks the mean.
    assert np.abs(measured.spectrum[1:]).max() < 0.05
    assert measured.greys[len(QUANTILES)] == pytest.approx(np.log10(256**2))
    assert measured.greys[len(QUANTILES) + 1 :] == pytest.approx([-3, -3])
    assert measured.greys[:-3][QUANTILES == 0.5] == pytest.approx(0, abs=0.01)
    assert measured.greys[0] == pytest.approx(-2.326, abs=0.05)


def test_a_wave_is_in_its_ring() -> None:
    wave = np.sin(2 * np.pi * 0.21 * np.arange(128)) * np.ones((128, 1))
    assert features(wave).spectrum.argmax() == int(0.21 * 2 * RINGS)
    assert features(wave.T).spectrum.argmax() == int(0.21 * 2 * RINGS)


def test_streaks_are_noise_that_is_alike_along_x_and_not_along_y() -> None:
    streaks = np.random.default_rng(2).standard_normal((128, 1)) * np.ones(128)
    along_x, along_y = features(streaks).correlation
    assert along_x == pytest.approx(np.ones(len(LAGS)))
    assert np.abs(along_y).max() < 0.5
    turned = features(streaks.T).correlation
    assert turned == pytest.approx(np.stack([along_y, along_x]))


def test_row_jitter_is_told_from_streaks_and_along_x_from_along_y() -> None:
    rng = np.random.default_rng(13)
    still, along_x, along_y = (
        np.mean(
            [features(lattice(rng, *shifts, counts=4000)).row_jitter for _ in range(4)], axis=0
        )
        for shifts in ((0.0, 0.0), (0.7, 0.0), (0.0, 0.7))
    )
    assert still.max() < 0.1
    assert along_x[0] == pytest.approx(0.7, rel=0.2)
    assert along_y[1] == pytest.approx(0.7, rel=0.2)
    assert max(along_x[1:].max(), along_y[0], along_y[2]) < 0.15
    streaks = lattice(rng, counts=4000) + 500 * rng.standard_normal((SIDE, 1))
    measured = features(streaks).row_jitter
    assert measured[2] == pytest.approx(500 / streaks.std(), rel=0.4)


def test_the_share_of_clipped_pixels_is_counted_at_both_ends() -> None:
    image = np.random.default_rng(3).uniform(0, 1, (200, 200))
    low, high = features(np.clip(image, 0.1, 0.97)).greys[-2:]
    assert 10**low == pytest.approx(0.1, rel=0.05)
    assert 10**high == pytest.approx(0.03, rel=0.1)


@settings(max_examples=20, deadline=None)
@given(gain=st.floats(1e-3, 1e3), offset=st.floats(-1e3, 1e3), seed=st.integers(0, 2**32 - 1))
def test_brightness_and_contrast_do_not_matter(gain: float, offset: float, seed: int) -> None:
    image = np.random.default_rng(seed).integers(0, 256, (64, 64)).astype(float)
    first, second = features(image), features(gain * image + offset)
    assert second.spectrum == pytest.approx(first.spectrum, abs=1e-5)
    assert second.correlation == pytest.approx(first.correlation, abs=1e-5)
    assert second.greys[:-3] == pytest.approx(first.greys[:-3], abs=1e-5)


def test_two_halves_of_one_set_are_not_apart() -> None:
    images = several(4, 40)
    measured = gap(images[::2], images[1::2])
    assert abs(measured.spectrum) < 0.005
    assert abs(measured.correlation) < 0.002
    assert abs(measured.row_jitter) < 0.002
    assert abs(measured.greys) < 0.005


def test_the_order_of_the_sets_does_not_matter() -> None:
    first, second = several(5, 4), several(6, 6, lambda rng: lattice(rng, shifts=1))
    assert gap(first, second).total == pytest.approx(gap(second, first).total)
    assert gap(first, second).total == pytest.approx(
        gap(first[::-1], [2 * image + 1 for image in second]).total, abs=1e-6
    )


FAULTS: dict[str, tuple[str, Callable[[Array, float], Array], tuple[float, ...]]] = {
    "blur": ("spectrum", lambda image, size: gaussian_filter(image, size), (0.5, 0.8, 1.4)),
    "clipping": (
        "greys",
        lambda image, size: np.clip(image, *np.quantile(image, [size, 1 - size])),
        (0.01, 0.04, 0.15),
    ),
    "few grey levels": ("greys", lambda image, size: image // size, (3, 8, 20)),
    "streaks": (
        "correlation",
        lambda image, size: image + size * np.random.default_rng(8).standard_normal((SIDE, 1)),
        (3, 6, 12),
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_gap_grows_with_a_fault(fault: str) -> None:
    part, spoil, sizes = FAULTS[fault]
    real, good = several(7, 12), several(8, 12)
    gaps = [gap(real, good)]
    gaps += [gap(real, [spoil(image, size) for image in good]) for size in sizes]
    of_part = [getattr(one, part) for one in gaps]
    assert of_part == sorted(of_part)
    assert of_part[1] > of_part[0] + 0.01
    assert [one.total for one in gaps] == sorted(one.total for one in gaps)


def test_the_gap_grows_with_jitter_which_noise_and_rows_show() -> None:
    real = several(9, 12)
    gaps = [
        gap(real, several(10, 12, lambda rng, size=size: lattice(rng, size)))  # type: ignore[misc]
        for size in (0.0, 0.5, 1.0, 2.0)
    ]
    assert [one.correlation for one in gaps] == sorted(one.correlation for one in gaps)
    assert [one.row_jitter for one in gaps] == sorted(one.row_jitter for one in gaps)
    assert min(gaps[1].correlation, gaps[1].row_jitter) > 0.01
    assert gaps[3].total > 10 * abs(gaps[0].total)


def test_tiles_cover_the_image_once() -> None:
    image = np.arange(5 * 7.0).reshape(5, 7)
    cut = tiles(image, 2)
    assert len(cut) == 6
    assert all(tile.shape == (2, 2) for tile in cut)
    assert np.unique(np.concatenate(cut)).size == 4 * 6
    assert cut[1][0, 0] == image[0, 2]


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (np.ones((64, 64)), "one grey"),
        (np.full((64, 64), np.nan), "not finite"),
        (np.zeros((64, 8)), "too small"),
    ],
)
def test_what_cannot_be_compared_is_said(image: Array, message: str) -> None:
    with pytest.raises(ImageError, match=message):
        features(image)


def test_a_single_image_has_no_spread() -> None:
    with pytest.raises(ImageError, match="two images"):
        gap(several(11, 1), several(12, 2))
