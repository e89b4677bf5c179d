"""Drift of 1 px and an axis that is off are found to 0.1 px and a tenth of a degree."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy.io import loadmat
from tilted_ellipsoids import Ellipsoid, counted, film, needle, particle, project

from colonnade.core.errors import ImageError
from colonnade.tomo.reconstruct.align.align import align
from colonnade.tomo.reconstruct.align.alignment import Alignment
from colonnade.tomo.reconstruct.moved import rotation
from colonnade.tomo.reconstruct.source import open_series
from colonnade.tomo.tilts import TiltSeries

SIDE = 64
ANGLES = np.arange(-70, 71, 3.5)
BACKGROUND = 20
"""Counts of the surroundings of the specimen."""


def errors(
    found: Alignment, shifts: np.ndarray, axis_angle: float, angles: np.ndarray = ANGLES
) -> tuple[float, float]:
    """Root mean square errors of shifts along the axis and across it [px].

    Where the specimen lies in its volume is nobody's error.
    """
    along, across = ((found.move.shifts - shifts) @ rotation(axis_angle)).T
    tilts = np.deg2rad(angles)
    place = np.stack([np.cos(tilts), np.sin(tilts)], axis=1)
    across = across - place @ np.linalg.lstsq(place, across, rcond=None)[0]
    return float(along.std()), float(np.sqrt(np.square(across).mean()))


@pytest.mark.parametrize(
    ("specimen", "axis_angle", "offset", "seed"),
    [(particle, 1.0, 0.0, 1), (particle, -5.8, 3.0, 2), (needle, 5.8, -2.0, 3)],
)
def test_drift_and_axis_are_found(
    specimen: Callable[[np.random.Generator, int], list[Ellipsoid]],
    axis_angle: float,
    offset: float,
    seed: int,
) -> None:
    rng = np.random.default_rng(seed)
    shifts = rng.normal(0, 1, (len(ANGLES), 2))
    shifts += rotation(axis_angle) @ [0, offset]
    views = project(specimen(rng, SIDE), ANGLES, SIDE, axis_angle, shifts)
    noisy = counted(views, 1000, rng) + BACKGROUND
    found = align(TiltSeries(noisy, tuple(ANGLES)))
    assert max(errors(found, shifts, axis_angle)) < 0.1
    assert found.axis_angle_deg == pytest.approx(axis_angle, abs=0.1)
    assert found.axis_offset_px == pytest.approx(offset, abs=1.5)
    assert found.residual_after < 0.7 * found.residual_before
    assert found.error_px < 0.1
    assert len(found.notes) == 3, found.notes


def test_a_film_wider_than_the_views_is_aligned_by_reprojection() -> None:
    rng = np.random.default_rng(8)
    angles = np.arange(-60, 61, 4.0)
    shifts = rng.normal(0, 1, (len(angles), 2))
    views = counted(project(film(rng, 48), angles, 48, 1.0, shifts), 1000, rng)
    found = align(TiltSeries(views, tuple(angles)))
    assert max(errors(found, shifts, 1.0, angles)) < 0.15
    assert found.axis_angle_deg == pytest.approx(1.0, abs=1.0)
    assert "only reprojection" in found.notes[0]


def test_what_is_aligned_stays_where_it_is() -> None:
    rng = np.random.default_rng(4)
    views = counted(project(particle(rng, SIDE), ANGLES, SIDE), 1000, rng)
    found = align(TiltSeries(views, tuple(ANGLES)))
    assert np.abs(found.shifts).max() < 0.15
    assert found.axis_angle_deg == pytest.approx(0, abs=0.1)


def test_views_that_show_no_one_specimen_are_doubted() -> None:
    rng = np.random.default_rng(6)
    views = np.concatenate(
        [project(particle(rng, SIDE), np.array([angle]), SIDE) for angle in ANGLES]
    )
    found = align(TiltSeries(views, tuple(ANGLES)))
    assert len(found.notes) > 3
    assert "do not quite show one specimen" in " ".join(found.notes)


def test_tiny_views_are_refused() -> None:
    with pytest.raises(ImageError, match="at least 16 px"):
        align(TiltSeries(np.ones((5, 8, 40)), (0, 1, 2, 3, 4)))


def test_the_needle_lies_ten_degrees_off(shared_data: Path) -> None:
    series = open_series(shared_data / "tomo" / "HAADF.dm3", axis="x")
    found = align(series)
    assert found.axis_angle_deg == pytest.approx(-10.3, abs=0.5)
    assert found.residual_after < 0.2 * found.residual_before
    # Its bottom tapers to a point on the axis, evenly to either side.
    tip = found.apply(series).rows(slice(52, 54)) - 500
    places = np.arange(64) - 31.5
    centres = (tip.sum(0) @ places) / tip.sum((0, 2))
    assert np.std(centres) < 1.0


def test_known_shifts_of_a_particle_are_whole_pixels(shared_data: Path) -> None:
    folder = shared_data / "tomo" / "fept"
    misaligned = loadmat(folder / "projections_FePt_misaligned.mat")["misaligned_pj"]
    angles = loadmat(folder / "angles.mat")["angles"][:, 1].astype(float)
    views = np.ascontiguousarray(misaligned.transpose(2, 1, 0) * 1e6, np.float32)
    found = align(TiltSeries(views, tuple(angles)))
    assert found.axis_angle_deg == pytest.approx(0, abs=0.05)
    along = found.shifts[:, 0]
    whole = along - np.angle(np.exp(2j * np.pi * along).mean()) / (2 * np.pi)
    assert np.abs(whole - np.round(whole)).max() < 0.1
    assert np.ptp(np.round(whole)) >= 4
