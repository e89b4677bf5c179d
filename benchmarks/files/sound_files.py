"""Small sound files of each kind that Colonnade reads and that need no microscope."""

import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

import h5py
import numpy as np
import tifffile
import zarr
from numpy.typing import NDArray
from PIL import Image
from zarr.codecs import GzipCodec

from colonnade.atoms.columns import Columns
from colonnade.core.files.ome_zarr import write_ome_zarr
from colonnade.core.files.write import write_mrc, write_tiff
from colonnade.core.images.volume import Volume
from colonnade.core.learn.model import find_model, read_card, save_with_card
from colonnade.core.work.recipe import dumps
from colonnade.tomo.reconstruct.align.alignment import Alignment

sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))
write_bcf: Any = import_module("bruker_files").write_bcf

SIDE = 24
"""Rows and columns of images [px]."""


def make_sound_files(folder: Path) -> list[Path]:
    """Write one file of each kind."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in _MAKERS.items():
        make(folder / name)
    return [folder / name for name in _MAKERS]


def _image() -> NDArray[np.uint16]:
    generator = np.random.default_rng(0)
    return generator.poisson(40, (SIDE, SIDE)).astype(np.uint16)


def _stack() -> NDArray[np.uint16]:
    return np.stack([_image() for _ in range(3)])


def _tiff(path: Path) -> None:
    write_tiff(path, _image(), (0.02, 0.03))


def _packed_tiff(path: Path) -> None:
    tifffile.imwrite(path, _stack(), compression="zlib", tile=(16, 16), metadata={"axes": "TYX"})


def _lzw_tiff(path: Path) -> None:
    Image.fromarray(_image().astype(np.uint8)).save(path, compression="tiff_lzw")


def _colour_tiff(path: Path) -> None:
    tifffile.imwrite(path, np.stack([_image()] * 3, axis=-1), photometric="rgb")


def _mrc(path: Path) -> None:
    write_mrc(path, Volume(_stack().astype(np.float32), (0.5, 0.5, 0.5)))


def _picture(path: Path) -> None:
    Image.fromarray(_image().astype(np.uint8)).save(path)


def _npy(path: Path) -> None:
    np.save(path, _image())


def _hdf5(path: Path) -> None:
    with h5py.File(path, "w") as file:
        file["image"] = _image()
        file.create_dataset("packed", data=_stack(), chunks=(1, 8, 8), compression="gzip")


def _berkeley(path: Path) -> None:
    with h5py.File(path, "w") as file:
        file.attrs["version_major"], file.attrs["version_minor"] = 0, 2
        group = file.create_group("data/image")
        group.attrs["emd_group_type"] = 1
        group["data"] = _image()
        for number, name in enumerate("yx", 1):
            axis = group.create_dataset(f"dim{number}", data=np.arange(SIDE) * 0.02)
            axis.attrs["name"], axis.attrs["units"] = name, "[n_m]"


def _hspy(path: Path) -> None:
    from rsciio.hspy import file_writer

    file_writer(str(path), _signal())


def _signal() -> dict[str, Any]:
    """Describe an image as RosettaSciIO's writers want it."""
    axes = [
        {
            "_type": "UniformDataAxis",
            "name": name,
            "size": SIDE,
            "scale": 0.02,
            "offset": 0.0,
            "units": "nm",
            "navigate": False,
            "index_in_array": place,
        }
        for place, name in enumerate("yx")
    ]
    metadata = {"General": {"title": "HAADF"}, "Signal": {"signal_type": ""}}
    extra: dict[str, Any] = {"models": {}, "learning_results": {}, "attributes": {"_lazy": False}}
    extra |= {"package_info": {"package": "", "package_version": ""}, "tmp_parameters": {}}
    return {"data": _image(), "axes": axes, "metadata": metadata, "original_metadata": {}, **extra}


