"""Write images and volumes as OME-Zarr 0.5, slab by slab."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from colonnade.core.errors import FileError, ImageError
from colonnade.core.files.planes import Planes, as_planes
from colonnade.core.images.volume import Volume, VoxelSize
from colonnade.core.work.temporary import temporary_beside
from colonnade.core.work.writing import explain

CHUNK_SIDE, CHUNK_DEPTH = 256, 8
"""Rows and columns, and planes, of the voxels that are read together."""

CHUNKS_PER_SHARD = 4
"""So many chunks along y and x share a file, where the array is large."""

_CHUNK = (CHUNK_DEPTH, CHUNK_SIDE, CHUNK_SIDE)

_LARGE_BYTES = 1 << 26


def write_ome_zarr(
    path: str | Path, voxels: ArrayLike | Volume | Planes, voxel_size: VoxelSize | None = None
) -> None:
    """Write an image or a volume as OME-Zarr 0.5, in its own type.

    Parameters
    ----------
    path
        The folder to write, with the suffix .zarr; one of Zarr that exists is replaced.
    voxels
        Grey levels, axes (y, x) or (z, y, x); what is true or false becomes 8 bit, 1 or 0.
    voxel_size
        Size of a voxel along (z, y, x) [nm], None along an axis that has no calibration; or None
        where there is none at all, or what is written is a volume that has its own.

    Raises
    ------
    ImageError
        If the voxels are no real numbers.
    FileError
        If the folder cannot be written.
    """
    import zarr

    path, planes = Path(path), as_planes(voxels)
    if planes.number_type.kind not in "uif":
        raise ImageError(f"{planes.number_type} is no grey level; convert it to a real number")
    sizes = planes.voxel_size if voxel_size is None else voxel_size
    axes = ["z", "y", "x"][-len(planes.shape) :]
    with _atomic_folder(path) as temporary:
        ome = ome_metadata(path.stem, axes, sizes[-len(axes) :])
        group = zarr.open_group(temporary, mode="w", zarr_format=3, attributes={"ome": ome})
        array = group.create_array(
            "0",
            shape=planes.shape,
            dtype=planes.number_type,
            dimension_names=axes,
            **_layout(planes),
        )
        _fill(array, planes)


def _layout(planes: Planes) -> dict[str, Any]:
    """Choose chunks, and shards where there would be too many files."""
    chunks = tuple(map(min, planes.shape, _CHUNK[-len(planes.shape) :]))
    if planes.nbytes < _LARGE_BYTES:
        return {"chunks": chunks}
    factors = (1, CHUNKS_PER_SHARD, CHUNKS_PER_SHARD)[-len(chunks) :]
    return {"chunks": chunks, "shards": tuple(a * b for a, b in zip(chunks, factors, strict=True))}


def _fill(array: Any, planes: Planes) -> None:
    """Write as many planes at a time as a chunk is deep."""
    waiting = iter(planes)
    if len(planes.shape) == 2:
        array[:] = next(waiting)
    for start in range(0, planes.count if len(planes.shape) == 3 else 0, _CHUNK[0]):
        slab = list(islice(waiting, min(_CHUNK[0], planes.count - start)))
        if slab:
            array[start : start + len(slab)] = np.stack(slab)
    next(waiting, None)  # says that there are more planes than were to be written


def ome_metadata(name: str, axes: list[str], sizes: tuple[float | None, ...]) -> dict[str, Any]:
    """Describe an image as OME-Zarr does, by its name, and its axes and their steps [nm]."""
    units = [{"unit": "nanometer"} if size else {} for size in sizes]
    scale = {"type": "scale", "scale": [float(size or 1.0) for size in sizes]}
    image = {
        "name": name,
        "axes": [
            {"name": axis, "type": "space", **unit} for axis, unit in zip(axes, units, strict=True)
        ],
        "datasets": [{"path": "0", "coordinateTransformations": [scale]}],
    }
    return {"version": "0.5", "multiscales": [image]}


@contextmanager
def _atomic_folder(path: Path) -> Iterator[Path]:
    """Write to a temporary folder beside `path`, and rename it once all of it is on the disk."""
    _refuse_other(path)
    temporary = temporary_beside(path.with_suffix(".zarr"))
    try:
        yield temporary
        replace_zarr(temporary, path)
    except OSError as error:
        raise FileError(f"{path} cannot be written: {explain(error)}") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def replace_zarr(new: Path, path: Path) -> None:
    """Rename a folder of Zarr once all of it is on the disk; one of the name is replaced.

    Raises
    ------
    FileError
        If what has the name is no Zarr, or the disk does not let it be done.
    """
    _refuse_other(path)
    try:
        _flush(new)
        _replace(new, path)
    except OSError as error:
        raise FileError(f"{path} cannot be written: {explain(error)}") from error


def _refuse_other(path: Path) -> None:
    if path.exists() and not _is_zarr(path):
        raise FileError(f"{path} cannot be written: it exists and is no Zarr; choose another name")


def _flush(folder: Path) -> None:
    """Wait until every file of a folder is on the disk."""
    for file in folder.rglob("*"):
        if file.is_file():
            with file.open("rb+") as opened:
                os.fsync(opened.fileno())


def _replace(new: Path, path: Path) -> None:
    """Rename a folder; what had the name before is gone only when the new one has it."""
    if not path.exists():
        new.rename(path)
        return
    old = new.with_suffix(".old")
    shutil.rmtree(old, ignore_errors=True)  # a process may have died before it could
    path.rename(old)
    try:
        new.rename(path)
    except OSError:
        old.rename(path)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _is_zarr(path: Path) -> bool:
    return any((path / name).is_file() for name in ("zarr.json", ".zgroup", ".zarray"))
