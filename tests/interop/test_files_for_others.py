"""What we write is what other programs expect of a file, by their own validators."""

import io
from pathlib import Path

import numpy as np
import pytest
import tifffile
from drawn_columns import drawn_image, drawn_volume, needs
from drawn_sizes import PAIRS, SIZES
from hypothesis import given
from hypothesis import strategies as st

from colonnade import write_tiff
from colonnade.core.files.ome_zarr import write_ome_zarr
from colonnade.core.files.open import read_volume
from colonnade.core.files.write import write_mrc

VOXEL = (12.5, 0.02, 0.05)


@needs("mrcfile")
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("dtype", ["int8", "int16", "uint16", "float32"])
def test_a_volume_is_valid_mrc2014(tmp_path: Path, dtype: str) -> None:
    import mrcfile

    path = tmp_path / "a.mrc"
    voxels = (drawn_volume(VOXEL).block((slice(None),) * 3) % 100).astype(dtype)
    write_mrc(path, voxels, VOXEL)
    said = io.StringIO()
    assert mrcfile.validate(path, print_file=said), said.getvalue()
    with mrcfile.open(path) as file:
        np.testing.assert_array_equal(file.data, voxels)
        assert file.is_volume()
        size = file.voxel_size
        assert (size.z, size.y, size.x) == pytest.approx([10 * nm for nm in VOXEL])


@needs("ome_zarr_models")
@pytest.mark.parametrize("sizes", [VOXEL, (None, 0.02, 0.05), (None, None, None)])
def test_a_volume_is_valid_ome_zarr(tmp_path: Path, sizes: tuple[float | None, ...]) -> None:
    import zarr
    from ome_zarr_models.v05 import Image

    write_ome_zarr(tmp_path / "a.zarr", drawn_volume((sizes[0], sizes[1], sizes[2])))
    found = Image.from_zarr(zarr.open_group(tmp_path / "a.zarr", mode="r"))
    (multiscale,) = found.ome_attributes.multiscales
    assert [axis.name for axis in multiscale.axes] == ["z", "y", "x"]
    units = [axis.unit for axis in multiscale.axes]
    assert units == ["nanometer" if size else None for size in sizes]


@needs("ome_zarr_models")
def test_an_image_is_valid_ome_zarr(tmp_path: Path) -> None:
    import zarr
    from ome_zarr_models.v05 import Image

    write_ome_zarr(tmp_path / "a.zarr", drawn_image(None).pixels, (None, 0.02, 0.05))
    Image.from_zarr(zarr.open_group(tmp_path / "a.zarr", mode="r"))


@needs("napari_ome_zarr")
@pytest.mark.filterwarnings("ignore")
def test_napari_ome_zarr_reads_a_volume_with_its_scale(tmp_path: Path) -> None:
    from napari_ome_zarr import napari_get_reader

    write_ome_zarr(tmp_path / "a.zarr", drawn_volume(VOXEL))
    read = napari_get_reader(str(tmp_path / "a.zarr"))
    assert read is not None
    data, shown, kind = read(str(tmp_path / "a.zarr"))[0]
    finest = data[0] if isinstance(data, list) else data
    assert kind == "image"
    assert np.ravel(shown["scale"])[-3:] == pytest.approx(VOXEL)
    np.testing.assert_array_equal(
        np.asarray(finest), drawn_volume(VOXEL).block((slice(None),) * 3)
    )


def test_imagej_finds_the_planes_of_a_stack(tmp_path: Path) -> None:
    """It reads the first page alone, and takes the other planes from behind its pixels."""
    write_tiff(tmp_path / "a.tif", drawn_volume(VOXEL))
    planes = drawn_volume(VOXEL).block((slice(None),) * 3)
    with tifffile.TiffFile(tmp_path / "a.tif") as tiff:
        page = tiff.pages[0]
        assert "images=9\n" in page.description
        assert "\nunit=nm\n" in page.description
        assert "\nspacing=12.5" in page.description
        assert page.compression == tifffile.COMPRESSION.NONE
        start = page.dataoffsets[0]
    found = np.fromfile(tmp_path / "a.tif", planes.dtype, planes.size, offset=start)
    np.testing.assert_array_equal(found.reshape(planes.shape), planes)


@given(pixel_size=PAIRS, spacing=SIZES)
def test_a_tiff_has_the_tags_of_digital_micrograph(
    tmp_path_factory: pytest.TempPathFactory, pixel_size: tuple[float, float], spacing: float
) -> None:
    """Unit, origin and scale of x, y and z, as DigitalMicrograph writes them itself."""
    path = tmp_path_factory.mktemp("tiff") / "a.tif"
    write_tiff(path, drawn_volume((spacing, *pixel_size)))
    with tifffile.TiffFile(path) as tiff:
        tags = tiff.pages[0].tags
        assert [tags[code].value for code in (65003, 65004, 65005)] == ["nm"] * 3
        assert [tags[code].value for code in (65006, 65007, 65008)] == [0.0] * 3
        scales = [tags[code].value for code in (65009, 65010, 65011)]
        assert scales == [pixel_size[1], pixel_size[0], spacing]
        assert {tags[code].dtype.name for code in (65006, 65009)} == {"DOUBLE"}
    assert read_volume(path).voxel_size == pytest.approx((spacing, *pixel_size), rel=1e-9)


@given(size=SIZES, spacing=st.none() | SIZES)
def test_rosettasciio_reads_square_pixels_alike(
    tmp_path_factory: pytest.TempPathFactory, size: float, spacing: float | None
) -> None:
    from rsciio.tiff import file_reader

    path = tmp_path_factory.mktemp("tiff") / "a.tif"
    write_tiff(path, drawn_volume((spacing, size, size)))
    (found,) = file_reader(str(path))
    axes = found["axes"][-3:]
    assert [axis["units"] for axis in axes[-2:]] == ["nm", "nm"]
    assert [axis["scale"] for axis in axes[-2:]] == pytest.approx([size, size], rel=1e-4)
    assert [axis["offset"] for axis in axes[-2:]] == [0, 0]
    if spacing is not None:
        assert axes[0]["scale"] == pytest.approx(spacing, rel=1e-4)
