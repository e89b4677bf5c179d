"""Write images and volumes as TIFF and MRC, plane by plane, in the type in which they came."""

import struct
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import ArrayLike

from colonnade.core.errors import ImageError
from colonnade.core.files.mrc import HEADER_BYTES, IMOD_STAMP, MRC2014, VOLUME_SPACE_GROUP
from colonnade.core.files.planes import Planes, as_planes
from colonnade.core.files.tiff_tags import MOST_TIFF_BYTES, tiff_options
from colonnade.core.images.volume import Volume, VoxelSize
from colonnade.core.work.writing import atomic

_MRC_MODES = {"int8": 0, "uint8": 0, "int16": 1, "float32": 2, "uint16": 6, "float16": 12}
_ANGSTROM_PER_NM = 10.0
_LITTLE_ENDIAN_STAMP = b"\x44\x44\x00\x00"


def write_tiff(
    path: str | Path,
    pixels: ArrayLike | Volume | Planes,
    pixel_size: tuple[float, float] | None = None,
    *,
    spacing: float | None = None,
    big: bool = False,
) -> None:
    """Write an image, a stack or a volume as a TIFF that keeps its type and its calibration.

    ImageJ reads the calibration from the resolution tags, DigitalMicrograph and RosettaSciIO
    from tags of their own; both are written, for each axis.

    Parameters
    ----------
    path
        The file to write; one that exists is replaced.
    pixels
        Grey levels, axes (y, x) or (z, y, x); what is true or false becomes 8 bit, 1 or 0.
    pixel_size
        Size of a pixel along (y, x) [nm], or None where the image has no calibration, or is a
        volume that has its own.
    spacing
        Distance from one plane to the next [nm], or None as for `pixel_size`.
    big
        Write BigTIFF, as is always done beyond 4 GB.

    Raises
    ------
    ImageError
        If the pixels are no image of real numbers.
    FileError
        If the file cannot be written.
    """
    import tifffile

    planes = as_planes(pixels)
    if planes.number_type.kind not in "uif":
        raise ImageError(f"TIFF holds no {planes.number_type}; convert it to real numbers first")
    size_z, size_y, size_x = planes.voxel_size
    if pixel_size is None and size_y is not None and size_x is not None:
        pixel_size = (size_y, size_x)
    spacing = size_z if spacing is None else spacing
    if spacing is not None and pixel_size is None:
        raise ImageError("TIFF keeps no spacing of planes without the size of a pixel; give both")
    big = big or planes.nbytes > MOST_TIFF_BYTES
    with atomic(path) as temporary, tifffile.TiffWriter(temporary, bigtiff=big) as file:
        file.write(
            iter(planes),
            shape=planes.shape,
            dtype=planes.number_type,
            **tiff_options(planes.count, pixel_size, spacing),
        )


def write_mrc(
    path: str | Path, voxels: ArrayLike | Volume | Planes, voxel_size: VoxelSize | None = None
) -> None:
    """Write an image or a volume as MRC, in the mode of its type.

    Bytes without a sign are marked as IMOD marks them, as MRC2014 has only bytes with one.

    Parameters
    ----------
    path
        The file to write; one that exists is replaced.
    voxels
        Grey levels, axes (y, x) or (z, y, x); what is true or false becomes 8 bit, 1 or 0.
    voxel_size
        Size of a voxel along (z, y, x) [nm], None along an axis that has no calibration; or None
        where there is none at all, or what is written is a volume that has its own.

    Raises
    ------
    ImageError
        If MRC has no mode for the type.
    FileError
        If the file cannot be written.
    """
    planes = as_planes(voxels)
    if planes.number_type.name not in _MRC_MODES:
        raise ImageError(f"MRC holds no {planes.number_type}; convert it to float32 first")
    sizes = planes.voxel_size if voxel_size is None else voxel_size
    with atomic(path) as temporary, temporary.open("wb") as file:
        file.write(bytes(HEADER_BYTES))
        statistics = _write_planes(file, planes)
        file.seek(0)
        file.write(_mrc_header(planes, sizes, *statistics))


def _write_planes(file: BinaryIO, planes: Planes) -> tuple[float, float, float, float]:
    """Write each plane, and give the least, greatest and mean grey level and their deviation."""
    low, high, total, squares = np.inf, -np.inf, 0.0, 0.0
    for plane in planes:
        plane.astype(plane.dtype.newbyteorder("<"), copy=False).tofile(file)
        low, high = min(low, float(plane.min())), max(high, float(plane.max()))
        total += float(plane.sum(dtype=np.float64))
        squares += float(np.square(plane, dtype=np.float64).sum())
    count = int(np.prod(planes.shape, dtype=np.int64))
    mean = total / count
    return low, high, mean, float(np.sqrt(max(0.0, squares / count - mean**2)))


def _mrc_header(
    planes: Planes, sizes: VoxelSize, low: float, high: float, mean: float, deviation: float
) -> bytes:
    depth, height, width = planes.count, *planes.shape[-2:]
    unsigned = planes.number_type == np.uint8
    cell = [
        count * (size or 0.0) * _ANGSTROM_PER_NM
        for count, size in zip((width, height, depth), reversed(sizes), strict=True)
    ]
    header = bytearray(HEADER_BYTES)
    struct.pack_into("<4i", header, 0, width, height, depth, _MRC_MODES[planes.number_type.name])
    struct.pack_into("<3i", header, 28, width, height, depth)
    struct.pack_into("<6f", header, 40, *cell, 90.0, 90.0, 90.0)
    struct.pack_into("<3i", header, 64, 1, 2, 3)
    struct.pack_into("<3f", header, 76, low, high, mean)
    struct.pack_into("<i", header, 88, VOLUME_SPACE_GROUP if depth > 1 else 0)
    struct.pack_into("<i", header, 108, 0 if unsigned else MRC2014)
    if unsigned:
        struct.pack_into("<2i", header, 152, IMOD_STAMP, 0)
    header[208:216] = b"MAP " + _LITTLE_ENDIAN_STAMP
    struct.pack_into("<f", header, 216, deviation)
    return bytes(header)
