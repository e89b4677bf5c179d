"""Images that are written part by part, in any order, and go on where they were.

A canvas lies in a folder for what is not done. Once all of it is written it is moved to its
place, so that nothing half done ever stands there.
"""

import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import prod
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from colonnade.core.arrays import Single
from colonnade.core.errors import FileError
from colonnade.core.files.ome_zarr import CHUNK_SIDE, CHUNKS_PER_SHARD, ome_metadata, replace_zarr
from colonnade.core.files.tiff_tags import MOST_TIFF_BYTES, tiff_options
from colonnade.core.images.tiles import Place
from colonnade.core.images.volume import VoxelSize
from colonnade.core.work.temporary import remove_all
from colonnade.core.work.writing import explain, flush_folder

Format = Literal["tiff", "ome-zarr"]
"""What images are written as."""

ENDINGS: dict[Format, str] = {"tiff": ".tif", "ome-zarr": ".ome.zarr"}
"""Ending of the name of each."""

SHARD_SIDE = CHUNK_SIDE * CHUNKS_PER_SHARD
"""Parts that begin at multiples of this write each file of a store once [px]."""

Part = tuple[slice, slice]
"""Rows and columns."""


class Canvas(Protocol):
    """Planes of grey levels that are written and read part by part."""

    @property
    def shape(self) -> tuple[int, int, int]:
        """Planes, rows and columns."""

    @property
    def dtype(self) -> np.dtype[Any]:
        """Number type of the grey levels."""

    def write(self, plane: int, part: Part, levels: NDArray[Any]) -> None:
        """Write a part of a plane."""

    def read(self, plane: int, part: Part) -> NDArray[Any]:
        """Read a part of a plane."""

    def flush(self) -> None:
        """Wait until all that was written is on the disk."""

    def close(self) -> None:
        """Let go of the file."""


@dataclass(frozen=True)
class Sheet:
    """What a canvas is to hold.

    Parameters
    ----------
    shape
        Axes (y, x) or (z, y, x).
    dtype
        Number type of the grey levels.
    voxel_size
        Size of a voxel along (z, y, x) [nm]; None along an axis that has no calibration.
    metadata
        What is to be known of the image; of text, numbers, lists and tables.
    """

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    voxel_size: VoxelSize = (None, None, None)
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @property
    def nbytes(self) -> int:
        """Size of all grey levels [bytes]."""
        return prod(self.shape) * self.dtype.itemsize

    @property
    def planes(self) -> tuple[int, int, int]:
        """Planes, rows and columns."""
        depth, height, width = (1, *self.shape)[-3:]
        return depth, height, width


class Memory:
    """A canvas that is an array.

    Parameters
    ----------
    sheet
        What it holds.
    """

    def __init__(self, sheet: Sheet) -> None:
        self.shape, self.dtype = sheet.planes, sheet.dtype
        self.array = np.zeros(sheet.shape, sheet.dtype)
        self._planes = self.array.reshape(self.shape)

    def write(self, plane: int, part: Part, levels: NDArray[Any]) -> None:
        """Write a part of a plane."""
        self._planes[(plane, *part)] = levels

    def read(self, plane: int, part: Part) -> NDArray[Any]:
        """Read a part of a plane."""
        return self._planes[(plane, *part)]

    def flush(self) -> None:
        """There is no disk to wait for."""

    def close(self) -> None:
        """There is no file to let go of."""


@dataclass(frozen=True, eq=False)
class Plane:
    """One plane of a canvas, for reading.

    Parameters
    ----------
    canvas
        What it belongs to.
    index
        Which plane.
    """

    canvas: Canvas
    index: int = 0

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.canvas.shape[1:]

    def __getitem__(self, part: Part) -> NDArray[Any]:
        """Read a part."""
        return self.canvas.read(self.index, part)


