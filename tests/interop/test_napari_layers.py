"""Layers lie where the pixels are, in nm, and carry all that is known of each column."""

from typing import Any

import numpy as np
import pytest
from drawn_columns import (
    CALIBRATIONS,
    assert_same,
    assert_same_size,
    drawn_columns,
    drawn_image,
    drawn_volume,
    in_frames,
    needs,
)
from drawn_sizes import SIZES
from hypothesis import given
from hypothesis import strategies as st

from colonnade import Columns, Micrograph
from colonnade.core.errors import ImageError
from colonnade.core.images.volume import Volume
from colonnade.interop import from_napari, to_napari


def test_points_are_scaled_as_the_image_that_they_lie_on() -> None:
    columns = Columns(np.array([1.0]), np.array([2.0]), pixel_size=(9.0, 9.0))
    (_, shown, _), (data, points, kind) = to_napari(drawn_image((0.02, 0.05)), columns)
    assert shown["scale"] == points["scale"] == [0.02, 0.05]
    assert shown["units"] == points["units"] == ["nm", "nm"]
    assert kind == "points"
    assert data.tolist() == [[1, 2]]
    ((_, alone, _),) = to_napari(columns=columns)
    assert alone["scale"] == [9.0, 9.0]
    (_, shown, _), (data, points, _) = to_napari(
        drawn_volume((None, 0.02, 0.05)), columns.with_labels(frame=3)
    )
    assert shown["scale"] == points["scale"] == [1.0, 0.02, 0.05]
    assert shown["units"] == points["units"] == ["pixel", "nm", "nm"]
    assert data.tolist() == [[3, 1, 2]]


def test_features_are_everything_but_the_position() -> None:
    columns = Columns(np.array([1.0]), np.array([2.0]), score=np.array([0.5]), pixel_size=(1, 1))
    ((_, shown, _),) = to_napari(columns=columns.with_labels(sublattice="A"))
    assert list(shown["features"]) == [
        "sigma_y_px", "sigma_x_px", "score", "intensity", "width_px", "sublattice",
    ]  # fmt: skip


pytestmark: list[Any] = [pytest.mark.filterwarnings("ignore")]


def layer(data: Any, shown: dict[str, Any], kind: str) -> Any:
    from napari.layers import Layer

    return Layer.create(data, shown, kind)


@needs("napari")
@given(columns=drawn_columns(), stacked=st.booleans())
def test_points_give_back_the_columns(columns: Columns, stacked: bool) -> None:
    columns = in_frames(columns) if stacked else columns
    (made,) = to_napari(columns=columns)
    assert_same(from_napari(layer(*made)), columns)


@needs("napari")
@given(pixel_size=CALIBRATIONS)
def test_an_image_comes_back(pixel_size: tuple[float, float] | None) -> None:
    (made,) = to_napari(drawn_image(pixel_size))
    found = from_napari(layer(*made))
    assert isinstance(found, Micrograph)
    np.testing.assert_array_equal(found.pixels, drawn_image(None).pixels, strict=True)
    assert_same_size(found.pixel_size, pixel_size)
    assert found.name == "drawn"


@needs("napari")
@given(sizes=st.tuples(st.none() | SIZES, SIZES, SIZES))
def test_a_volume_comes_back(sizes: tuple[float | None, float, float]) -> None:
    (made,) = to_napari(drawn_volume(sizes))
    assert hasattr(made[0], "dask")
    found = from_napari(layer(*made))
    assert isinstance(found, Volume)
    assert_same_size(found.voxel_size, sizes)
    np.testing.assert_array_equal(found.plane(7), drawn_volume(sizes).plane(7), strict=True)


@needs("napari")
def test_points_that_were_moved_and_added_are_where_they_are() -> None:
    columns = Columns(np.array([1.0, 5.0]), np.array([2.0, 6.0]), pixel_size=(0.5, 0.25))
    points = layer(*to_napari(columns=columns.with_labels(sublattice=["A", "B"]))[0])
    points.data = [[1.5, 2], [5, 6]]
    points.add([[8, 9]])
    found = from_napari(points)
    assert isinstance(found, Columns)
    assert found.positions.tolist() == [[1.5, 2], [5, 6], [8, 9]]
    assert found.labels["sublattice"].tolist()[:2] == ["A", "B"]
    assert found.pixel_size == (0.5, 0.25)


@needs("napari")
def test_other_units_become_nm_and_colours_grey() -> None:
    from napari.layers import Image

    found = from_napari(Image(np.ones((4, 5)), scale=[2, 3], units=["um", "angstrom"]))
    assert isinstance(found, Micrograph)
    assert found.pixel_size == pytest.approx((2000, 0.3))
    colours = np.zeros((4, 5, 3), np.uint8)
    colours[..., 1] = 100
    found = from_napari(Image(colours, rgb=True))
    assert isinstance(found, Micrograph)
    assert found.pixels == pytest.approx(58.7)
    assert found.pixel_size is None


@needs("napari")
def test_what_is_neither_image_nor_points_is_said() -> None:
    from napari.layers import Image, Points, Shapes

    with pytest.raises(ImageError, match="neither an image nor points"):
        from_napari(Shapes(name="outline"))
    with pytest.raises(ImageError, match="has 4 axes; choose one image or stack"):
        from_napari(Image(np.zeros((2, 3, 4, 5))))
    with pytest.raises(ImageError, match="have 4 axes, not 2 or 3"):
        from_napari(Points(np.zeros((2, 4))))
