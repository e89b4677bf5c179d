"""Labelled arrays keep the calibration in their coordinates, whatever the order of their axes."""

import numpy as np
import pytest
from drawn_columns import (
    CALIBRATIONS,
    SHAPE,
    assert_same,
    assert_same_size,
    drawn_columns,
    drawn_image,
    drawn_volume,
    needs,
)
from drawn_sizes import SIZES
from hypothesis import given
from hypothesis import strategies as st

from colonnade import Columns, Micrograph
from colonnade.core.errors import ImageError
from colonnade.core.images.volume import Volume
from colonnade.interop import from_xarray, to_xarray

pytestmark = needs("xarray")


@given(columns=drawn_columns())
def test_a_dataset_gives_back_the_columns(columns: Columns) -> None:
    data = to_xarray(columns)
    assert data["x_px"].attrs == {"units": "px"}
    assert_same(from_xarray(data), columns, tolerance=0)


@given(pixel_size=CALIBRATIONS, transposed=st.booleans())
def test_an_image_comes_back(pixel_size: tuple[float, float] | None, transposed: bool) -> None:
    image = drawn_image(pixel_size)
    data = to_xarray(image)
    assert data.sizes == {"y": SHAPE[0], "x": SHAPE[1]}
    found = from_xarray(data.transpose("x", "y") if transposed else data)
    assert isinstance(found, Micrograph)
    np.testing.assert_array_equal(found.pixels, image.pixels, strict=True)
    assert_same_size(found.pixel_size, pixel_size)
    assert found.name == image.name


@given(columns=drawn_columns(st.tuples(SIZES, SIZES)))
def test_columns_lie_on_the_coordinates_of_their_image(columns: Columns) -> None:
    image = to_xarray(drawn_image(columns.pixel_size))
    one = to_xarray(columns).isel(column=0)
    coords = image.isel(y=int(np.round(one["y_px"])), x=int(np.round(one["x_px"])))
    size_y, size_x = columns.pixel_size or (0.0, 0.0)
    assert abs(float(coords.y) - float(one["y_nm"])) <= 0.5 * size_y * (1 + 1e-9)
    assert abs(float(coords.x) - float(one["x_nm"])) <= 0.5 * size_x * (1 + 1e-9)


@given(sizes=st.tuples(st.none() | SIZES, SIZES, SIZES))
def test_a_volume_comes_back_and_is_not_read_on_the_way(
    sizes: tuple[float | None, float, float],
) -> None:
    volume = drawn_volume(sizes)
    data = to_xarray(volume)
    assert data.chunks is not None
    found = from_xarray(data.transpose("x", "z", "y"))
    assert isinstance(found, Volume)
    assert_same_size(found.voxel_size, sizes)
    np.testing.assert_array_equal(found.plane(7), volume.plane(7), strict=True)


def test_other_units_of_length_become_nm() -> None:
    import xarray

    places = {"y": ("y", 3 + 0.5 * np.arange(4), {"units": "µm"}), "x": np.arange(5)}
    image = from_xarray(xarray.DataArray(np.ones((4, 5)), places, ["y", "x"]))
    assert isinstance(image, Micrograph)
    assert image.pixel_size is None  # x has no unit
    places["x"] = ("x", np.arange(5), {"units": "Å"})
    image = from_xarray(xarray.DataArray(np.ones((4, 5)), places, ["y", "x"]))
    assert isinstance(image, Micrograph)
    assert image.pixel_size == pytest.approx((500, 0.1))


def test_what_has_no_place_for_pixels_is_refused() -> None:
    import xarray

    with pytest.raises(ImageError, match="the dimensions are row, column; name them y and x"):
        from_xarray(xarray.DataArray(np.ones((4, 5)), dims=["row", "column"]))
    with pytest.raises(ImageError, match="coordinates of x are not even"):
        from_xarray(xarray.DataArray(np.ones((4, 3)), {"x": [0, 1, 3]}, ["y", "x"]))
