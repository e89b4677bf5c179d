"""Exports: peaks stay where they are said to be, and pictures become what people make of them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter

from colonnade.core.errors import RecipeError
from colonnade.core.instrument.postprocess import (
    DrawnExport,
    Export,
    ScaleBar,
    compress,
    draw_export,
    export_8bit,
    wiener,
)
from colonnade.core.work.draws import Draws

seeds = st.integers(0, 2**32 - 1)

SIZE = (120, 173)

GRIDS = [
    DrawnExport(),
    DrawnExport("binned", 0.5),
    *[DrawnExport("bilinear", zoom) for zoom in (1.2, 1.7, 3.0)],
    *[DrawnExport("cubic", zoom) for zoom in (1.2, 1.7, 3.0)],
]


def blob(size: tuple[int, int], position: np.ndarray, sigma: float) -> np.ndarray:
    y, x = (np.arange(count) - centre for count, centre in zip(size, position, strict=True))
    return np.exp(-(y[:, None] ** 2 + x**2) / (2 * sigma**2))


def moments(image: np.ndarray) -> tuple[np.ndarray, float]:
    """Centre (y, x) and mean width [px]."""
    image = image.astype(float)
    y, x = np.indices(image.shape)
    centre = np.array([(image * y).sum(), (image * x).sum()]) / image.sum()
    spread = (image * ((y - centre[0]) ** 2 + (x - centre[1]) ** 2)).sum() / image.sum()
    return centre, float(np.sqrt(spread / 2))


@pytest.mark.parametrize("export", GRIDS, ids=str)
@pytest.mark.parametrize("blur", [0.0, 1.1])
def test_a_peak_appears_where_it_is_said_to_be_and_as_wide(
    export: DrawnExport, blur: float
) -> None:
    export = DrawnExport(export.resampling, export.zoom, blur)
    size, factor = export.grid(SIZE)
    sigma = 4.5 / factor
    for place in ((0.31, 0.62), (0.5, 0.28), (0.73, 0.77)):
        position = np.array(size) * place
        picture = export.process(blob(size, position, sigma), SIZE)
        centre, width = moments(picture)
        np.testing.assert_allclose(centre, export.to_final(position), atol=0.02)
        assert width == pytest.approx(np.hypot(4.5, export.smoothing), abs=0.02)


@pytest.mark.parametrize("export", GRIDS, ids=str)
def test_the_recorded_grid_covers_the_picture_and_no_more_than_it_must(
    export: DrawnExport,
) -> None:
    size, factor = export.grid(SIZE)
    first, last = export.to_final(np.array([[-0.5, -0.5], np.array(size) - 0.5]))
    np.testing.assert_allclose(first, -0.5)
    beyond = last + 0.5 - SIZE
    assert (beyond >= 0).all()
    assert (beyond < factor).all()
    assert export.resampled(np.ones(size), SIZE).shape == SIZE
    np.testing.assert_allclose(export.resampled(np.full(size, 7.0), SIZE), 7, rtol=1e-6)


@pytest.mark.parametrize("export", GRIDS, ids=str)
def test_a_slope_is_the_same_slope_on_the_other_grid(export: DrawnExport) -> None:
    size, _ = export.grid(SIZE)
    y, x = (export.to_final(np.arange(float(count))) for count in size)
    picture = export.resampled(2 * y[:, None] - 3 * x, SIZE)
    expected = 2 * np.arange(SIZE[0])[:, None] - 3 * np.arange(SIZE[1])
    np.testing.assert_allclose(picture[6:-6, 6:-6], expected[6:-6, 6:-6], atol=1e-3)


def test_binned_noise_is_half_and_interpolated_noise_is_alike_in_neighbours() -> None:
    rng = np.random.default_rng(0)
    binned = DrawnExport("binned", 0.5)
    assert binned.process(rng.normal(size=binned.grid(SIZE)[0]), SIZE).std() == pytest.approx(
        0.5, rel=0.03
    )
    for export in (DrawnExport("bilinear", 2.0), DrawnExport("cubic", 2.0)):
        picture = export.process(rng.normal(size=export.grid(SIZE)[0]), SIZE)
        assert np.corrcoef(picture[:, 1:].ravel(), picture[:, :-1].ravel())[0, 1] > 0.6


@pytest.mark.parametrize("width", [3, 5, 7])
def test_a_wiener_filter_takes_noise_from_flat_ground_and_leaves_peaks(width: int) -> None:
    rng = np.random.default_rng(1)
    flat = rng.normal(100, 5, (90, 120)).astype(np.float32)
    filtered = wiener(flat, width)
    assert filtered.mean() == pytest.approx(100, abs=0.2)
    assert filtered.std() < 5 * (0.75 if width == 3 else 0.5)
    scene = 400 * blob((90, 120), np.array([44.6, 61.3]), 2.0)
    filtered = wiener((flat + scene).astype(np.float32), width)
    y, x = np.indices(scene.shape)
    near = np.hypot(y - 44.6, x - 61.3) < 2
    assert np.abs(filtered[near] - (scene + 100)[near]).max() < 30


def test_a_wiener_filter_leaves_what_has_no_noise() -> None:
    flat = np.full((20, 30), 7.0, np.float32)
    np.testing.assert_array_equal(wiener(flat, 5), flat)


@given(seed=seeds, gamma=st.floats(0.3, 3), gain=st.floats(0.1, 100), offset=st.floats(-1e3, 1e3))
def test_an_export_keeps_the_order_of_grey_levels(
    seed: int, gamma: float, gain: float, offset: float
) -> None:
    image = np.random.default_rng(seed).gamma(2.0, size=(20, 30))
    levels = export_8bit(image * gain + offset, 0.01, gamma)
    assert levels.min() == 0
    assert levels.max() == 255
    np.testing.assert_array_equal(levels, np.round(levels))
    assert (np.diff(levels.ravel()[np.argsort(image, axis=None)]) >= 0).all()
    np.testing.assert_allclose(levels, export_8bit(image, 0.01, gamma), atol=1)


@pytest.mark.parametrize("clipped", [0.0, 0.01, 0.1])
def test_an_export_clips_the_share_that_it_is_told_to(clipped: float) -> None:
    image = np.random.default_rng(5).permutation(np.arange(40_000.0))
    levels = export_8bit(image.reshape(160, 250), clipped, 1.0)
    share = 0.5 / 255 * (1 - 2 * clipped)  # of the grey levels between, rounded to the end
    assert np.mean(levels == 0) == pytest.approx(clipped + share, abs=1e-4)
    assert np.mean(levels == 255) == pytest.approx(clipped + share, abs=1e-4)


def test_gamma_brightens_below_one_and_keeps_the_ends() -> None:
    image = np.linspace(0, 1, 101).reshape(1, -1)
    bright, dark = export_8bit(image, 0.0, 0.5)[0], export_8bit(image, 0.0, 2.0)[0]
    assert [bright[0], bright[25], bright[-1]] == [0, 128, 255]
    assert [dark[0], dark[50], dark[-1]] == [0, 64, 255]


def test_an_image_without_contrast_survives_its_export() -> None:
    assert np.isfinite(export_8bit(np.full((9, 9), 7.0), 0.01, 0.7)).all()


@pytest.mark.parametrize(("quality", "error"), [(95, 2.0), (75, 5.0), (50, 8.0)])
def test_a_jpeg_is_the_picture_but_for_an_error_that_its_quality_bounds(
    quality: int, error: float
) -> None:
    rng = np.random.default_rng(2)
    picture = export_8bit(gaussian_filter(rng.random((90, 133)), 3), 0.0, 1.0)
    saved = compress(picture, quality)
    assert saved.dtype == np.float32
    assert saved.shape == picture.shape
    assert 0 < np.sqrt(np.mean((saved - picture) ** 2)) < error
    assert np.abs(saved - picture).max() < 6 * error
    assert saved.min() >= 0
    assert saved.max() <= 255


@pytest.mark.parametrize("size", [(64, 64), (120, 173), (256, 300)])
@pytest.mark.parametrize("right", [False, True])
@pytest.mark.parametrize("white", [False, True])
def test_a_scale_bar_stands_in_a_lower_corner(
    size: tuple[int, int], right: bool, white: bool
) -> None:
    bar = ScaleBar(0.3, "2 nm", right, white)
    picture = np.full(size, 100.0, np.float32)
    drawn = bar.draw(picture)
    changed = drawn != 100
    y, x = np.nonzero(changed)
    assert y.min() > 0.7 * size[0]
    assert y.max() < size[0] - 1
    assert (x.min() > 0.5 * size[1]) if right else (x.max() < 0.55 * size[1])
    solid = (drawn == (255 if white else 0)).sum(1).max()
    assert solid == pytest.approx(0.3 * size[1], abs=1)
    assert ((drawn[changed] > 100) == white).all()
    covered = bar.covered(size)
    assert covered[changed].all()
    assert covered.sum() == (np.ptp(y) + 1) * (np.ptp(x) + 1)
    assert covered.mean() < 0.15


@pytest.mark.parametrize("export", GRIDS, ids=str)
def test_a_scale_bar_hides_the_recorded_pixels_that_lie_under_it(export: DrawnExport) -> None:
    bar = ScaleBar(0.25, "5 nm", False, True)
    export = DrawnExport(export.resampling, export.zoom, exported=True, scale_bar=bar)
    size, factor = export.grid(SIZE)
    hidden = export.covered(SIZE)
    assert hidden.shape == size
    assert hidden.sum() * factor**2 == pytest.approx(bar.covered(SIZE).sum(), rel=0.2)
    inside = np.argwhere(hidden)[[0, -1]]
    places = np.clip(np.round(export.to_final(inside.astype(float))).astype(int), 0, None)
    assert bar.covered(SIZE)[tuple(places.T)].all()


def test_a_picture_without_a_bar_hides_nothing() -> None:
    export = DrawnExport("cubic", 1.5)
    assert export.covered(SIZE).shape == export.grid(SIZE)[0]
    assert not export.covered(SIZE).any()


@given(seed=seeds, rows=st.integers(8, 70), columns=st.integers(8, 70))
def test_a_picture_is_finite_of_the_right_size_and_the_same_for_the_same_seed(
    seed: int, rows: int, columns: int
) -> None:
    recipe = Export(0.4, binned=0.3, wiener=0.5, exported=0.7, jpeg=0.5, scale_bar=0.5)
    draws = Draws(np.random.default_rng(seed))
    export = draw_export(recipe, draws)
    assert export == draw_export(recipe, Draws(np.random.default_rng(seed)))
    assert all(name.startswith("export.") for name in draws.record)
    size, _ = export.grid((rows, columns))
    rng = np.random.default_rng(seed)
    for image in (rng.poisson(3.0, size).astype(float), np.zeros(size), np.full(size, -2.5)):
        kept = image.copy()
        picture = export.process(image, (rows, columns))
        assert picture.shape == (rows, columns)
        assert picture.dtype == np.float32
        assert np.isfinite(picture).all()
        np.testing.assert_array_equal(image, kept)
        np.testing.assert_array_equal(picture, export.process(image, (rows, columns)))
        if export.exported:
            np.testing.assert_array_equal(picture, np.clip(np.round(picture), 0, 255))


def test_pictures_are_treated_in_the_shares_that_are_asked_for() -> None:
    recipe = Export(
        interpolated=0.3,
        binned=0.2,
        smoothed=0.4,
        wiener=0.1,
        exported=0.5,
        jpeg=0.4,
        scale_bar=0.6,
    )
    drawn = [draw_export(recipe, Draws(np.random.default_rng(seed))) for seed in range(1500)]
    for kind, share in (("bilinear", 0.15), ("cubic", 0.15), ("binned", 0.2), ("kept", 0.5)):
        assert np.mean([one.resampling == kind for one in drawn]) == pytest.approx(share, abs=0.06)
    assert np.mean([one.blur > 0 for one in drawn]) == pytest.approx(0.4, abs=0.06)
    assert np.mean([one.wiener > 1 for one in drawn]) == pytest.approx(0.1, abs=0.04)
    exported = [one for one in drawn if one.exported]
    assert len(exported) / 1500 == pytest.approx(0.5, abs=0.06)
    assert np.mean([one.quality > 0 for one in exported]) == pytest.approx(0.4, abs=0.09)
    assert np.mean([one.scale_bar is not None for one in exported]) == pytest.approx(0.6, abs=0.09)
    others = [one for one in drawn if not one.exported]
    assert not any(one.quality or one.scale_bar for one in others)
    for one in drawn:
        low, high = {"kept": (1, 1), "binned": (0.5, 0.5)}.get(one.resampling, (1.2, 3))
        assert low <= one.zoom <= high


def test_what_nobody_can_do_to_a_picture_is_refused() -> None:
    with pytest.raises(RecipeError, match="together"):
        Export(interpolated=0.7, binned=0.4)
    with pytest.raises(RecipeError, match="zoom"):
        Export(zoom=(0.5, 2.0))
    with pytest.raises(RecipeError, match="odd"):
        Export(wiener_width=(4,))
    with pytest.raises(RecipeError, match="clipped"):
        Export(clipped=(0.1, 0.6))
