"""Displacements of columns, and planes, of crystals whose every column is known."""

import numpy as np
import pytest
from drawn_crystals import SILICON, crystal, turn

from colonnade.atoms.columns import Columns
from colonnade.atoms.maps.displacements import displacements
from colonnade.atoms.maps.known_cell import KnownCell
from colonnade.atoms.maps.planes import planes
from colonnade.core.arrays import Array
from colonnade.core.errors import ColonnadeError


def moved(columns: Columns, shift: Array) -> Columns:
    at = columns.positions + shift
    return Columns(
        at[:, 0],
        at[:, 1],
        columns.sigma_y,
        columns.sigma_x,
        intensity=columns.intensity,
        pixel_size=columns.pixel_size,
    )


def test_what_moves_outside_the_reference_is_seen() -> None:
    still = crystal(noise=0.1)
    right = still.x > 300
    columns = moved(still, np.outer(right, [0.5, -1.0]))
    found = displacements(columns, reference=(0, 400, 0, 290))
    far = found.columns.x > 300
    assert found.shift[far].mean(axis=0) == pytest.approx([0.5, -1.0], abs=0.05)
    assert np.abs(found.shift[~far].mean(axis=0)).max() < 0.02
    assert (found.significance[far] > 2).mean() > 0.9


def test_their_errors_are_right() -> None:
    away = []
    for seed in range(4):
        found = displacements(crystal(noise=0.3, seed=seed))
        away.append(found.shift / found.sigma)
    beyond = np.abs(np.concatenate(away))
    assert (beyond < 1).mean(axis=0) == pytest.approx(2 * [0.683], abs=0.03)
    assert (beyond < 2).mean(axis=0) == pytest.approx(2 * [0.954], abs=0.02)


def test_errors_outside_a_small_reference_grow_with_the_distance() -> None:
    found = displacements(crystal(noise=0.3), reference=(0, 400, 0, 100))
    near, far = (found.columns.x < 150), (found.columns.x > 450)
    assert found.sigma[far].mean() > 1.2 * found.sigma[near].mean()
    beyond = np.abs(found.shift[far] / found.sigma[far])
    assert (beyond < 3).mean() > 0.9


def test_a_known_cell_leaves_what_is_larger_as_displacement() -> None:
    columns = crystal(noise=0.0, pixel_size=(0.02, 0.02), stretch=turn(5))
    exact = displacements(columns, cell=KnownCell(0.4, 0.4))
    assert np.abs(exact.shift).max() < 0.02
    larger = displacements(columns, cell=KnownCell(0.396, 0.396))
    outwards = larger.columns.positions - larger.columns.positions.mean(axis=0)
    slope = (larger.shift * outwards).sum() / (outwards**2).sum()
    assert slope == pytest.approx(0.01, abs=5e-4)


def test_too_small_a_reference_is_refused() -> None:
    with pytest.raises(ColonnadeError, match="too few columns"):
        displacements(crystal(), reference=(0, 10, 0, 10))


def test_planes_of_a_square_lattice_are_evenly_apart() -> None:
    found = planes(crystal(noise=0.1, pixel_size=(0.02, 0.02)))
    spacing = found.spacing[np.isfinite(found.spacing)]
    assert spacing == pytest.approx(np.full(len(spacing), 0.2), abs=0.003)  # half of the cell
    away = (spacing - 0.2) / found.sigma_spacing[np.isfinite(found.spacing)]
    assert (np.abs(away) < 2).mean() == pytest.approx(0.95, abs=0.08)


def test_a_wider_gap_is_found_where_it_is() -> None:
    still = crystal(noise=0.1, sites=((0, 0),), intensity=(1,))
    columns = moved(still, np.outer(still.x > 250, [0.0, 2.0]))
    found = planes(columns)
    of_it = (found.side == 1) & np.isfinite(found.spacing)
    widest = int(np.argmax(found.spacing[of_it]))
    # The mean spacing takes the gap in: each is 20 px and a share of it.
    assert found.spacing[of_it][widest] == pytest.approx(22, abs=0.2)
    assert np.delete(found.spacing[of_it], widest) == pytest.approx(
        np.full(of_it.sum() - 1, 20), abs=0.2
    )
    assert 230 < found.middle[of_it][widest, 1] < 252


def test_one_sublattice_alone() -> None:
    columns = crystal(((0, 40), (28.3, 0)), SILICON, (1, 1, 1, 1), noise=0.05)
    both, one = planes(columns), planes(columns, sublattice=0)
    assert len(both.spacing) > 1.5 * len(one.spacing)
    assert "planes along side 1" in both.sentence
