"""Views that are empty, saturated or there twice are refused or said."""

from dataclasses import replace

import numpy as np
import pytest

from colonnade.core.errors import ImageError
from colonnade.tomo.reconstruct.prepare import Preparation, prepare
from colonnade.tomo.tilts import TiltSeries

TILTS = tuple(np.arange(-60, 61, 10.0).tolist())

PLAIN = Preparation(background=False, normalise=False)


def series() -> TiltSeries:
    """Views of 200 counts with a bright ball in each."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:40, :48]
    ball = 300.0 * (np.hypot(y - 20, x - 24) < 9)
    views = rng.poisson(200 + ball, (len(TILTS), 40, 48))
    return TiltSeries(views.astype(np.float32), TILTS)


def notes(views: np.ndarray, tilts: tuple[float, ...] = TILTS) -> list[str]:
    prepared = prepare(replace(series(), views=views, angles=tilts), PLAIN)
    return list(prepared.metadata["notes"])


@pytest.fixture
def views() -> np.ndarray:
    return np.array(series().views)


def test_sound_views_need_no_word(views: np.ndarray) -> None:
    assert notes(views) == []


@pytest.mark.parametrize("level", [0, 77])
def test_a_view_that_shows_nothing_is_refused(views: np.ndarray, level: float) -> None:
    views[7] = level
    with pytest.raises(ImageError, match=f"every pixel of view 7 is {level}, .*; leave it out"):
        notes(views)


@pytest.mark.parametrize("unit", [1e-30, 1e30])
def test_vast_and_tiny_grey_levels_are_refused(views: np.ndarray, unit: float) -> None:
    with pytest.raises(ImageError, match="to be calculated with; multiply them"):
        notes(views * np.float32(unit))


def test_a_view_that_is_there_twice_is_said(views: np.ndarray) -> None:
    views[5] = views[9] = views[2]
    assert notes(views) == [
        "views 5, 9 have the very pixels of an earlier view, and tell nothing new"
    ]


def test_saturated_views_are_said(views: np.ndarray) -> None:
    views[4] = np.minimum(views[4], 480)
    share = (views[4] == 480).mean()
    (note,) = notes(views)
    assert note.startswith(f"view 4 has up to {100 * share:.2g} % of the pixels at the brightest")


def test_views_of_two_grey_levels_are_said(views: np.ndarray) -> None:
    masks = (views > 300).astype(np.float32)
    assert (
        "views 0, 1, 2, 3, 4, 5, 6, 7 and 5 more have no more than 2 grey levels, and tell little"
    ) in notes(masks)


def test_angles_in_radians_are_doubted(views: np.ndarray) -> None:
    (note,) = notes(views, tuple(np.deg2rad(TILTS).tolist()))
    assert note == "the angles span 2.1 degrees only: should they be radians, give degrees"
