"""Cells, sublattices, and the crystals that have them."""

from pathlib import Path

import numpy as np
import pytest
from drawn_crystals import HEXAGONAL, SQUARE, crystal

from colonnade.atoms.columns import Columns
from colonnade.atoms.maps.lattice import find_lattice
from colonnade.atoms.maps.proposals import propose_crystals
from colonnade.atoms.maps.repeats import visible_repeats
from colonnade.atoms.maps.sublattices import sublattices
from colonnade.atoms.simulate.optics.scattering import EXPONENT, column_signal
from colonnade.atoms.simulate.specimen.catalogue import CATALOGUE
from colonnade.atoms.simulate.specimen.crystals import known_crystal
from colonnade.core.errors import ColonnadeError

PIXEL = 0.012


def projected(name: str, faintest: float = 0.12) -> Columns:
    """Columns of a crystal as bright as they are at 8 nm, with noise."""
    draw = np.random.default_rng(2)
    known = known_crystal(name)
    at, which = known.columns((6.0, 7.0), 0.2, (3.0, 3.5))
    signal = column_signal(known.strength(EXPONENT), np.full(len(known.positions), 8.0))[which]
    seen = signal > faintest * signal.max()
    y, x = (at[seen] / PIXEL + 0.3 * draw.standard_normal((seen.sum(), 2))).T
    bright = signal[seen] * np.exp(0.05 * draw.standard_normal(seen.sum()))
    sigma = np.full(len(y), 0.3)
    return Columns(y, x, sigma, sigma, intensity=bright, pixel_size=(PIXEL, PIXEL))


@pytest.mark.parametrize(
    "name",
    ["SrTiO3 [100]", "SrTiO3 [110]", "Si [110]", "GaAs [110]", "MoS2 [001]", "Au [110]"],
)
def test_a_crystal_is_proposed_first_for_its_own_columns(name: str) -> None:
    found = propose_crystals(find_lattice(projected(name)), (PIXEL, PIXEL))
    assert found[0].name == name
    assert found[0].misfit < 0.5
    assert found[0].scale == pytest.approx(1, abs=0.005)


def test_without_a_calibration_the_shape_decides() -> None:
    found = propose_crystals(find_lattice(projected("MoS2 [001]")), None)
    names = [each.name for each in found]
    assert "MoS2 [001]" in names
    assert "SrTiO3 [100]" not in names
    assert np.isnan(found[0].scale)


def test_no_crystal_is_proposed_for_a_cell_that_none_has() -> None:
    columns = crystal(SQUARE, [(0, 0), (0.31, 0.17)], [1.0, 0.1], pixel_size=(0.05, 0.05))
    assert propose_crystals(find_lattice(columns), columns.pixel_size) == ()
    assert "no crystal" in sublattices(columns).sentence


def test_a_crystal_that_is_asked_for_is_the_only_one() -> None:
    found = sublattices(projected("SrTiO3 [100]"), crystal="SrTiO3").proposals
    assert [each.name for each in found] == ["SrTiO3 [100]"]


def test_the_zone_axis_of_a_cif_is_found(tmp_path: Path) -> None:
    path = tmp_path / "oxide.cif"
    CATALOGUE["SrTiO3"].build().write(path)
    found = sublattices(projected("SrTiO3 [110]"), crystal=str(path)).proposals
    # The cube has six such axes, and of each two opposite ones one is looked at.
    assert len(found) == 6
    assert all(
        sorted(np.abs([int(n) for n in each.name[:-1].split(" [")[1].split()])) == [0, 1, 1]
        for each in found
    )


def test_a_crystal_that_nobody_knows_is_an_error() -> None:
    with pytest.raises(ColonnadeError, match="Unobtainium"):
        sublattices(projected("SrTiO3 [100]"), crystal="Unobtainium")


def test_the_smallest_cell_is_that_of_what_is_seen() -> None:
    centred = next(visible_repeats(known_crystal("Au [100]"), 0.08))
    assert np.hypot(*centred.basis.T) == pytest.approx([0.2039, 0.2039], abs=1e-3)
    counts = [len(each.sites) for each in visible_repeats(known_crystal("SrTiO3 [100]"), 0.08)]
    assert counts[0] == 4
    assert 2 in counts


def test_sides_are_right_within_their_errors() -> None:
    off = []
    for seed in range(12):
        found = sublattices(
            crystal(HEXAGONAL, [(0.0, 0.0)], [1.0], noise=0.3, seed=seed), crystal="Au"
        )
        truth = [20.0, np.hypot(17.32, 10.0), 60.0]
        angle = min(found.cell[2], 180 - found.cell[2])
        off.append(([*np.sort(found.cell[:2]), angle] - np.array(truth)) / found.sigma_cell)
    assert 0.5 < np.sqrt(np.mean(np.square(off))) < 1.7


def test_every_column_is_in_the_table() -> None:
    columns = crystal(pixel_size=(0.02, 0.02))
    found = sublattices(columns, crystal="SrTiO3")
    table = found.table()
    assert len(table["sublattice"]) == len(columns)
    assert np.array_equal(table["sublattice"], columns.labels["site"])
    # Columns that are one side of the cell apart have cells that are one apart.
    cell = np.stack([table["cell_1"], table["cell_2"]], axis=1)
    first = columns.labels["site"] == 0
    fitted = np.linalg.lstsq(
        np.column_stack([cell[first], np.ones(first.sum())]), columns.positions[first], rcond=None
    )[0]
    assert fitted[:2] == pytest.approx(found.lattice.basis, abs=0.02)
