"""What lies beside the views is given room where it is seen in them, and there alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.core.arrays import Single
from colonnade.tomo.reconstruct.margin import beside, find_margin
from colonnade.tomo.reconstruct.plan import Plan
from colonnade.tomo.reconstruct.projector import Projector
from colonnade.tomo.reconstruct.reconstruct import Options, reconstruct
from colonnade.tomo.tilts import TiltSeries

TILTS = tuple(np.arange(-60.0, 61.0, 4.0))
SIDE, DEPTH, ROWS, NOISE = 32, 16, 16, 0.4


def film(width: int) -> Single:
    """Slices of a film with round holes and grains (y, z, x), the same in every row."""
    z, x = (np.indices((DEPTH, width)).T - [(DEPTH - 1) / 2, (width - 1) / 2]).T
    slab = 0.5 * (abs(z) < 6)
    for number, place in enumerate(range(-width // 2 + 4, width // 2, 9)):
        inside = np.hypot(z - 2 * (number % 3 - 1), x - place) < 3
        slab[inside] = 1.0 if number % 2 else 0.0
    return np.asarray(np.broadcast_to(slab, (ROWS, DEPTH, width)), np.float32)


def views_of(slices: Single, pixels: int, noise: float = NOISE) -> TiltSeries:
    """Views of slices (y, z, x) that are wider than the detector."""
    wide = Projector(TILTS, DEPTH, slices.shape[2], detector=pixels)
    views = wide.project(slices).transpose(1, 0, 2)
    noisy = views + noise * np.random.default_rng(3).standard_normal(views.shape)
    return TiltSeries(noisy.astype(np.float32), TILTS)


def least_along_x(slices: Single) -> Single:
    """Slices less the mean of each plane of equal z, which no view up to 60 degrees shows."""
    return np.asarray(slices - slices.mean(2, keepdims=True))


@given(st.floats(-85, 85), st.integers(0, 9), st.integers(1, 12), st.floats(-3, 3))
def test_a_narrow_detector_sees_the_middle_of_what_a_wide_one_sees(
    angle: float, margin: int, inner: int, offset: float
) -> None:
    width = inner + 2 * margin
    slices = np.random.default_rng(0).random((2, 5, width), np.float32)
    wide = Projector((angle, 5.0), 5, width, offset).project(slices)
    narrow = Projector((angle, 5.0), 5, width, offset, detector=inner).project(slices)
    np.testing.assert_allclose(narrow, wide[:, :, margin : margin + inner], atol=1e-4)


def test_tilted_views_see_beside_the_volume_as_far_as_geometry_says() -> None:
    margin = beside(np.array(TILTS), DEPTH, SIDE)
    wide = SIDE + 2 * margin
    seen = Projector(TILTS, DEPTH, wide + 8, detector=SIDE).back_project(
        np.ones((1, len(TILTS), SIDE), np.float32)
    )[0]
    lit = np.flatnonzero(seen.max(0) > 0.3)
    assert [lit[0], lit[-1]] == pytest.approx([4, wide + 3], abs=1)
    assert beside(np.array([0.0]), DEPTH, SIDE) == 0


def test_only_what_is_seen_at_the_ends_of_views_is_given_room() -> None:
    noise = np.full(len(TILTS), NOISE)
    inner = np.array(film(SIDE))
    inner[:, :, :10], inner[:, :, -10:] = 0, 0
    assert find_margin(views_of(film(160), SIDE), DEPTH, noise) == beside(
        np.array(TILTS), DEPTH, SIDE
    )
    assert find_margin(views_of(inner, SIDE), DEPTH, noise) == 0
    assert find_margin(views_of(inner, SIDE, 0.0), DEPTH, 0 * noise) == 0


def test_a_film_fits_its_views_and_what_lies_in_it_is_shown() -> None:
    truth, series = film(160), views_of(film(160), SIDE)
    noise = np.full(len(TILTS), NOISE)
    said: list[tuple[int, int]] = []
    options = Options(weight=4.0, depth=DEPTH)
    found = reconstruct(series, options, noise=noise, progress=lambda *far: said.append(far))
    assert said == [(ROWS, ROWS)]
    assert found.volume.voxels.shape == (DEPTH, ROWS, SIDE)
    assert 0.85 < found.assessment.residual_over_noise < 1.1
    assert any("goes on beyond the views" in note for note in found.assessment.notes)
    cut = Plan(TILTS, DEPTH, SIDE, weight=4.0 * NOISE).reconstruct(series.rows(slice(None)))
    middle = least_along_x(truth[:, :, 64:96])
    wrong, wrong_without_room = (
        np.std(least_along_x(slices) - middle)
        for slices in (np.asarray(found.volume.voxels).transpose(1, 0, 2), cut.slices)
    )
    assert wrong < 0.5 * middle.std()
    assert wrong_without_room > middle.std()
