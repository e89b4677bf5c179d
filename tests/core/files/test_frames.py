"""A large image is read part by part, and is the same as the one that is read whole."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from colonnade.core.files import frames as module
from colonnade.core.files.frames import Parts
from colonnade.core.files.ome_zarr import write_ome_zarr
from colonnade.core.files.open import read_frames
from colonnade.core.files.write import write_mrc, write_tiff
from colonnade.core.images.volume import Volume

PART = (slice(3, 9), slice(2, 12))


@pytest.fixture(autouse=True)
def everything_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST_READ", 0)


def levels(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 200, shape).astype(np.int16)


def test_parts_of_frames_of_any_format(tmp_path: Path) -> None:
    volume = Volume(levels(4, 10, 14), (5.0, 2.0, 3.0))
    write_tiff(tmp_path / "a.tif", volume)
    write_mrc(tmp_path / "a.mrc", volume)
    write_ome_zarr(tmp_path / "a.zarr", volume)
    for name in ("a.tif", "a.mrc", "a.zarr"):
        frames = read_frames(tmp_path / name)[1:]
        assert (len(frames), frames.shape, frames.dtype) == (3, (10, 14), np.int16)
        assert frames.voxel_size == pytest.approx((5.0, 2.0, 3.0))
        grey, remarks = frames.grey(1)
        assert isinstance(grey, Parts)
        assert remarks == ()
        assert np.array_equal(grey[PART], volume.plane(2)[PART])


def test_a_small_frame_is_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST_READ", 2 * 10 * 14)
    write_tiff(tmp_path / "a.tif", image := levels(10, 14))
    grey, _ = read_frames(tmp_path / "a.tif").grey(0)
    assert isinstance(grey, np.ndarray)
    assert np.array_equal(grey, image)


def test_of_colours_the_luminance_is_read_and_that_is_said(tmp_path: Path) -> None:
    colours = np.random.default_rng(0).integers(0, 255, (10, 14, 3)).astype(np.uint8)
    Image.fromarray(colours).save(tmp_path / "a.png")
    frames = read_frames(tmp_path / "a.png")
    assert frames.dtype == np.uint8
    grey, remarks = frames.grey(0)
    assert remarks == ("the image is in colour, so its luminance is used",)
    expected = colours @ [0.299, 0.587, 0.114]
    np.testing.assert_allclose(grey[PART], expected[PART])
