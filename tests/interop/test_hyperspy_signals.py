"""Signals keep their calibration, and markers lie on the columns, also on a cropped signal."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from drawn_columns import (
    CALIBRATIONS,
    SHAPE,
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

import colonnade
from colonnade import Columns, Micrograph
from colonnade.core.errors import ImageError
from colonnade.core.files.batch import sample
from colonnade.core.files.open import read_volume
from colonnade.core.images.volume import Volume
from colonnade.interop import from_hyperspy, from_markers, to_hyperspy, to_markers

pytestmark = [needs("hyperspy"), pytest.mark.filterwarnings("ignore")]


@given(pixel_size=CALIBRATIONS)
def test_an_image_comes_back(pixel_size: tuple[float, float] | None) -> None:
    image = drawn_image(pixel_size)
    signal = to_hyperspy(image)
    assert signal.axes_manager.signal_shape == SHAPE[::-1]
    found = from_hyperspy(signal)
    assert isinstance(found, Micrograph)
    np.testing.assert_array_equal(found.pixels, image.pixels, strict=True)
    assert_same_size(found.pixel_size, pixel_size)
    assert found.name == "drawn"
    assert found.metadata["General"]["operator"] == "nobody"


@given(sizes=st.tuples(st.none() | SIZES, SIZES, SIZES))
def test_a_volume_comes_back_and_is_not_read_on_the_way(
    sizes: tuple[float | None, float, float],
) -> None:
    signal = to_hyperspy(drawn_volume(sizes))
    assert signal._lazy
    found = from_hyperspy(signal)
    assert isinstance(found, Volume)
    assert_same_size(found.voxel_size, sizes)
    np.testing.assert_array_equal(found.plane(7), drawn_volume(sizes).plane(7), strict=True)


def test_of_a_lazy_signal_only_what_is_needed_is_calculated() -> None:
    import dask.array
    import hyperspy.api as hs

    made: list[int] = []

    def plane(block_info: Any = None) -> Any:
        made.append(block_info[None]["chunk-location"][0])
        return np.full((1, 4, 6), made[-1], np.float32)

    array = dask.array.map_blocks(plane, chunks=((1,) * 5, (4,), (6,)), dtype=np.float32)
    volume = from_hyperspy(hs.signals.Signal2D(array).as_lazy())
    assert isinstance(volume, Volume)
    made.clear()
    assert (volume.plane(3) == 3).all()
    assert made == [3]


@given(
    columns=drawn_columns(),
    offset=st.tuples(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3)),
    stacked=st.booleans(),
)
def test_markers_give_back_the_columns(
    columns: Columns, offset: tuple[float, float], stacked: bool
) -> None:
    columns = in_frames(columns) if stacked else columns
    size = columns.pixel_size
    image = drawn_volume((None, *(size or (None, None)))) if stacked else drawn_image(size)
    signal = to_hyperspy(image)
    for axis, pixels in zip(signal.axes_manager.signal_axes, offset, strict=True):
        axis.offset = pixels * axis.scale
    markers = to_markers(columns, signal)
    found = from_markers(markers, signal)
    np.testing.assert_allclose(found.positions, columns.positions, rtol=0, atol=1e-9)
    assert_same_size(found.pixel_size, size)
    assert found.labels.keys() == ({"frame"} if stacked else set())
    x_axis, y_axis = signal.axes_manager.signal_axes
    first = markers.kwargs["offsets"][0] if not stacked else markers.kwargs["offsets"][0][0]
    wanted = [columns.x[0] * x_axis.scale + x_axis.offset, columns.y[0] * y_axis.scale]
    assert first[0] == pytest.approx(wanted[0], rel=1e-9, abs=1e-9 * x_axis.scale)
    assert first[1] - y_axis.offset == pytest.approx(wanted[1], abs=1e-9 * y_axis.scale)


def test_columns_are_saved_with_the_signal(tmp_path: Path) -> None:
    import hyperspy.api as hs

    columns = Columns(np.array([2.5, 20.0]), np.array([4.0, 33.25]), pixel_size=(0.02, 0.05))
    to_hyperspy(drawn_image((0.02, 0.05)), columns).save(tmp_path / "a.hspy")
    loaded = hs.load(tmp_path / "a.hspy")
    found = from_markers(loaded.metadata.Markers.columns, loaded)
    np.testing.assert_allclose(found.positions, columns.positions)
    # A file that HyperSpy wrote is the same image, whoever opens it.
    ours, theirs = colonnade.read(tmp_path / "a.hspy"), from_hyperspy(loaded)
    assert isinstance(theirs, Micrograph)
    assert_same_size(ours.pixel_size, theirs.pixel_size)
    np.testing.assert_array_equal(ours.pixels, theirs.pixels)


def test_the_units_of_a_signal_become_nm_and_its_tilts_degrees() -> None:
    import hyperspy.api as hs

    axes = [
        {
            "name": "tilt",
            "size": 5,
            "scale": 2.0,
            "offset": -4.0,
            "units": "deg",
            "navigate": True,
        },
        {"name": "y", "size": 4, "scale": 0.3, "units": "µm"},
        {"name": "x", "size": 6, "scale": 2.0, "units": "Å"},
    ]
    volume = from_hyperspy(hs.signals.Signal2D(np.zeros((5, 4, 6)), axes=axes))
    assert isinstance(volume, Volume)
    assert volume.voxel_size == pytest.approx((None, 300, 0.2))
    assert volume.metadata["tilts"] == [-4, -2, 0, 2, 4]


@pytest.mark.parametrize("tilts", [[-4.0, -1.5, 1.0, 3.5], [-60.0, -3.0, 3.0, 60.5]])
def test_the_tilts_of_a_series_come_back(tmp_path: Path, tilts: list[float]) -> None:
    import hyperspy.api as hs

    series = Volume(np.ones((4, 5, 6), np.float32), (None, 0.2, 0.3), "series", {"tilts": tilts})
    signal = to_hyperspy(series)
    (axis,) = signal.axes_manager.navigation_axes
    assert axis.axis == pytest.approx(np.array(tilts))
    signal.save(tmp_path / "a.hspy")
    for found in (from_hyperspy(hs.load(tmp_path / "a.hspy")), read_volume(tmp_path / "a.hspy")):
        assert isinstance(found, Volume)
        assert found.metadata["tilts"] == pytest.approx(tilts)
        assert found.voxel_size == pytest.approx((None, 0.2, 0.3))


def test_what_is_no_image_is_said() -> None:
    import hyperspy.api as hs

    with pytest.raises(ImageError, match="holds a spectrum"):
        from_hyperspy(hs.signals.Signal1D(np.zeros((4, 8))))
    with pytest.raises(ImageError, match="holds complex numbers"):
        from_hyperspy(hs.signals.ComplexSignal2D(np.zeros((4, 8), complex)))
    with pytest.raises(ImageError, match="has a calibration of its own; take it with colonnade"):
        colonnade.locate(hs.signals.Signal2D(np.zeros((4, 8))))


def test_a_signal_of_the_type_micrograph_finds_its_columns() -> None:
    import hyperspy.api as hs

    image = colonnade.read(sample())
    signal = to_hyperspy(Micrograph(image.pixels[:120, :160], image.pixel_size, "corner"))
    signal.set_signal_type("micrograph")
    columns = signal.locate()
    assert len(columns) > 20
    assert columns.pixel_size == image.pixel_size
    marked = from_markers(signal.metadata.Markers.columns, signal)
    np.testing.assert_allclose(marked.positions, columns.positions, rtol=0, atol=1e-9)
    assert len(signal.locate(threshold=1.0)) == 0
    assert len(signal.metadata.Markers.columns.kwargs["offsets"]) == 0
    lazy = hs.signals.Signal2D(signal.data).as_lazy()
    lazy.set_signal_type("micrograph")
    assert type(lazy).__name__ == "LazyMicrographSignal"


def test_a_signal_of_the_type_micrograph_is_upscaled_and_denoised(tmp_path: Path) -> None:
    import hyperspy.api as hs

    image = colonnade.read(sample("sem.tif"))
    signal = to_hyperspy(Micrograph(image.pixels[:48, :64], image.pixel_size, "corner"))
    signal.set_signal_type("micrograph")
    finer, half_width = signal.upscale(2)
    assert finer.data.shape == half_width.data.shape == (96, 128)
    assert finer.data.dtype == image.pixels.dtype
    x_axis, y_axis = finer.axes_manager.signal_axes
    assert image.pixel_size == pytest.approx((2 * y_axis.scale, 2 * x_axis.scale))
    assert finer.metadata.Colonnade.factor == 2
    assert (half_width.data > 0).all()
    clean = signal.denoise()
    assert isinstance(clean, hs.signals.Signal2D)
    assert clean.data.shape == (48, 64)
    assert "sentence" in clean.metadata.Colonnade
    finer.save(tmp_path / "finer.hspy")
    assert hs.load(tmp_path / "finer.hspy").metadata.Colonnade.model == "light-x2"