def _zspy(path: Path, store: Any, version: Literal[2, 3]) -> None:
    """Lay groups out as HyperSpy does."""
    signal = _signal()
    group = zarr.open_group(store, mode="w", zarr_format=version).create_group("Experiments/HAADF")
    group.create_array("data", data=signal["data"], chunks=(16, 16))
    for place, axis in enumerate(signal["axes"]):
        group.create_group(f"axis-{place}", attributes=axis)
    for name, value in signal["metadata"].items():
        group.create_group(f"metadata/{name}", attributes=value)
    group.create_group("original_metadata")


def _zspy_folder(path: Path) -> None:
    _zspy(path, str(path), 2)


def _zipped_zspy(path: Path) -> None:
    with zarr.storage.ZipStore(path, mode="w") as store:
        _zspy(path, store, 3)


def _ome_zarr(path: Path) -> None:
    write_ome_zarr(path, Volume(_stack(), (0.5, 0.5, 0.5)))


def _zipped_zarr(path: Path) -> None:
    with zarr.storage.ZipStore(path, mode="w") as store:
        array = zarr.create_array(
            store,
            shape=(3, SIDE, SIDE),
            dtype="u2",
            chunks=(1, 8, 8),
            shards=(3, 8, 8),
            compressors=GzipCodec(),
        )
        array[:] = _stack()


def _bruker(path: Path) -> None:
    write_bcf(path, {"HAADF": _image(), "BF": _image()}, overview=_image()[:12], tilt=3.5)


def _columns(path: Path) -> None:
    generator = np.random.default_rng(1)
    y, x = generator.uniform(0, SIDE, (2, 12))
    Columns(y, x, pixel_size=(0.02, 0.02)).to_csv(path)


def _positions(path: Path) -> None:
    path.write_text("y,x\n1.5,2.5\n3.25,4.75\n", encoding="utf-8")


def _failures(path: Path) -> None:
    rows = "file,frame,results,reason\n/data/a.tif,,a,too dark\n/data/b.tif,3,b,too dark\n"
    path.write_text(rows, encoding="utf-8")


def _angles(path: Path) -> None:
    path.write_text("".join(f"{tilt:.2f}\n" for tilt in range(-60, 61, 10)), encoding="utf-8")


def _mdoc(path: Path) -> None:
    sections = [f"[ZValue = {n}]\nTiltAngle = {10 * n - 30}\n" for n in range(7)]
    path.write_text("PixelSpacing = 5.0\n\n" + "\n".join(sections), encoding="utf-8")


def _alignment(path: Path) -> None:
    shifts = np.array([[0.0, 1.0], [0.5, 0.0]])
    Alignment(shifts, 1.0, 0.5, 2.0, 1.0, 0.1, 0.1, 0.01, ("a note",)).save(path)


def _recipe(path: Path) -> None:
    from colonnade.atoms.simulate.image import Simulation

    path.write_text(dumps(Simulation()), encoding="utf-8")


def _training(path: Path) -> None:
    from colonnade.atoms.train.task import AtomsRecipe

    path.write_text(dumps(AtomsRecipe()), encoding="utf-8")


def _model(path: Path) -> None:
    save_with_card(find_model("tomo-seed"), read_card("tomo-seed"), path)


_MAKERS: dict[str, Callable[[Path], None]] = {
    "image.tif": _tiff,
    "packed.tif": _packed_tiff,
    "lzw.tif": _lzw_tiff,
    "colour.tif": _colour_tiff,
    "volume.mrc": _mrc,
    "image.png": _picture,
    "image.jpg": _picture,
    "image.bmp": _picture,
    "image.npy": _npy,
    "image.h5": _hdf5,
    "image.emd": _berkeley,
    "image.hspy": _hspy,
    "image.zspy": _zspy_folder,
    "zipped.zspy": _zipped_zspy,
    "volume.zarr": _ome_zarr,
    "zipped.zarr": _zipped_zarr,
    "map.bcf": _bruker,
    "image.columns.csv": _columns,
    "positions.csv": _positions,
    "failed-locate.csv": _failures,
    "angles.tlt": _angles,
    "angles.mdoc": _mdoc,
    "series.alignment.json": _alignment,
    "recipe.toml": _recipe,
    "train.toml": _training,
    "model.onnx": _model,
}
