"""Scan distortion that is known, taken out by the crystal or by a second scan."""

import numpy as np
import pytest
from drawn_crystals import crystal, turn

from colonnade.atoms.columns import Columns
from colonnade.atoms.maps.distortion import scan_distortion
from colonnade.atoms.maps.known_cell import KnownCell
from colonnade.atoms.maps.strain import strain
from colonnade.core.arrays import Array
from colonnade.core.errors import ColonnadeError

NOISE = 0.1


def row_errors(y: Array, seed: int) -> Array:
    """Shifts (y, x) of rows: a slow wave, and a jump half way down."""
    phase = np.random.default_rng(seed).uniform(0, 6)
    along_x = 1.5 * np.sin(2 * np.pi * y / 300 + phase) + 1.2 * (y > 190)
    return np.stack([0.5 * np.sin(2 * np.pi * y / 170 + phase), along_x], axis=1)


def recorded(at: Array, shift: Array, intensity: Array, seed: int = 0) -> Columns:
    at = at + shift + NOISE * np.random.default_rng(seed).standard_normal(at.shape)
    sigma = np.full(len(at), NOISE)
    return Columns(at[:, 0], at[:, 1], sigma, sigma, intensity=intensity)


def rms(values: Array) -> Array:
    return np.asarray(np.sqrt(((values - values.mean(axis=0)) ** 2).mean(axis=0)))


def test_a_crystal_shows_what_rows_do() -> None:
    still = crystal(noise=0.0)
    seen = recorded(still.positions, row_errors(still.y, 1), still.intensity)
    found = scan_distortion(seen)
    assert found.fitted.before > 5
    assert found.fitted.after == pytest.approx(1, abs=0.35)
    before, after = strain(seen), strain(found.corrected)
    assert np.abs(after.values[:, :3]).mean() < 0.25 * np.abs(before.values[:, :3]).mean()


def test_without_distortion_nothing_is_taken_out() -> None:
    found = scan_distortion(crystal(noise=NOISE))
    assert rms(found.shift).max() < NOISE
    assert found.fitted.before == pytest.approx(1, abs=0.05)
    assert (np.abs(found.shift) < 2 * found.sigma).mean() > 0.9


def test_the_errors_of_what_is_taken_out_are_added() -> None:
    still = crystal(noise=0.0)
    seen = recorded(still.positions, row_errors(still.y, 2), still.intensity)
    found = scan_distortion(seen)
    assert (found.corrected.sigma_x > seen.sigma_x).all()


def test_strain_outside_the_reference_stays() -> None:
    still = crystal(noise=0.0)
    # Layers parallel to the rows, in the right part: a scan would look the same without reference.
    layer = (still.x > 200) & (still.y > 150) & (still.y < 250)
    strained = still.positions + np.outer(np.where(still.x > 200, 1, 0), [1, 0]) * (
        0.02 * np.clip(still.y - 150, 0, 100)[:, None]
    )
    seen = recorded(strained, 0 * strained, still.intensity)
    left = scan_distortion(seen, reference=(0, 400, 0, 190)).corrected
    found = strain(left, reference=(0, 400, 0, 150))
    at = found.columns
    inside = (at.x > 250) & (at.y > 180) & (at.y < 220)
    assert layer.any()
    assert found.e_yy[inside].mean() == pytest.approx(0.02, abs=0.002)


def test_a_known_cell_shows_a_scan_that_is_stretched() -> None:
    still = crystal(noise=0.0, pixel_size=(0.02, 0.02))
    shift = np.stack([0.01 * still.y, 0 * still.y], axis=1)
    seen = recorded(still.positions, shift, still.intensity)
    calibrated = seen.with_pixel_size((0.02, 0.02))
    found = scan_distortion(calibrated, cell=KnownCell(0.4, 0.4))
    assert np.polyfit(seen.y, found.shift[:, 0], 1)[0] == pytest.approx(0.01, abs=2e-4)
    assert rms(scan_distortion(seen).shift).max() < 0.05  # without a cell it is the crystal's


def test_a_second_scan_shows_what_rows_do_and_leaves_strain() -> None:
    still = crystal(noise=0.0, shape=(400, 400))
    middle = np.array([200.0, 200.0])
    at = still.positions - middle
    at[:, 1] *= np.where(at[:, 1] > 0, 1.01, 1.0)  # real strain, which both scans see
    turned = at @ turn(90).T
    first = recorded(at + middle, row_errors(at[:, 0] + 200, 3), still.intensity, 1)
    second = recorded(turned + middle, row_errors(turned[:, 0] + 200, 4), still.intensity, 2)
    found = scan_distortion(first, second=second)
    off = found.corrected.positions - (at + middle)
    assert rms(off).max() < 0.25
    assert rms(first.positions - at - middle)[1] > 1
    right = strain(found.corrected, reference=(0, 400, 0, 160))
    assert right.e_xx[right.columns.x > 240].mean() == pytest.approx(0.01, abs=1e-3)


def test_scans_of_different_fields_are_refused() -> None:
    other = Columns(*np.random.default_rng(0).uniform(0, 4000, (2, 300)))
    with pytest.raises(ColonnadeError, match="columns in common"):
        scan_distortion(crystal(), second=other)


def test_a_lattice_without_any_error_leaves_nothing() -> None:
    y, x = 12.0 * np.indices((8, 8)).reshape(2, -1) + 5
    found = scan_distortion(Columns(y, x, np.ones(64), np.ones(64)))
    assert found.fitted.after == pytest.approx(0, abs=1e-6)
    assert np.abs(found.shift).max() < 1e-9
