"""Atoms look as the image does, and structures become the columns that an image shows."""

from pathlib import Path

import numpy as np
import pytest
from drawn_columns import assert_same, drawn_columns
from drawn_sizes import PAIRS
from hypothesis import given

from colonnade import Columns
from colonnade.core.errors import ImageError
from colonnade.interop import from_ase, to_ase


@given(columns=drawn_columns(PAIRS))
def test_atoms_give_back_the_columns(columns: Columns) -> None:
    apart = columns.labels["double"] * 0 == 0
    found = from_ase(to_ase(columns, {"A": "Sr", "B site": "Ti"}), columns.pixel_size or (0, 0))
    if len(found) < len(columns):  # two of them are so near that they are one column
        return
    elements = {"A": "Sr", "B site": "Ti"}
    wanted = [elements[name] for name in columns.labels["sublattice"]]
    assert found.labels["symbols"].tolist() == wanted
    assert apart.all()
    added = columns.with_labels(symbols=found.labels["symbols"], atoms=1)
    assert_same(found, added)


def test_up_in_the_image_is_up_in_the_structure() -> None:
    columns = Columns(np.array([0.0, 10.0]), np.array([0.0, 4.0]), pixel_size=(0.02, 0.05))
    atoms = to_ase(columns, ["Sr", "Ti"])
    np.testing.assert_allclose(atoms.positions, [[0, 0, 0], [2.0, -2.0, 0]], atol=1e-12)
    assert atoms.get_chemical_symbols() == ["Sr", "Ti"]


def test_atoms_want_a_calibration_and_symbols() -> None:
    columns = Columns(np.zeros(2), np.arange(2.0))
    with pytest.raises(ImageError, match="give the columns a pixel size first"):
        to_ase(columns)
    columns = Columns(np.zeros(2), np.arange(2.0), pixel_size=(1.0, 1.0))
    with pytest.raises(ImageError, match="no symbol for sublattice"):
        to_ase(columns, {"A": "Sr"})
    with pytest.raises(ImageError, match="no symbol for B"):
        to_ase(columns.with_labels(sublattice=["A", "B"]), {"A": "Sr"})
    with pytest.raises(ImageError, match="there is no element Gold"):
        to_ase(columns, "Gold")
    with pytest.raises(ImageError, match="1 symbols for 2 columns"):
        to_ase(columns, ["Au"])
    with pytest.raises(ImageError, match="must be positive"):
        from_ase(to_ase(columns), (0.0, 1.0))


CIF = """data_SrTiO3
_cell_length_a 3.905
_cell_length_b 3.905
_cell_length_c 3.905
_cell_angle_alpha 90
_cell_angle_beta 90
_cell_angle_gamma 90
_space_group_IT_number 221
loop_
_atom_site_label
_atom_site_type_symbol
_atom_site_fract_x
_atom_site_fract_y
_atom_site_fract_z
Sr1 Sr 0 0 0
Ti1 Ti 0.5 0.5 0.5
O1 O 0.5 0.5 0
"""


def test_a_cif_becomes_the_columns_of_its_projection(tmp_path: Path) -> None:
    import ase.io

    (tmp_path / "a.cif").write_text(CIF)
    crystal = ase.io.read(tmp_path / "a.cif") * (2, 3, 4)
    columns = from_ase(crystal, (0.01, 0.02))
    kinds, counts = np.unique(columns.labels["symbols"], return_counts=True)
    # Along [001] titanium and oxygen stand above each other, and half of the oxygen is alone.
    assert dict(zip(kinds, counts, strict=True)) == {"Sr": 6, "TiO": 6, "O": 12}
    assert set(columns.labels["atoms"][columns.labels["symbols"] == "TiO"]) == {8}
    strontium = columns[columns.labels["symbols"] == "Sr"]
    rows, across = np.unique(strontium.y.round(6)), np.unique(strontium.x.round(6))
    np.testing.assert_allclose(rows, [-78.1, -39.05, 0])
    np.testing.assert_allclose(across, [0, 19.525])
