"""atomap's lattices hold our columns, and ours theirs."""

import warnings
from pathlib import Path

import numpy as np
import pytest
from drawn_columns import assert_same_size, drawn_columns, drawn_image, needs
from drawn_sizes import PAIRS
from hypothesis import given

from colonnade import Columns
from colonnade.core.errors import ImageError
from colonnade.interop import from_atomap, to_atomap
from colonnade.interop.atomap_lattices import write_atomap

pytestmark = [needs("atomap"), pytest.mark.filterwarnings("ignore")]


@given(columns=drawn_columns(PAIRS))
def test_a_lattice_gives_back_the_columns(columns: Columns) -> None:
    image = drawn_image(columns.pixel_size)
    found = from_atomap(to_atomap(columns, image), columns.pixel_size)
    # atomap has one sublattice after the other.
    wanted = columns[np.argsort(columns.labels["sublattice"], kind="stable")]
    np.testing.assert_allclose(found.positions, wanted.positions, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(found.width, wanted.width, rtol=1e-9)
    np.testing.assert_allclose(found.intensity, wanted.intensity, rtol=1e-9)
    assert found.labels["sublattice"].tolist() == wanted.labels["sublattice"].tolist()
    assert_same_size(found.pixel_size, columns.pixel_size)


def test_atomap_has_x_first_and_one_pixel_size() -> None:
    columns = Columns(np.array([3.0, 8.0]), np.array([20.0, 40.5]))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        lattice = to_atomap(columns, drawn_image((0.02, 0.05)))
    assert [str(one.message) for one in caught] == [
        "atomap has one size for both axes of a pixel, so it counts pixels of this image"
    ]
    (sublattice,) = lattice.sublattice_list
    assert sublattice.atom_positions.tolist() == [[20, 3], [40.5, 8]]
    assert (sublattice.pixel_size, sublattice.units) == (1, "pixel")
    assert sublattice.image[8, 40] == drawn_image(None).pixels[8, 40]
    assert from_atomap(sublattice).pixel_size is None
    square = to_atomap(columns, drawn_image((0.02, 0.02)))
    assert (square.pixel_size, square.units) == (0.02, "nm")
    assert from_atomap(square).pixel_size == (0.02, 0.02)


def test_a_file_of_atomap_is_loaded_by_atomap(tmp_path: Path) -> None:
    import atomap.api as am

    columns = Columns(np.array([3.0, 8.0]), np.array([20.0, 40.5]), width=np.array([1.5, np.nan]))
    write_atomap(columns, drawn_image((0.02, 0.02)), tmp_path / "a.hdf5")
    loaded = am.load_atom_lattice_from_hdf5(str(tmp_path / "a.hdf5"), construct_zone_axes=False)
    found = from_atomap(loaded)
    np.testing.assert_allclose(found.positions, columns.positions)
    np.testing.assert_allclose(found.width, columns.width)
    assert np.isnan(found.intensity).all()  # its files do not keep it
    assert found.pixel_size == (0.02, 0.02)


def test_what_atomap_fits_itself_has_the_volume_of_its_gaussian() -> None:
    import atomap.api as am

    y, x = np.indices((40, 60))
    pixels = 90 / (2 * np.pi * 2.5**2) * np.exp(-((y - 14) ** 2 + (x - 35) ** 2) / (2 * 2.5**2))
    sublattice = am.Sublattice([[35.4, 13.8]], pixels)
    sublattice.atom_list[0].sigma_x = sublattice.atom_list[0].sigma_y = 2.0
    sublattice.atom_list[0].refine_position_using_2d_gaussian(pixels, mask_radius=10)
    found = from_atomap(sublattice)
    np.testing.assert_allclose(found.positions, [[14, 35]], atol=1e-3)
    np.testing.assert_allclose(found.width, 2.5, rtol=1e-3)
    np.testing.assert_allclose(found.intensity, 90, rtol=1e-3)
    assert np.isnan(from_atomap(am.Sublattice([[35, 14]], pixels)).width).all()


def test_no_columns_make_no_lattice() -> None:
    with pytest.raises(ImageError, match="there are no columns"):
        to_atomap(Columns(np.empty(0), np.empty(0)), drawn_image(None))
