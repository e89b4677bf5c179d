"""Formats that hold a tilt series say its angles, each in its own way, and none is made even."""

import json
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from numpy.typing import NDArray

from colonnade.core.files.open import describe, read, read_volume
from colonnade.core.files.tilts import listed_tilts, stage_tilt

VIEWS = np.random.default_rng(5).integers(0, 999, (5, 12, 16)).astype(np.uint16)
UNEVEN = (-60.0, -31.0, 0.0, 29.0, 60.0)


def write_velox(path: Path, tilts: tuple[float, ...], views: NDArray[np.uint16] = VIEWS) -> None:
    """Metadata of every frame, one after the other, as Velox lays them out."""
    with h5py.File(path, "w") as file:
        version = json.dumps({"format": "Velox", "version": "8"}).encode()
        file.create_dataset("Version", data=[version], dtype=h5py.string_dtype("utf-8"))
        group = file.create_group(f"Data/Image/{7:032x}")
        group["Data"] = np.moveaxis(views, 0, -1)
        written = [json.dumps(velox_metadata(tilt)).encode().ljust(2000, b"\0") for tilt in tilts]
        group["Metadata"] = np.stack([np.frombuffer(text, "u1") for text in written], axis=1)


def velox_metadata(tilt: float) -> dict[str, Any]:
    return {
        "BinaryResult": {
            "PixelSize": {"height": "2e-9", "width": "2e-9"},
            "PixelUnitX": "m",
            "PixelUnitY": "m",
            "Offset": {"x": "0", "y": "0"},
            "DetectorIndex": "0",
        },
        "Detectors": {"Detector-0": {"DetectorName": "HAADF"}},
        "Acquisition": {"AcquisitionStartDatetime": {"DateTime": "1600000000"}},
        "Scan": {"FrameTime": "2.0"},
        "Stage": {"AlphaTilt": repr(float(np.deg2rad(tilt)))},
    }


def write_berkeley(
    path: Path, tilts: tuple[float, ...], unit: str = "[deg]", transposed: bool = False
) -> None:
    with h5py.File(path, "w") as file:
        file.attrs["version_major"], file.attrs["version_minor"] = 0, 2
        group = file.create_group("data/rod")
        group.attrs["emd_group_type"] = 1
        group["data"] = VIEWS.T if transposed else VIEWS
        sides = (2.0 * np.arange(12), "y", "[n_m]"), (2.0 * np.arange(16), "x", "[n_m]")
        axes = [(np.array(tilts), "tilt", unit), *sides]
        for place, (values, name, of) in enumerate(axes[:: -1 if transposed else 1], 1):
            dimension = group.create_dataset(f"dim{place}", data=values)
            dimension.attrs["name"], dimension.attrs["units"] = np.bytes_(name), np.bytes_(of)


def write_hspy(path: Path, first: dict[str, Any], **metadata: Any) -> None:
    from rsciio.hspy import file_writer

    sides = [
        {"name": name, "size": size, "scale": 2.0, "offset": 0.0, "units": "nm", "navigate": False}
        for name, size in (("y", 12), ("x", 16))
    ]
    kind = {"General": {"title": "rod"}, "Signal": {"signal_type": ""}}
    axes = [{"size": 5, "navigate": True, **first}, *sides]
    said = {"data": VIEWS, "axes": axes, "metadata": {**kind, **metadata}}
    empty = {"original_metadata": {}, "learning_results": {}, "models": {}, "package_info": {}}
    file_writer(str(path), {**said, **empty, "attributes": {"_lazy": False}, "tmp_parameters": {}})


COUNTED = {"name": "frame", "scale": 1.0, "offset": 0.0, "units": ""}


def write_uneven_hspy(path: Path, tilts: tuple[float, ...]) -> None:
    write_hspy(path, {"name": "tilt", "axis": np.array(tilts), "units": "deg"})


def write_listed_hspy(path: Path, tilts: tuple[float, ...]) -> None:
    write_hspy(path, COUNTED, Tomography={"tilts": np.array(tilts)[:, None]})


def write_stage_hspy(path: Path, tilts: tuple[float, ...]) -> None:
    stage = {"TEM": {"Stage": {"tilt_alpha": list(tilts)}}}
    write_hspy(path, COUNTED, Acquisition_instrument=stage)


def write_transposed_berkeley(path: Path, tilts: tuple[float, ...]) -> None:
    write_berkeley(path, tilts, transposed=True)


def write_berkeley_in_radians(path: Path, tilts: tuple[float, ...]) -> None:
    write_berkeley(path, tuple(np.deg2rad(tilts)), "[rad]")


WRITERS = [
    (".emd", write_velox),
    (".emd", write_berkeley),
    (".emd", write_transposed_berkeley),
    (".emd", write_berkeley_in_radians),
    (".h5", write_berkeley),
    (".hspy", write_uneven_hspy),
    (".hspy", write_listed_hspy),
    (".hspy", write_stage_hspy),
]


@pytest.mark.parametrize(("suffix", "write"), WRITERS)
def test_the_angles_are_those_that_were_written(tmp_path: Path, suffix: str, write: Any) -> None:
    path = tmp_path / f"rod{suffix}"
    write(path, UNEVEN)
    (signal,) = describe(path)
    assert signal.kind == "tilt series"
    volume = read_volume(path)
    assert volume.metadata["tilts"] == pytest.approx(UNEVEN, abs=1e-9)
    assert volume.voxel_size == pytest.approx((None, 2.0, 2.0))
    np.testing.assert_array_equal(volume.voxels[:, :, :], VIEWS)


def test_frames_at_one_tilt_are_no_series(tmp_path: Path) -> None:
    write_velox(tmp_path / "rod.emd", (12.0, 12.01, 12.0, 11.99, 12.0))
    assert describe(tmp_path / "rod.emd")[0].kind == "stack"


def test_velox_says_the_tilt_of_a_single_view(tmp_path: Path) -> None:
    write_velox(tmp_path / "rod.emd", (-31.25,), VIEWS[:1])
    assert stage_tilt(read(tmp_path / "rod.emd").metadata) == pytest.approx(-31.25)


@pytest.mark.parametrize(
    "tilts", [UNEVEN[:4], (0.0, 1.0, 2.0, 3.0, 200.0), (1.0,) * 5, "-60:0", 3.0, None]
)
def test_what_is_no_list_of_tilts_is_left_alone(tilts: object) -> None:
    assert listed_tilts({"Tomography": {"tilts": tilts}}, 5) is None


def test_a_list_may_be_a_signal_of_its_own() -> None:
    nested = {"Tomography": {"_sig_tilts": {"data": np.array(UNEVEN)[:, None]}}}
    assert listed_tilts(nested, 5) == list(UNEVEN)
