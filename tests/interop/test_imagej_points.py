"""Points land on their pixels in ImageJ."""

import csv
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
from drawn_columns import assert_same_size, drawn_columns, in_frames, needs
from drawn_sizes import PAIRS
from hypothesis import given
from hypothesis import strategies as st

from colonnade import Columns
from colonnade.core.errors import FileError
from colonnade.interop import from_imagej, to_imagej

SINGLE = 2e-6
"""ImageJ's selections have positions in single precision: off by this much at 52 px."""


@needs("roifile")
@pytest.mark.parametrize("suffix", [".roi", ".zip"])
@given(columns=drawn_columns())
def test_a_selection_gives_back_the_points(
    tmp_path_factory: pytest.TempPathFactory, suffix: str, columns: Columns
) -> None:
    path = tmp_path_factory.mktemp("points") / f"a{suffix}"
    to_imagej(columns, path)
    found = from_imagej(path, columns.pixel_size)
    np.testing.assert_allclose(found.positions, columns.positions, rtol=0, atol=SINGLE)
    assert found.pixel_size == columns.pixel_size
    assert not found.labels


@needs("roifile")
@given(columns=drawn_columns())
def test_each_frame_has_a_selection_at_its_slice(
    tmp_path_factory: pytest.TempPathFactory, columns: Columns
) -> None:
    path = tmp_path_factory.mktemp("points") / "a.zip"
    stack = in_frames(columns)
    to_imagej(stack, path)
    found = from_imagej(path)
    assert found.labels["frame"].tolist() == stack.labels["frame"].tolist()
    np.testing.assert_allclose(found.positions, stack.positions, rtol=0, atol=SINGLE)
    names = zipfile.ZipFile(path).namelist()
    assert names == [f"columns-{frame + 1:04d}.roi" for frame in stack.labels["frame"]]


@needs("roifile")
def test_a_selection_has_the_bytes_that_imagej_decodes(tmp_path: Path) -> None:
    """Its decoder documents the header; whole numbers are the centres of pixels."""
    to_imagej(Columns(np.array([7.0, 20.25]), np.array([3.0, 30.5])), tmp_path / "a.roi")
    data = (tmp_path / "a.roi").read_bytes()
    assert data[:4] == b"Iout"
    assert struct.unpack_from(">h", data, 4)[0] >= 222  # versions that know subpixels
    point, subpixels = 10, 128
    assert data[6] == point
    assert struct.unpack_from(">4h", data, 8)[:2] == (7, 3)  # top, left
    assert struct.unpack_from(">h", data, 16)[0] == 2
    assert struct.unpack_from(">h", data, 50)[0] & subpixels
    assert struct.unpack_from(">4f", data, 64 + 2 * 4) == (3.0, 30.5, 7.0, 20.25)


@given(columns=drawn_columns(), stacked=st.booleans())
def test_a_table_gives_back_the_points(
    tmp_path_factory: pytest.TempPathFactory, columns: Columns, stacked: bool
) -> None:
    path = tmp_path_factory.mktemp("points") / "a.csv"
    columns = in_frames(columns) if stacked else columns
    to_imagej(columns, path)
    found = from_imagej(path, columns.pixel_size)
    np.testing.assert_allclose(found.positions, columns.positions, rtol=1e-9, atol=1e-9)
    assert found.labels.keys() == ({"frame"} if stacked else set())
    with path.open(newline="") as file:
        first = next(iter(csv.DictReader(file)))
    assert list(first)[:2] == ["X", "Y"]
    assert first.get("Slice") == ("1" if stacked else None)


@given(columns=drawn_columns(PAIRS))
def test_a_table_for_imagej_is_still_one_of_ours(
    tmp_path_factory: pytest.TempPathFactory, columns: Columns
) -> None:
    path = tmp_path_factory.mktemp("points") / "a.csv"
    to_imagej(columns, path)
    found = Columns.from_csv(path)
    np.testing.assert_allclose(found.positions, columns.positions, rtol=1e-9)
    assert_same_size(found.pixel_size, columns.pixel_size)
    assert found.labels["sublattice"].tolist() == columns.labels["sublattice"].tolist()


def test_measured_points_and_centroids_of_areas_begin_at_different_places(tmp_path: Path) -> None:
    """A point on the first pixel is at (0, 0), an area that is this pixel at (0.5, 0.5)."""
    path = tmp_path / "Results.csv"
    path.write_text(" ,Area,Mean,X,Y,Slice\n1,0,80,0.4,0.3,2\n2,0.02,80,0.5,0.4,3\n")
    found = from_imagej(path, pixel_size=(0.1, 0.2))
    np.testing.assert_allclose(found.positions, [[3, 2], [3.5, 2]])
    assert found.labels["frame"].tolist() == [1, 2]


@needs("roifile")
def test_corners_of_areas_begin_at_the_corner_of_the_first_pixel(tmp_path: Path) -> None:
    import roifile

    corners = np.array([[10.0, 20.0], [12.0, 20.0], [12.0, 21.5]])
    area = roifile.ImagejRoi.frompoints(corners, name="area")
    area.roitype = roifile.ROI_TYPE.POLYGON
    area.tofile(tmp_path / "a.roi")
    found = from_imagej(tmp_path / "a.roi")
    np.testing.assert_allclose(found.positions, corners[:, ::-1] - 0.5)


@needs("roifile")
def test_points_that_were_clicked_through_a_stack_have_a_frame_each(tmp_path: Path) -> None:
    import roifile

    clicked = roifile.ImagejRoi.frompoints([[1.0, 2.0], [3.0, 4.5]], name="clicked")
    clicked.roitype = roifile.ROI_TYPE.POINT
    clicked.counters = np.zeros(2, np.uint8)
    clicked.counter_positions = np.array([3, 1], np.uint32)
    clicked.tofile(tmp_path / "a.roi")
    found = from_imagej(tmp_path / "a.roi")
    assert found.labels["frame"].tolist() == [2, 0]
    assert found.positions.tolist() == [[2, 1], [4.5, 3]]


@needs("roifile")
@pytest.mark.parametrize("place", ["position", "t", "z"])
def test_a_slice_is_a_frame_however_imagej_counts_it(tmp_path: Path, place: str) -> None:
    import roifile

    roifile.ImagejRoi.frompoints([[1.5, 2.0]], **{place: 4}).tofile(tmp_path / "a.roi")
    assert from_imagej(tmp_path / "a.roi").labels["frame"].tolist() == [4]


@needs("roifile")
def test_what_imagej_cannot_read_is_not_written(tmp_path: Path) -> None:
    one = Columns(np.zeros(2), np.zeros(2))
    with pytest.raises(FileError, match=r"call it \.zip, \.roi or \.csv"):
        to_imagej(one, tmp_path / "a.txt")
    with pytest.raises(FileError, match="there are no columns to select"):
        to_imagej(one[:0], tmp_path / "a.zip")
    with pytest.raises(FileError, match="not one for each frame"):
        to_imagej(one.with_labels(frame=[0, 1]), tmp_path / "a.roi")
    assert not list(tmp_path.iterdir())


@needs("roifile")
def test_what_holds_no_points_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.roi").write_bytes(b"Iou")
    (tmp_path / "a.csv").write_text("x,y\n1,2\n")
    with pytest.raises(FileError, match="holds no selections of ImageJ"):
        from_imagej(tmp_path / "a.roi")
    with pytest.raises(FileError, match="no table of ImageJ with the columns X and Y"):
        from_imagej(tmp_path / "a.csv")
    with pytest.raises(FileError, match="holds no selections of ImageJ"):
        from_imagej(tmp_path / "b.zip")
