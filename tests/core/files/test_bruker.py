"""Of a Bruker .bcf the images are opened; of its spectra it is said what they are."""

from pathlib import Path

import numpy as np
import pytest
from bruker_files import write_bcf

from colonnade.core.errors import FileError, ImageError
from colonnade.core.files.open import describe, read
from colonnade.core.files.tilts import stage_tilt

GREY = np.random.default_rng(4).integers(1, 60_000, (12, 16)).astype(np.uint16)


def test_the_image_beside_a_spectrum_image_opens(tmp_path: Path) -> None:
    write_bcf(tmp_path / "a.bcf", {"HAADF": GREY}, tilt=-24.5)
    assert [signal.kind for signal in describe(tmp_path / "a.bcf")] == ["image", "spectrum"]
    image = read(tmp_path / "a.bcf")
    np.testing.assert_array_equal(image.pixels, GREY)
    assert image.pixel_size == pytest.approx((2.0, 3.0))
    assert stage_tilt(image.metadata) == -24.5


def test_one_of_several_detectors_is_named(tmp_path: Path) -> None:
    write_bcf(tmp_path / "a.bcf", {"BF": GREY[::-1], "HAADF": GREY})
    with pytest.raises(ImageError, match="2 images; choose one with --signal: 0 'BF'"):
        read(tmp_path / "a.bcf")
    np.testing.assert_array_equal(read(tmp_path / "a.bcf", signal="HAADF").pixels, GREY)


def test_an_overview_is_called_one(tmp_path: Path) -> None:
    wide = np.tile(GREY, (3, 3))
    write_bcf(tmp_path / "a.bcf", {"Ch 1": GREY}, overview=wide)
    np.testing.assert_array_equal(read(tmp_path / "a.bcf", signal="Ch 1").pixels, GREY)
    np.testing.assert_array_equal(read(tmp_path / "a.bcf", signal="overview Ch 1").pixels, wide)


def test_without_an_image_there_is_nothing_to_open(tmp_path: Path) -> None:
    write_bcf(tmp_path / "a.bcf", {"HAADF": np.zeros_like(GREY)})
    with pytest.raises(ImageError, match="holds a spectrum or spectrum image, not a micrograph"):
        read(tmp_path / "a.bcf")


def test_without_a_scale_there_are_no_nm(tmp_path: Path) -> None:
    write_bcf(tmp_path / "a.bcf", {"HAADF": GREY}, size_um=None)
    image = read(tmp_path / "a.bcf")
    assert image.pixel_size is None
    assert stage_tilt(image.metadata) is None


def test_a_file_that_is_cut_short_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.bcf"
    write_bcf(path, {"HAADF": GREY})
    path.write_bytes(path.read_bytes()[:70_000])
    with pytest.raises(FileError, match=r"a\.bcf cannot be read as Bruker"):
        read(path)
