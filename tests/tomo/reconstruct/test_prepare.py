"""Views are prepared: hot pixels, background, brightness, binning, bright field."""

from pathlib import Path

import numpy as np
import pytest
from tilted_ellipsoids import counted, particle, project

from colonnade.core.errors import ImageError
from colonnade.tomo.reconstruct.background import find_background
from colonnade.tomo.reconstruct.prepare import Preparation, prepare
from colonnade.tomo.reconstruct.source import open_series
from colonnade.tomo.tilts import TiltSeries

SIDE = 48
ANGLES = np.arange(-60, 61, 15.0)


@pytest.fixture(scope="module")
def views() -> np.ndarray:
    """A particle, with the noise of 400 counts, on a background of 50 [counts]."""
    rng = np.random.default_rng(11)
    clean = project(particle(rng, SIDE), ANGLES, SIDE)
    return rng.poisson(clean * 400 / clean.max() + 50).astype(np.float32)


def series_of(views: np.ndarray) -> TiltSeries:
    return TiltSeries(views, tuple(ANGLES), (2.0, 2.0))


def test_hot_pixels_are_found_and_nothing_else(views: np.ndarray) -> None:
    hot = views.copy()
    places = [(view, 5 + 4 * view, 40 - 3 * view) for view in range(9)]
    for place in places:
        hot[place] += 400
    series = prepare(series_of(hot), Preparation(background=False, normalise=False))
    assert series.metadata["notes"] == ["9 hot pixels were replaced by the median of their "
                                        "neighbours"]  # fmt: skip
    mended = series.views[:, :, :]
    changed = np.argwhere(mended != hot)
    assert {tuple(place) for place in changed.tolist()} == set(places)
    assert np.abs(mended - views).max() < 100


def test_atoms_are_no_hot_pixels() -> None:
    grid = np.arange(SIDE) % 8 - 3.7
    atoms = np.exp(-(grid[:, None] ** 2 + grid**2) / (2 * 1.2**2)).astype(np.float32)
    noise = np.random.default_rng(0).normal(0, 1e-3, (9, *atoms.shape))
    views = (atoms + noise).astype(np.float32)
    series = prepare(series_of(views), Preparation(background=False))
    assert not series.metadata["notes"]
    np.testing.assert_array_equal(series.view(3), views[3])


def test_broken_pixels_and_rows_are_filled(views: np.ndarray) -> None:
    broken = views.copy()
    broken[2, 10, 10] = np.nan
    broken[3, 20] = -1000
    series = prepare(series_of(broken), Preparation(background=False))
    assert len(series.metadata["notes"]) == 2
    assert series.view(2)[10, 10] == pytest.approx(views[2, 8:13, 8:13].mean(), abs=30)
    assert series.view(3)[20].min() > 0


def test_the_surroundings_become_zero_and_views_equally_bright(views: np.ndarray) -> None:
    gains = np.linspace(0.8, 1.2, 9)[:, None, None]
    series = prepare(series_of((views * gains).astype(np.float32)))
    prepared = series.views[:, :, :]
    corners = prepared[:, :6, :6]
    assert corners.mean() == pytest.approx(0, abs=1.5)  # of a noise of 7
    means = prepared.mean((1, 2))
    assert np.ptp(means) < 1e-3 * means.mean()


def test_a_film_that_fills_the_views_keeps_its_brightness() -> None:
    rng = np.random.default_rng(5)
    film = 300 / np.cos(np.deg2rad(ANGLES))[:, None, None] * np.ones((1, SIDE, SIDE))
    film[:, 20:24, 20:24] += 200
    series = series_of(rng.poisson(film).astype(np.float32))
    assert find_background(series) is None
    prepared = prepare(series)
    assert "fills the views" in " ".join(prepared.metadata["notes"])
    np.testing.assert_array_equal(prepared.view(0), series.view(0))


def test_bright_field_becomes_attenuation() -> None:
    """By the law of Beer and Lambert it adds up along the beam."""
    depth = 2 * project(particle(np.random.default_rng(11), SIDE), ANGLES, SIDE) / SIDE
    gains = np.linspace(3000, 5000, len(ANGLES))[:, None, None]
    seen = series_of((gains * np.exp(-depth)).astype(np.float32))
    prepared = prepare(seen, Preparation(0, bright_field=True, normalise=False))
    assert any("attenuation" in note for note in prepared.metadata["notes"])
    np.testing.assert_allclose(prepared.views[:, :, :], depth, atol=0.01)


def test_what_lets_no_electron_through_is_dark_and_finite() -> None:
    black = np.full((9, SIDE, SIDE), 100.0, np.float32)
    black[:, 20:30, 20:30] = 0
    prepared = prepare(series_of(black), Preparation(0, bright_field=True, normalise=False))
    assert prepared.view(4)[25, 25] == pytest.approx(np.log(100), rel=1e-4)


def test_a_dark_level_that_is_not_zero_is_no_attenuation(views: np.ndarray) -> None:
    below = series_of(views - 32768)
    with pytest.raises(ImageError, match=r"below zero.*dark level"):
        prepare(below, Preparation(bright_field=True))
    noisy = series_of(np.random.default_rng(6).normal(100, 20, views.shape).astype(np.float32))
    prepare(noisy, Preparation(bright_field=True, background=False, normalise=False))


def test_binning_keeps_means_and_the_size_of_what_is_seen(views: np.ndarray) -> None:
    wide = np.pad(views, ((0, 0), (0, 1), (0, 2)))
    series = prepare(series_of(wide), Preparation(0, background=False, binning=4))
    assert series.shape == (9, 12, 12)
    assert series.pixel_size == (8.0, 8.0)
    assert series.view(1)[2, 3] == pytest.approx(views[1, 8:12, 12:16].mean(), rel=1e-5)
    np.testing.assert_array_equal(series.rows(slice(2, 4))[0, 1], series.view(1)[2])


def test_impossible_binning_is_refused(views: np.ndarray) -> None:
    with pytest.raises(ImageError, match="binned by 1 or more"):
        Preparation(binning=0)
    with pytest.raises(ImageError, match="cannot be binned by 49"):
        prepare(series_of(views), Preparation(binning=49))


def test_counts_of_nearly_empty_views_are_no_hot_pixels() -> None:
    rng = np.random.default_rng(2)
    clean = project(particle(rng, SIDE), ANGLES, SIDE)
    few = counted(clean, 3, rng).astype(np.uint16)
    series = prepare(series_of(few), Preparation(background=False))
    assert not series.metadata["notes"]


def test_the_edges_of_a_sharp_needle_are_no_hot_pixels(shared_data: Path) -> None:
    series = open_series(shared_data / "tomo" / "HAADF.dm3", axis="x")
    (note,) = prepare(series).metadata["notes"]
    assert "surroundings" in note
