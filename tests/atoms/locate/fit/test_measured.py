"""The joint fit: as near to the truth as the electrons allow, and it knows how near."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from colonnade.atoms.columns import Columns
from colonnade.atoms.locate.fit.measured import fit_columns
from colonnade.atoms.locate.fit.settings import FIT_DEFAULTS, FitSettings

Array = NDArray[np.float64]
Single = NDArray[np.float32]

SHAPE = (90, 110)

ELECTRONS = replace(FIT_DEFAULTS, errors=replace(FIT_DEFAULTS.errors, systematic=0.0))
"""Drawn columns stand where their peaks are, so that only electrons make errors."""

IMAGE_ALONE = replace(
    ELECTRONS, joint=replace(ELECTRONS.joint, found_spread=np.inf, agreeing_spread=np.inf)
)
"""For starts that know more of the truth than the image shows, too."""

seeds = st.integers(0, 2**32 - 1)


def fitted(image: Single, positions: Array, **options: Any) -> Columns:
    return fit_columns(image, positions, **options).columns


def located(
    image: Single,
    positions: Array,
    aspect: tuple[int, int] = (1, 1),
    how: FitSettings = ELECTRONS,
) -> Columns:
    """The columns that were detectable, without those that the fit found itself."""
    found = fitted(image, positions, moving=True, aspect=aspect, settings=how)
    return found[: len(positions)]


def measured(image: Single, positions: Array) -> Columns:
    return fitted(image, positions, moving=False)[: len(positions)]


def peaks(
    positions: Array,
    height: Array | float,
    width: float | tuple[float, float],
    shape: tuple[int, int] = SHAPE,
) -> Array:
    """Gaussians, their standard deviations the same along y and x or not."""
    height = np.broadcast_to(height, len(positions))
    along = [
        np.exp(-0.5 * ((np.arange(count)[:, None] - positions[:, axis]) / sigma) ** 2)
        for axis, (count, sigma) in enumerate(zip(shape, np.broadcast_to(width, 2), strict=True))
    ]
    return np.asarray((along[0] * height) @ along[1].T)


def lattice(
    spacing: float, shape: tuple[int, int] = SHAPE, seed: int = 0, margin: float = 8
) -> Array:
    """Columns on a square lattice, each half a pixel at most from its place."""
    along = [np.arange(margin, count - margin, spacing) for count in shape]
    places = np.stack(np.meshgrid(*along, indexing="ij"), -1).reshape(-1, 2)
    return places + np.random.default_rng(seed).uniform(-0.5, 0.5, places.shape)


def roughly(positions: Array, error: float = 0.3) -> Array:
    """Where a network would start."""
    return positions + np.random.default_rng(7).normal(0, error, positions.shape)


def slope(shape: tuple[int, int] = SHAPE) -> Array:
    y, x = np.indices(shape)
    return 20 + 0.3 * y - 0.1 * x


def counted(expected: Array, seed: int = 0) -> Single:
    return np.random.default_rng(seed).poisson(expected).astype(np.float32)


def errors(found: Columns, truth: Array) -> Array:
    """Rows of (y, x) [px]."""
    return found.positions - truth


def limit(height: float, widths: tuple[float, float], background: float) -> Array:
    """Least errors along y and x that the electrons of a single column allow [px]."""
    place = np.array([[30.0, 30.0]])
    expected = peaks(place, height, widths, (61, 61)) + background
    t = np.arange(61) - 30
    slopes = [
        (expected - background) * along / width**2
        for along, width in ((t[:, None], widths[0]), (t, widths[1]))
    ]
    return np.array([1 / np.sqrt((slope**2 / expected).sum()) for slope in slopes])


def rms(values: Array) -> float:
    return float(np.sqrt(np.mean(np.square(values))))


def assert_finite(columns: Columns) -> None:
    assert np.isfinite(columns.positions).all()
    assert not np.isinf(columns.labels["snr"]).any()
    stands = columns[columns.intensity != 0]
    for name, values in stands.table().items():
        if name != "score":
            assert np.isfinite(values).all(), name
    assert (stands.width > 0).all()


# Without noise


@pytest.mark.parametrize(
    ("spacing", "width"), [(12, 1.5), (14, 2.0), (14, 1.2), (20, 2.5), (30, 3.0), (10, 1.0)]
)
def test_columns_without_noise_are_measured_exactly(spacing: float, width: float) -> None:
    positions = lattice(spacing)
    heights = np.random.default_rng(1).uniform(50, 100, len(positions))
    image = (peaks(positions, heights, width) + slope()).astype(np.float32)
    found = located(image, roughly(positions))
    np.testing.assert_allclose(found.positions, positions, atol=0.01)
    np.testing.assert_allclose(found.width, width, rtol=0.03)
    np.testing.assert_allclose(found.intensity, 2 * np.pi * width**2 * heights, rtol=0.01)
    assert found.labels["ellipticity"].max() < 0.01
    assert not found.labels["double"].any()


@pytest.mark.parametrize(("apart", "worst"), [(2.2, 0.15), (2.5, 0.04), (3.0, 0.01), (4.0, 0.01)])
def test_dumbbells_that_overlap_are_parted(apart: float, worst: float) -> None:
    """Pairs of columns, unlike in height, so many widths apart; the closest converge slowly."""
    width, centres = 1.8, lattice(17, margin=11)
    half = np.array([0, apart * width / 2])
    positions = np.concatenate([centres - half, centres + half])
    heights = np.random.default_rng(1).uniform(50, 100, len(positions))
    image = (peaks(positions, heights, width) + slope()).astype(np.float32)
    found = located(image, roughly(positions, 0.15))
    np.testing.assert_allclose(found.positions, positions, atol=worst)
    np.testing.assert_allclose(found.width, width, rtol=0.05)
    np.testing.assert_allclose(found.intensity, 2 * np.pi * width**2 * heights, rtol=0.12)


def test_wide_columns_are_measured_as_exactly_as_narrow_ones() -> None:
    """Where the image is binned for the fit."""
    shape, width = (190, 230), 7.0
    positions = lattice(46, shape, margin=25)
    image = (peaks(positions, 80, width, shape) + slope(shape)).astype(np.float32)
    found = located(image, roughly(positions, 1.0))
    np.testing.assert_allclose(found.positions, positions, atol=0.03)
    np.testing.assert_allclose(found.width, width, rtol=0.03)
    np.testing.assert_allclose(found.intensity, 2 * np.pi * width**2 * 80, rtol=0.02)


@pytest.mark.parametrize("more", [1, 4])
def test_rows_that_fill_no_whole_block_of_pixels_move_no_column(more: int) -> None:
    """Columns as wide as these are fitted in blocks of six pixels."""
    shape = (240 + more, 240 + more)
    positions = lattice(40, shape, margin=36)
    at_border = np.array([[239.0 + more, 116.0]])
    every = np.concatenate([positions, at_border])
    image = (peaks(every, 300, 8.0, shape) + 20).astype(np.float32)
    found = located(image, roughly(every, 1.0))
    assert len(found) == len(every)
    assert np.abs(errors(found, every)[:-1]).max() < 0.004


def test_pixels_that_are_not_square_are_taken_for_what_they_are() -> None:
    """One pixel along y is as long as three along x."""
    positions = lattice(14)
    image = counted(peaks(positions, 200, 2.0) + 10)
    usual = located(image, positions)
    fine = located(np.repeat(image, 3, axis=1), positions * [1, 3] + [0, 1], aspect=(1, 3))
    np.testing.assert_allclose(fine.positions, usual.positions * [1, 3] + [0, 1], atol=0.02)
    np.testing.assert_allclose(fine.sigma_x, 3 * usual.sigma_x, rtol=0.3)
    np.testing.assert_allclose(fine.sigma_y, usual.sigma_y, rtol=0.3)
    np.testing.assert_allclose(fine.intensity, 3 * usual.intensity, rtol=0.04)


@pytest.mark.parametrize(
    "position", [(0.0, 64.0), (-0.4, -0.4), (89.4, 109.4), (2.3, 107.0), (45.0, -0.5)]
)
def test_columns_at_the_border_are_measured_from_what_is_there(
    position: tuple[float, float],
) -> None:
    positions = np.array([position, (45.0, 60.0)])
    found = located((peaks(positions, 50, 2.0) + 7).astype(np.float32), positions)
    np.testing.assert_allclose(found.positions, positions, atol=0.04)
    np.testing.assert_allclose(found.width, 2.0, rtol=0.03)
    np.testing.assert_allclose(found.intensity, 2 * np.pi * 4 * 50, rtol=0.03)


def test_a_column_that_the_border_cuts_is_known_less_well_across_it() -> None:
    positions = np.concatenate([lattice(14, margin=14), [(45.0, 0.2), (0.2, 50.0)]])
    found = located(counted(peaks(positions, 200, 2.0) + 20), positions)
    inside = slice(0, -2)
    assert found.sigma_x[-2] > 1.3 * np.median(found.sigma_x[inside])
    assert found.sigma_y[-1] > 1.3 * np.median(found.sigma_y[inside])
    assert_finite(found)


# What there may be


@pytest.mark.parametrize("moving", [True, False])
def test_a_single_column_is_measured(moving: bool) -> None:
    position = np.array([[44.6, 61.2]])
    image = (peaks(position, 50, 2.5) + 7).astype(np.float32)
    found = fitted(image, position, moving=moving)[:1]
    np.testing.assert_allclose(found.positions, position, atol=0.01)
    np.testing.assert_allclose(found.width, 2.5, rtol=0.03)
    np.testing.assert_allclose(found.intensity, 2 * np.pi * 6.25 * 50, rtol=0.03)


@pytest.mark.parametrize("moving", [True, False])
def test_no_columns_are_a_table_of_no_rows_with_the_same_names(moving: bool) -> None:
    none = fitted(np.ones(SHAPE, np.float32), np.empty((0, 2)), moving=moving)
    some = fitted(counted(slope()), np.array([[40.0, 50.0]]), moving=moving)
    assert len(none) == 0
    assert list(none.table()) == list(some.table())


@pytest.mark.parametrize("apart", [0.0, 1.2])
def test_two_starts_in_one_column_are_one(apart: float) -> None:
    """The one has all of it, the other nothing; the column beside them is measured as ever."""
    positions = np.array([[40.0, 50.0], [40.0, 50.0 + apart], [20.0, 20.0]])
    expected = peaks(positions[[0, 2]], 100, 1.5) + 5
    for image in (counted(expected), expected.astype(np.float32)):
        found = located(image, positions)
        assert_finite(found[2:])
        whole, nothing = sorted((1, 0), key=lambda one: -found.intensity[one])
        assert found.intensity[whole] == pytest.approx(found.intensity[2], rel=0.15)
        assert found.positions[whole] == pytest.approx(positions[0], abs=0.2)
        assert found.intensity[nothing] == found.labels["snr"][nothing] == 0
        assert np.isnan(found.sigma_y[nothing])


@pytest.mark.parametrize("seed", range(3))
def test_columns_of_a_smoothed_image_are_no_pairs(seed: int) -> None:
    """Its noise is correlated over the size of a column, and makes all of them a little long."""
    positions = lattice(13, seed=seed)
    image = gaussian_filter(counted(peaks(positions, 60, 2.0) + 20, seed=seed), 1.5)
    assert located(image, roughly(positions)).labels["double"].mean() < 0.02


@pytest.mark.parametrize("level", [0.0, 7.0])
@pytest.mark.parametrize("moving", [True, False])
def test_columns_in_a_flat_image_have_no_intensity(moving: bool, level: float) -> None:
    found = fitted(np.full(SHAPE, level, np.float32), lattice(14), moving=moving)
    found = found[: len(lattice(14))]
    np.testing.assert_allclose(found.intensity, 0, atol=1e-4)
    assert np.isfinite(found.positions).all()
    assert np.isfinite(found.width).all()
    assert not (found.sigma_y < found.width).any()
    assert not found.labels["double"].any()


@settings(max_examples=10)
@given(seeds)
def test_columns_in_noise_alone_give_finite_numbers(seed: int) -> None:
    rng = np.random.default_rng(seed)
    positions = rng.uniform(-0.5, np.array(SHAPE) - 0.5, (rng.integers(1, 40), 2))
    found = located(counted(np.full(SHAPE, 3.0), seed), positions)
    assert_finite(found)
    assert (np.abs(errors(found, positions)) < max(SHAPE) / 4).all()


@pytest.mark.parametrize("shape", [(8, 9), (5, 60), (12, 12)])
def test_images_as_small_as_a_column_are_fitted(shape: tuple[int, int]) -> None:
    position = np.array([[shape[0] / 2, shape[1] / 2]])
    found = located(counted(peaks(position, 300, 1.6, shape) + 10), position)
    assert_finite(found)
    assert np.abs(errors(found, position)).max() < 0.4


def test_without_moving_the_positions_stay_and_have_no_errors() -> None:
    positions = lattice(14)
    heights = np.random.default_rng(1).uniform(50, 100, len(positions))
    found = measured((peaks(positions, heights, 2.0) + slope()).astype(np.float32), positions)
    np.testing.assert_array_equal(found.positions, positions)
    assert np.isnan([found.sigma_y, found.sigma_x]).all()
    np.testing.assert_allclose(found.width, 2.0, rtol=0.015)
    np.testing.assert_allclose(found.intensity, 2 * np.pi * 4 * heights, rtol=0.015)


# What changes nothing


@settings(max_examples=8)
@given(gain=st.floats(0.01, 100), level=st.floats(-100, 100), seed=seeds)
def test_a_constant_changes_nothing_and_gain_scales_the_intensity(
    gain: float, level: float, seed: int
) -> None:
    positions = lattice(13, seed=seed)
    image = counted(peaks(positions, 100, 1.7) + 10, seed)
    usual = located(image, positions)
    changed = located(np.asarray(gain * (image + level), np.float32), positions)
    # Rounding may lead the fit along another way, but to the same end within a tenth of an error.
    moved = np.abs(changed.positions - usual.positions)
    assert (moved / np.stack([usual.sigma_y, usual.sigma_x], 1)).max() < 0.1
    np.testing.assert_allclose(changed.intensity, gain * usual.intensity, rtol=0.02)
    np.testing.assert_allclose(changed.width, usual.width, rtol=0.02)
    for name in ("sigma_y", "sigma_x"):
        np.testing.assert_allclose(getattr(changed, name), getattr(usual, name), rtol=0.15)


@settings(max_examples=10)
@given(seeds)
def test_exchanging_the_axes_exchanges_nothing_else(seed: int) -> None:
    positions = lattice(13, seed=seed)
    image = counted(peaks(positions, 100, (1.5, 1.9)) + 10, seed)
    straight = located(image, positions)
    turned = located(np.ascontiguousarray(image.T), positions[:, ::-1])
    moved = np.abs(turned.positions[:, ::-1] - straight.positions)
    assert (moved / np.stack([straight.sigma_y, straight.sigma_x], 1)).max() < 0.2
    np.testing.assert_allclose(turned.intensity, straight.intensity, rtol=0.01)
    np.testing.assert_allclose(
        turned.labels["ellipticity"], straight.labels["ellipticity"], atol=0.01
    )


@settings(max_examples=5)
@given(seeds)
def test_the_order_of_the_columns_does_not_matter(seed: int) -> None:
    positions = lattice(13)
    image = counted(peaks(positions, 100, 1.7) + 10)
    order = np.random.default_rng(seed).permutation(len(positions))
    usual, mixed = located(image, positions), located(image, positions[order])
    np.testing.assert_allclose(mixed.positions, usual.positions[order], atol=2e-3)
    np.testing.assert_allclose(mixed.sigma_x, usual.sigma_x[order], rtol=0.02)


def test_what_lies_far_away_changes_a_column_little() -> None:
    """Dense columns in one half of an image and two single ones in the other."""
    shape = (90, 220)
    dense, sparse = lattice(9), np.array([[45.0, 150.0], [45.0, 190.0]])
    positions = np.concatenate([dense, sparse])
    image = counted(peaks(positions, 200, 1.4, shape) + 10)
    together = located(image, positions)
    alone = located(image[:, :110], dense)
    difference = np.abs(together.positions[: len(dense)] - alone.positions)
    assert np.quantile(difference / together.sigma_x[: len(dense), None], 0.95) < 0.5
    assert np.abs(errors(together, positions)[-2:]).max() < 0.15


# Electrons


def test_isolated_columns_reach_the_limit_of_their_electrons() -> None:
    """On hardly any background the error is the width over the root of the electrons."""
    shape, width, height = (200, 200), 2.0, 100.0
    positions = lattice(16, shape, margin=10)
    ratio, claimed = [], []
    limit = width / np.sqrt(2 * np.pi * width**2 * height)
    for seed in range(3):
        found = located(
            counted(peaks(positions, height, width, shape) + 0.2, seed), positions, how=IMAGE_ALONE
        )
        ratio.append(rms(errors(found, positions)) / limit)
        claimed.append(np.median([found.sigma_y, found.sigma_x]) / limit)
    assert 0.93 < rms(np.array(ratio)) < 1.1
    assert 0.93 < np.mean(claimed) < 1.1


def test_columns_on_a_bright_background_reach_its_limit() -> None:
    """There it is sqrt(2 b / pi) / h, whatever the width."""
    shape, width, height, level = (200, 200), 2.0, 300.0, 10_000.0
    positions = lattice(16, shape, margin=10)
    ratio, claimed = [], []
    limit = np.sqrt(2 * level / np.pi) / height
    for seed in range(3):
        image = counted(peaks(positions, height, width, shape) + level, seed)
        found = located(image, roughly(positions), how=IMAGE_ALONE)
        ratio.append(rms(errors(found, positions)) / limit)
        claimed.append(np.median([found.sigma_y, found.sigma_x]) / limit)
    assert 0.93 < rms(np.array(ratio)) < 1.1
    assert 0.93 < np.mean(claimed) < 1.1


def test_the_signal_to_noise_is_that_of_the_height() -> None:
    """On a bright background h w sqrt(pi / b), a little less as the width is fitted too."""
    shape, level = (200, 200), 10_000.0
    positions = lattice(16, shape, margin=10)
    found = located(counted(peaks(positions, 300.0, 2.0, shape) + level), positions)
    expected = 300 * 2 * np.sqrt(np.pi / level)
    assert 0.8 < np.median(found.labels["snr"]) / expected < 1.1


def test_noise_leaves_the_mean_right() -> None:
    positions = lattice(14)
    found = located(counted(200 + peaks(positions, 400, 2.0)), positions)
    assert found.width.mean() == pytest.approx(2.0, rel=0.02)
    assert found.intensity.mean() == pytest.approx(2 * np.pi * 4 * 400, rel=0.02)


def shares(found: Columns, truth: Array) -> tuple[float, float]:
    """Shares of the true positions within one standard error and within two, on each axis."""
    away = np.abs(errors(found, truth)) / np.stack([found.sigma_y, found.sigma_x], 1)
    return float((away < 1).mean()), float((away < 2).mean())


def dim_columns(height: float) -> tuple[Single, Array, Array]:
    """An image of columns on a bright background, where they are, and where it puts them."""
    shape, width = (200, 200), 2.0
    positions = lattice(16, shape, margin=10)
    image = counted(peaks(positions, height, width, shape) + 10_000.0)
    alone = located(image, roughly(positions, 0.1), how=IMAGE_ALONE)
    return image, positions, alone.positions


@pytest.mark.parametrize(("height", "least", "most"), [(200.0, 0.4, 0.75), (20_000.0, 0.98, 1.02)])
def test_a_network_that_errs_less_than_the_image_makes_dim_columns_more_exact(
    height: float, least: float, most: float
) -> None:
    image, positions, alone = dim_columns(height)
    found = located(image, (alone + positions) / 2)
    assert least < rms(errors(found, positions)) / rms(alone - positions) < most


def test_a_network_with_errors_of_its_own_leaves_columns_where_the_image_puts_them() -> None:
    image, positions, alone = dim_columns(200.0)
    more = rms(alone - positions)
    found = located(image, roughly(alone, 1.5 * more))
    assert rms(found.positions - alone) < 0.4 * more


def test_what_is_only_guessed_says_nothing_of_where_columns_are() -> None:
    shape, width, level = (200, 200), 2.0, 10_000.0
    positions = lattice(16, shape, margin=10)
    image = counted(peaks(positions, 200.0, width, shape) + level)
    starts, many = roughly(positions, 0.1 * width), len(positions)
    alone = located(image, starts, how=IMAGE_ALONE)
    guessed = fitted(image, starts, moving=True, guessed=many)[:many]
    np.testing.assert_array_equal(guessed.positions, alone.positions)


@pytest.mark.parametrize("spacing", [11, 13])
@pytest.mark.parametrize("height", [10.0, 100.0, 1000.0])
def test_standard_errors_hold(height: float, spacing: float) -> None:
    shape, width = (230, 230), 2.0
    positions = lattice(spacing, shape)
    image = counted(peaks(positions, height, width, shape) + height / 10)
    found = located(image, roughly(positions), how=IMAGE_ALONE)
    assert len(found) > 250
    one, two = shares(found, positions)
    assert 0.63 < one < 0.74
    assert two > 0.92


@pytest.mark.parametrize("height", [10.0, 100.0, 1000.0])
def test_standard_errors_hold_where_columns_overlap(height: float) -> None:
    shape, width = (230, 230), 1.8
    centres = lattice(16, shape, margin=11)
    half = np.array([0, 1.25 * width])
    positions = np.concatenate([centres - half, centres + half])
    image = counted(peaks(positions, height, width, shape) + height / 10)
    found = located(image, roughly(positions, 0.15), how=IMAGE_ALONE)
    for axis, sigma in enumerate((found.sigma_y, found.sigma_x)):
        away = np.abs(errors(found, positions)[:, axis]) / sigma
        assert 0.6 < (away < 1).mean() < 0.8
        assert (away < 2).mean() > 0.91


@pytest.mark.parametrize("axis", [0, 1])
def test_columns_that_are_all_longer_than_wide_have_errors_that_hold(axis: int) -> None:
    """With a shape that is learnt: the errors follow it, and are not much larger than need be."""
    shape, widths = (230, 230), (1.6, 2.3) if axis else (2.3, 1.6)
    positions = lattice(14, shape)
    image = counted(peaks(positions, 1000.0, widths, shape) + 100)
    found = located(image, roughly(positions))
    one, two = shares(found, positions)
    assert 0.6 < one < 0.8
    assert two > 0.92
    least = limit(1000.0, widths, 100.0)
    for column, sigma in enumerate((found.sigma_y, found.sigma_x)):
        assert rms(errors(found, positions)[:, column]) < 1.15 * least[column]
        assert np.median(sigma) < 1.4 * least[column]


@pytest.mark.parametrize("aspect", [(1, 1), (1, 2)])
@pytest.mark.parametrize("height", [10.0, 1e6])
def test_standard_errors_hold_what_no_dose_makes_smaller(
    height: float, aspect: tuple[int, int]
) -> None:
    """Along either axis as many widths as the settings say, in pixels as long as they are."""
    widths = np.array([2.0, 2.0]) * aspect
    image = counted(peaks(lattice(16), height, (widths[0], widths[1])) + height / 10)
    electrons = located(image, lattice(16), aspect)
    found = fitted(image, lattice(16), moving=True, aspect=aspect)[: len(electrons)]
    by = np.array(aspect) / np.sqrt(np.prod(aspect))
    for name, share in zip(("sigma_y", "sigma_x"), by, strict=True):
        more = getattr(found, name) ** 2 - getattr(electrons, name) ** 2
        expected = FIT_DEFAULTS.errors.systematic * found.width * share
        np.testing.assert_allclose(np.sqrt(more), expected, rtol=1e-3)
    np.testing.assert_array_equal(found.positions, electrons.positions)


@pytest.mark.parametrize("spacing", [9.0, 14.0])
def test_a_fit_that_begins_where_another_ended_stays_there(spacing: float) -> None:
    """Columns, their shape and their width have settled, where they overlap too."""
    shape = (150, 150)
    positions = lattice(spacing, shape)
    image = counted(peaks(positions, 1000.0, (2.2, 1.6), shape) + 100)
    first = located(image, roughly(positions))
    second = located(image, first.positions)
    moved = np.hypot((second.y - first.y) / first.sigma_y, (second.x - first.x) / first.sigma_x)
    assert np.median(moved) < 0.1
    np.testing.assert_allclose(np.median(second.width), np.median(first.width), rtol=0.02)


def test_row_jitter_makes_the_standard_errors_larger() -> None:
    """Each row moved along x by itself: sigma_x grows to what that makes, and sigma_y does not."""
    shape, width, jitter = (230, 230), 2.0, 0.25
    positions = lattice(12, shape)
    one, still = [], located(counted(peaks(positions, 1000.0, width, shape) + 50), positions)
    for seed in range(3):
        moves = np.random.default_rng([seed, 1]).normal(0, jitter, shape[0])
        image = np.empty(shape)
        for row, move in enumerate(moves):
            moved = positions + np.array([0.0, move])
            image[row] = peaks(moved - [row, 0], 1000.0, width, (1, shape[1]))[0]
        found = located(counted(image + 50, seed), positions)
        one.append((np.abs(found.x - positions[:, 1]) < found.sigma_x).mean())
        # Rows count by how bright the column is in them.
        expected = jitter / np.sqrt(2 * np.sqrt(np.pi) * width)
        assert 0.7 < np.median(found.sigma_x) / expected < 1.5
        assert np.median(found.sigma_x) > 3 * np.median(still.sigma_x)
        assert np.median(found.sigma_x) > 2 * np.median(found.sigma_y)
    # Columns side by side share their rows, so that few of the errors are independent.
    assert 0.55 < np.mean(one) < 0.82


# What else a column may be


@pytest.mark.parametrize("height", [100.0, 1000.0])
def test_a_neighbour_that_was_missed_pulls_no_column(height: float) -> None:
    positions = lattice(9)
    missed = np.array([len(positions) // 2, len(positions) // 3])
    heights = np.full(len(positions), height)
    heights[missed] *= 3
    image = counted(peaks(positions, heights, 1.6) + height / 10)
    starts = np.delete(positions, missed, axis=0)
    every, whole = fitted(image, starts, moving=True), located(image, positions)
    found, itself = every[: len(starts)], every[len(starts) :].positions
    assert len(itself) == 2
    distance = np.linalg.norm(itself[:, None] - positions[missed], axis=2)
    assert distance.min(axis=0).max() < 0.3
    moved = np.abs(found.positions - np.delete(whole.positions, missed, axis=0))
    sigma = np.delete(np.stack([whole.sigma_y, whole.sigma_x], 1), missed, axis=0)
    assert (moved / sigma).max() < 1.5
    np.testing.assert_allclose(
        found.intensity, np.delete(whole.intensity, missed), rtol=0.1, atol=0
    )


@pytest.mark.parametrize("apart", [2.5, 3.5])
def test_a_close_neighbour_does_not_lend_its_intensity(apart: float) -> None:
    width = 1.6
    positions = np.concatenate([lattice(14, margin=10), [[40.0, 50.0 + apart * width]]])
    positions[np.argmin(np.linalg.norm(positions[:-1] - [40, 50], axis=1))] = 40.0, 50.0
    heights = np.full(len(positions), 100.0)
    heights[-1] = 300
    found = measured((peaks(positions, heights, width) + 10).astype(np.float32), positions)
    np.testing.assert_allclose(found.intensity, 2 * np.pi * width**2 * heights, rtol=0.05)


@pytest.mark.parametrize("ratio", [1.15, 1.3, 1.5])
@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("height", [100.0, 1000.0])
def test_the_ellipticity_is_that_of_the_columns(ratio: float, turned: bool, height: float) -> None:
    widths = 1.8 * np.sqrt(ratio), 1.8 / np.sqrt(ratio)
    positions = lattice(16, margin=10)
    image = counted(peaks(positions, height, widths[:: -1 if turned else 1]) + height / 10)
    found = located(image, roughly(positions))
    assert np.median(found.labels["ellipticity"]) == pytest.approx(1 - 1 / ratio, abs=0.03)
    # The electrons are all there, but where an ellipse is not a sum of these functions.
    assert found.intensity.mean() == pytest.approx(2 * np.pi * 1.8**2 * height, rel=0.03)
    assert found.labels["double"].mean() < 0.02


def test_a_column_along_the_diagonal_is_elliptic_too() -> None:
    y, x = np.indices(SHAPE)[:, None] - lattice(16, margin=10).T[:, :, None, None]
    along, across = (y + x) / np.sqrt(2), (y - x) / np.sqrt(2)
    image = 1000 * np.exp(-0.5 * ((along / 2.1) ** 2 + (across / 1.6) ** 2)).sum(0)
    found = located(counted(image + 100), lattice(16, margin=10))
    assert np.median(found.labels["ellipticity"]) == pytest.approx(1 - 1.6 / 2.1, abs=0.03)


@pytest.mark.parametrize(
    ("apart", "height"),
    [(1.5, 100.0), (1.8, 100.0), (1.5, 1000.0), (1.8, 1000.0)],
)
def test_one_start_for_two_columns_is_flagged_or_becomes_both(apart: float, height: float) -> None:
    """So many widths apart; and none of the single columns around them is flagged."""
    width, positions = 1.8, lattice(16, margin=10)
    middle = len(positions) // 2
    half = np.array([0, apart * width / 2])
    pair = np.array([positions[middle] - half, positions[middle] + half])
    singles = np.delete(positions, middle, axis=0)
    image = peaks(singles, height, width) + peaks(pair, height / 2, width) + height / 10
    found = fitted(counted(image), positions, moving=True)
    near = np.linalg.norm(found.positions - positions[middle], axis=1) < 6
    away = np.linalg.norm(found.positions[near] - pair[:, None], axis=2).min(axis=1)
    assert found.labels["double"][middle] or (near.sum() == 2 and away.max() < 0.75)
    assert not found.labels["double"][~near].any()


@pytest.mark.parametrize("height", [10.0, 100.0, 1000.0])
def test_hardly_any_single_column_is_flagged(height: float) -> None:
    shape = (200, 200)
    positions = lattice(11, shape)
    heights = height * np.random.default_rng(2).uniform(0.4, 1.6, len(positions))
    image = counted(peaks(positions, heights, 1.9, shape) + height / 10)
    assert located(image, positions).labels["double"].mean() < 0.01


@pytest.mark.parametrize("height", [10.0, 100.0, 1000.0, 10_000.0])
def test_hardly_any_columns_are_found_where_there_are_none(height: float) -> None:
    shape = (200, 200)
    positions = lattice(14, shape)
    image = counted(peaks(positions, height, (1.6, 2.1), shape) + height / 10)
    found = fitted(image, roughly(positions), moving=True)
    assert len(found) - len(positions) <= 1


def test_a_candidate_that_does_not_stand_out_takes_nothing_from_others() -> None:
    positions = lattice(14)
    pit = positions[:1] + 7.0
    image = peaks(positions, 200.0, 2.0) - peaks(pit, 30.0, 2.0) + 50
    picture = counted(image)
    alone = fitted(picture, positions, moving=True)
    both = fitted(picture, np.concatenate([positions, pit]), moving=True)
    faint = both[np.arange(len(both)) == len(positions)]
    np.testing.assert_array_equal(faint.positions, pit)
    assert (faint.labels["snr"] < 1).all()
    assert (faint.intensity == 0).all()
    assert np.isnan([faint.sigma_y, faint.sigma_x, faint.width]).all()
    rest = both[np.arange(len(both)) != len(positions)]
    moved = np.abs(rest.positions - alone.positions)[: len(positions)] / alone.sigma_x[:, None]
    assert np.median(moved) < 0.02
    np.testing.assert_allclose(rest.sigma_y, alone.sigma_y, rtol=0.02)


@given(seed=st.integers(0, 1000))
@settings(max_examples=10)
def test_the_texture_of_a_film_does_not_widen_single_atoms(seed: int) -> None:
    rng = np.random.default_rng(seed)
    shape = (300, 300)
    film = gaussian_filter(rng.standard_normal(shape), 15)
    positions = lattice(50, shape, seed, margin=25) + rng.uniform(-10, 10, (25, 2))
    width = 4.0
    image = 400 + 40 * film / film.std() + peaks(positions, 80, width, shape)
    picture = rng.poisson(image).astype(np.float32)
    # Bumps of the film are candidates too, and outnumber the atoms.
    bumps = rng.uniform(10, 290, (100, 2))
    start = np.concatenate([roughly(positions), bumps])
    atoms = fitted(picture, start, moving=True, crystal=False)[:25]
    as_crystal = fitted(picture, start, moving=True)[:25]
    # Over many draws: 1.13 ± 0.06 widths, 1.4 ± 0.2 times that as a crystal, 0.33 ± 0.06 pixels.
    assert 0.9 * width < np.nanmedian(atoms.width) < 1.5 * width
    assert np.nanmedian(as_crystal.width) > np.nanmedian(atoms.width)
    assert np.median(np.abs(atoms.positions - positions)) < 0.7
