"""Read TIFF: pixels that stay in the file, page by page, and what its tags say of them."""

import re
from pathlib import Path
from typing import Any

import numpy as np

from colonnade.core.errors import FileError
from colonnade.core.files.bare import check_images
from colonnade.core.files.guard import import_reader
from colonnade.core.files.infobar import described
from colonnade.core.files.sem import tiff_header
from colonnade.core.files.signals import Axis, Signal, make_signal
from colonnade.core.files.stored import Stored
from colonnade.core.files.tiff_calibration import calibration, plane_spacing
from colonnade.core.files.tiff_checks import check_chain, check_planes
from colonnade.core.files.tiff_decode import decode_series
from colonnade.core.files.tiff_pages import stacked
from colonnade.core.files.unpacked import check_unpacked

_MIN_IS_WHITE, _PALETTE = 0, 3
_LONGEST_TAG = 1000
_GREY_SHARE = 0.8
"""A palette is grey if so many of its entries are: vendors keep some for writing."""


def read_tiff(path: Path) -> list[Signal]:
    """List the images and stacks of a TIFF; its thumbnails are left out."""
    tifffile = import_reader("tifffile")
    check_chain(path)
    # Only what is in the file itself, whatever others it names.
    with tifffile.TiffFile(path, _multifile=False, is_mmstack=False, is_ndtiff=False) as tiff:
        check_planes(path, tiff.ome_metadata)
        pages = [series for series in tiff.series if not series.keyframe.is_reduced]
        check_images(path, len(pages))
        return [_signal(path, tiff, series, len(pages) == 1) for series in pages]


def _signal(path: Path, tiff: Any, series: Any, only: bool) -> Signal:
    page = series.keyframe
    array, letters = _channels_last(*_pixels(path, tiff, series))
    array, notes = _as_seen(array, page)
    if any(
        name != path.name for name in re.findall(r'FileName="([^"]*)"', tiff.ome_metadata or "")
    ):
        notes.append("it names other files as parts of the same image, which are not read")
    scale_y, scale_x, unit_y, unit_x = calibration(tiff, page, path) or (1.0, 1.0, "", "")
    axes = [Axis(letter.lower(), size) for letter, size in letters[:-2]]
    if len(axes) == 1 and axes[0].name == "z":
        axes = [Axis("z", axes[0].size, *plane_spacing(tiff, unit_x))]
    axes += [
        Axis("y", letters[-2][1], scale_y, 0.0, unit_y),
        Axis("x", letters[-1][1], scale_x, 0.0, unit_x),
    ]
    metadata = {"tags": {tag.name: tag.value for tag in page.tags if tag.count < _LONGEST_TAG}}
    title = path.stem if only else series.name or f"page {page.index}"
    header = tiff_header(path, tiff, page)
    if header is None:
        return make_signal(title, array, axes, metadata, notes)
    return described(title, array, axes, metadata, notes, header)


def _pixels(path: Path, tiff: Any, series: Any) -> tuple[Any, str]:
    """Leave the pixels in the file where they lie as in memory; else read pages when needed."""
    length = path.stat().st_size
    pages = [page for page in series.pages if page is not None]
    for page in pages:
        ends = map(sum, zip(page.dataoffsets, page.databytecounts, strict=True))
        if max(ends, default=length + 1) > length:
            raise FileError(f"{path} is cut short: its last pixels are missing; copy it again")
    key = series.keyframe
    if series.dataoffset is not None and key.is_memmappable:
        dtype = np.dtype(tiff.byteorder + series.dtype.char)
        return Stored.at(path, dtype, series.dataoffset, series.shape), series.axes
    if len(series.shape) == len(key.shape) + 1 and len(pages) == len(series.pages) > 1:
        return stacked(pages), series.axes
    check_unpacked(path, length, series.nbytes)
    return decode_series(path, series), series.axes


def _channels_last(array: Any, letters: str) -> tuple[Any, list[tuple[str, int]]]:
    """Move the colours behind x; an alpha beside one grey channel is left out."""
    sizes = list(zip(letters, array.shape, strict=True))
    if "S" not in letters:
        return array, sizes
    samples = letters.index("S")
    array = np.moveaxis(array, samples, -1)
    del sizes[samples]
    return (array if array.shape[-1] in (3, 4) else array[..., 0]), sizes


def _as_seen(array: Any, page: Any) -> tuple[Any, list[str]]:
    if page.photometric == _PALETTE and not _is_grey(page.colormap):
        return array, ["the colours of the palette are not used, only its numbers"]
    if page.photometric == _MIN_IS_WHITE and array.dtype.kind in "bu":
        white = np.array(2**page.bitspersample - 1).astype(array.dtype)
        return _lazy(array) ^ white, ["the file says that 0 is white, so it is inverted"]
    return array, []


def _lazy(array: Any) -> Any:
    """Put off what is done to the pixels of a stack until they are needed."""
    if array.ndim < 3:
        return np.asarray(array)
    if hasattr(array, "compute"):
        return array
    several = -(-array.shape[0] // MOST_PIECES)
    return import_reader("dask.array").from_array(array, chunks=(several, *array.shape[1:]))


MOST_PIECES = 1 << 12
"""What is put off is put off in no more pieces; an image in colours may have millions of rows."""


def _is_grey(palette: Any) -> bool:
    """Whether a palette shows each number as the grey level that it is."""
    ramp = np.linspace(0, palette.max() or 1, palette.shape[-1]).round()
    return bool((np.abs(palette - ramp) <= 1).all(axis=0).mean() >= _GREY_SHARE)