def as_type(levels: Single, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Bring grey levels to a number type: whole ones are rounded, and clipped to its range."""
    if dtype.kind == "f":
        last = np.finfo(dtype).max
        within = levels if dtype.itemsize >= levels.itemsize else np.clip(levels, -last, last)
        return within.astype(dtype, copy=False)
    limits = np.iinfo(dtype)
    # The limits of long numbers lie between those that single precision has.
    rounded = np.rint(levels, dtype=np.float32 if dtype.itemsize < 4 else np.float64)
    highest = float(limits.max)
    if highest > limits.max:
        highest = float(np.nextafter(highest, 0))
    return np.clip(rounded, float(limits.min), highest, out=rounded).astype(dtype)


def tile_name(index: int, place: Place) -> str:
    """What a tile of a slice is called where it is put down what is done."""
    return f"{index:06d}-{place[0].start}-{place[1].start}"


def open_canvas(path: Path, sheet: Sheet, format: Format) -> Canvas:
    """Begin a canvas, or go on with one that was begun.

    Parameters
    ----------
    path
        Where it is until it is done, in a folder that is there.
    sheet
        What it holds; the same as it was begun with.
    format
        What it is written as.

    Raises
    ------
    FileError
        If it cannot be made, as for want of space.
    """
    kind = _Tiff if format == "tiff" else _Zarr
    try:
        return kind(path, sheet)
    except OSError as error:
        raise FileError(f"{path} cannot be written: {explain(error)}") from error


def place_canvas(path: Path, target: Path) -> None:
    """Move a canvas that is done to its place; what stood there is replaced.

    Raises
    ------
    FileError
        If something stands there that is not of its kind, or it cannot be moved.
    """
    if path.is_dir():
        replace_zarr(path, target)
        return
    try:
        path.replace(target)
        flush_folder(target.parent)
    except OSError as error:
        raise FileError(f"{target} cannot be written: {explain(error)}") from error


class _Tiff:
    """A TIFF without compression, whose pixels lie in one piece.

    They are written and read as a file is, not mapped: a full disk must be an error and not the
    end of the program, and what is written must not count as memory.
    """

    def __init__(self, path: Path, sheet: Sheet) -> None:
        self.path, self.shape, self.dtype = path, sheet.planes, sheet.dtype
        if not path.exists():
            _begin_tiff(path, sheet)
        self._offset = _pixels_of(path)
        self._file = path.open("r+b", buffering=0)

    def write(self, plane: int, part: Part, levels: NDArray[Any]) -> None:
        """Write a part of a plane."""
        try:
            for row, line in self._lines(plane, part, np.ascontiguousarray(levels, self.dtype)):
                self._file.seek(row)
                self._file.write(line.data)
        except OSError as error:
            raise FileError(f"{self.path} cannot be written: {explain(error)}") from error

    def read(self, plane: int, part: Part) -> NDArray[Any]:
        """Read a part of a plane."""
        size = (len(range(*each.indices(n))) for each, n in zip(part, self.shape[1:], strict=True))
        levels = np.empty(tuple(size), self.dtype)
        for row, line in self._lines(plane, part, levels):
            self._file.seek(row)
            self._file.readinto(line.data)
        return levels

    def flush(self) -> None:
        """Wait until all that was written is on the disk."""
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _lines(
        self, plane: int, part: Part, levels: NDArray[Any]
    ) -> Iterator[tuple[int, NDArray[Any]]]:
        """Where each line of a part lies in the file, and the line."""
        _, height, width = self.shape
        rows, columns = range(*part[0].indices(height)), part[1].indices(width)
        for y, line in zip(rows, levels, strict=True):
            pixel = (plane * height + y) * width + columns[0]
            yield self._offset + pixel * self.dtype.itemsize, line


def _begin_tiff(path: Path, sheet: Sheet) -> None:
    """Write a TIFF whose pixels are all zero, and hold the room for them on the disk."""
    import tifffile

    spacing, size_y, size_x = sheet.voxel_size
    pixel_size = None if size_y is None or size_x is None else (size_y, size_x)
    spacing = spacing if pixel_size and len(sheet.shape) == 3 else None
    big = sheet.nbytes > MOST_TIFF_BYTES
    temporary = path.with_name(f".{path.name}")
    with tifffile.TiffWriter(temporary, bigtiff=big) as file:
        file.write(
            None,
            shape=sheet.shape,
            dtype=sheet.dtype,
            **tiff_options(sheet.planes[0], pixel_size, spacing, sheet.metadata),
        )
    with temporary.open("r+b") as opened:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(opened.fileno(), _pixels_of(temporary), sheet.nbytes)
        os.fsync(opened.fileno())
    temporary.replace(path)


def _pixels_of(path: Path) -> int:
    """Where the pixels begin in a file [bytes]."""
    import tifffile

    with tifffile.TiffFile(path) as file:
        return int(file.series[0].dataoffset or 0)


class _Zarr:
    """An OME-Zarr whose files each hold parts of one plane.

    A file that holds several parts is written anew with each of them, so that it must be whole at
    any time: else the parts that are done would be lost with the one that is not.
    """

    def __init__(self, path: Path, sheet: Sheet) -> None:
        import zarr

        from colonnade.core.files.whole_files import WholeFiles

        self.path, self.shape, self.dtype = path, sheet.planes, sheet.dtype
        self._flat = len(sheet.shape) == 2
        if not path.exists():
            _begin_zarr(path, sheet)
        remove_all(path)
        self._array = zarr.open_array(WholeFiles(path / "0"), mode="r+")

    def write(self, plane: int, part: Part, levels: NDArray[Any]) -> None:
        """Write a part of a plane."""
        try:
            self._array[part if self._flat else (plane, *part)] = levels
        except OSError as error:
            raise FileError(f"{self.path} cannot be written: {explain(error)}") from error

    def read(self, plane: int, part: Part) -> NDArray[Any]:
        """Read a part of a plane."""
        return np.asarray(self._array[part if self._flat else (plane, *part)])

    def flush(self) -> None:
        """What has its name is on the disk."""

    def close(self) -> None:
        """Nothing is held open."""


def _begin_zarr(path: Path, sheet: Sheet) -> None:
    import zarr

    axes = ["z", "y", "x"][-len(sheet.shape) :]
    ome = ome_metadata(path.name.split(".")[0], axes, sheet.voxel_size[-len(axes) :])
    attributes: dict[str, Any] = {
        "ome": ome,
        **({"metadata": dict(sheet.metadata)} if sheet.metadata else {}),
    }
    depth = (1,) * (len(axes) - 2)
    temporary = path.with_name(f".{path.name}")
    shutil.rmtree(temporary, ignore_errors=True)
    group = zarr.open_group(temporary, mode="w", zarr_format=3, attributes=attributes)
    group.create_array(
        "0",
        shape=sheet.shape,
        dtype=sheet.dtype,
        dimension_names=axes,
        chunks=(*depth, CHUNK_SIDE, CHUNK_SIDE),
        shards=(*depth, SHARD_SIDE, SHARD_SIDE),
    )
    replace_zarr(temporary, path)
