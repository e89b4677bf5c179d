"""Atoms in columns whose number is drawn."""

import numpy as np
import pytest

from colonnade.atoms.columns import Columns
from colonnade.atoms.maps.counts import counts
from colonnade.atoms.simulate.optics.scattering import EXPONENT, column_signal
from colonnade.core.arrays import Array, Indices
from colonnade.core.errors import ColonnadeError

SPACING = 0.277
"""Of platinum atoms along [110] [nm]."""


def signal(atoms: Indices) -> Array:
    """Of columns of platinum, in units of 1e-9 of the beam."""
    strength = np.full(len(atoms), 78**EXPONENT / SPACING)
    return 1e9 * column_signal(strength, atoms * SPACING)


def wedge(most: int, noise: float, fewest: int = 1, each: int = 40) -> tuple[Columns, Indices]:
    """Columns of up to so many atoms; noise in what the last atom adds."""
    atoms = np.repeat(np.arange(fewest, most + 1), each)
    step = float(np.diff(signal(np.array([most - 1, most])))[0])
    draw = np.random.default_rng(most).standard_normal(len(atoms))
    bright = signal(atoms) + noise * step * draw
    snr = bright / (noise * step)
    y, x = np.divmod(np.arange(len(atoms)), 20)
    return Columns(20.0 * y, 20.0 * x, intensity=bright, labels={"snr": snr}), atoms


@pytest.mark.parametrize(("most", "noise"), [(4, 0.1), (6, 0.2), (12, 0.15)])
def test_atoms_of_a_wedge_are_counted(most: int, noise: float) -> None:
    columns, atoms = wedge(most, noise)
    found = counts(columns)
    assert (found.atoms == atoms).mean() > 0.95
    assert np.abs(found.atoms - atoms).max() <= 1
    assert found.separate


def test_probabilities_are_the_share_of_right_counts() -> None:
    columns, atoms = wedge(6, 0.25, each=150)
    found = counts(columns)
    right = (found.atoms == atoms[columns.intensity > 0]).mean()
    assert found.probability[:, 0].mean() == pytest.approx(right, abs=0.03)
    assert (found.probability[:, 1] >= found.probability[:, 0]).all()


def test_noise_is_the_variance_within_groups_where_there_is_nothing_else() -> None:
    assert counts(wedge(6, 0.15)[0]).from_errors == pytest.approx(1, abs=0.25)


def test_columns_of_one_thickness_are_a_single_group() -> None:
    bright = 100 + 5 * np.random.default_rng(1).standard_normal(200)
    found = counts(Columns(np.arange(200.0), np.zeros(200), intensity=bright))
    assert len(found.mixture.atoms) == 1
    assert not found.separate
    assert "single group" in found.sentence


def test_a_foil_without_thin_columns_may_be_off_as_a_whole() -> None:
    columns, atoms = wedge(9, 0.1, fewest=5)
    found = counts(columns)
    off = found.atoms - atoms
    assert (off == np.median(off)).mean() > 0.97
    assert any("off by the same number" in note for note in found.notes)


def test_too_few_columns_are_not_counted() -> None:
    with pytest.raises(ColonnadeError, match="too few"):
        counts(Columns(np.arange(5.0), np.arange(5.0), intensity=np.ones(5)))


def test_columns_without_intensities_are_not_counted() -> None:
    with pytest.raises(ColonnadeError, match="too few"):
        counts(Columns(np.arange(50.0), np.arange(50.0)))


@pytest.mark.parametrize("spread", [0.0, 1e-9])
def test_intensities_that_are_all_alike_make_a_single_group(spread: float) -> None:
    y, x = np.divmod(np.arange(64), 8)
    alike = 100.0 * (1 + spread * np.sin(np.arange(64.0)))
    found = counts(Columns(20.0 * y, 20.0 * x, intensity=alike))
    assert len(set(found.atoms)) == len(found.mixture.atoms) == 1
    assert "a single group" in found.sentence


def test_intensities_without_bounds_are_refused() -> None:
    y, x = np.divmod(np.arange(64), 8)
    with pytest.raises(ColonnadeError, match="an intensity of 1e\\+300 is too vast"):
        counts(Columns(20.0 * y, 20.0 * x, intensity=np.full(64, 1e300)))
