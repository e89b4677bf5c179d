"""Decode compressed TIFF: by tifffile, and by Pillow where tifffile would need another package.

Pillow carries libtiff, which knows LZW, JPEG, Zstandard and predictors, in the number types that
Pillow has modes for.
"""

from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from colonnade.core.errors import FileError
from colonnade.core.files.guard import import_reader
from colonnade.core.files.tiff_checks import check_packed

_MIN_IS_WHITE = 0
_NO_PREDICTOR = 1
_PREDICTED = (5, 8, 32946, 34925, 50000)
"""LZW, two of deflate, LZMA, Zstandard: libtiff undoes a predictor behind these alone."""

_TURNED_MODES = ("1", "L")
"""Modes in which Pillow has inverted an image whose zero is white."""


def decode_series(path: Path, series: Any) -> NDArray[Any]:
    """Decode all pages of a series.

    Parameters
    ----------
    path
        The file.
    series
        Of tifffile; its shape is that of the array.
    """
    for page in series.pages:
        if page is not None:
            check_packed(path, page)
    with suppress(_CodecMissing):
        return np.asarray(_by_tifffile(series))
    pages = [decode_page(path, page, page.index) for page in series.pages]
    return np.stack(pages).reshape(series.shape)


def decode_page(path: Path, page: Any, index: object) -> NDArray[Any]:
    """Decode one page.

    Parameters
    ----------
    path
        The file.
    page
        Of tifffile.
    index
        Its number among the pages of the file; not an integer for one within another.
    """
    check_packed(path, page)
    with suppress(_CodecMissing):
        return np.asarray(_by_tifffile(page))
    predicted = page.predictor != _NO_PREDICTOR and page.compression not in _PREDICTED
    if predicted or not isinstance(index, int):
        raise _unknown_compression(path, page)
    try:
        pixels = _by_pillow(path, index, page.photometric == _MIN_IS_WHITE)
    except (OSError, ValueError, SyntaxError) as error:
        raise _unknown_compression(path, page) from error
    if pixels.ndim == 3 and pixels.shape != page.shape:
        pixels = np.moveaxis(pixels, -1, 0)
    if pixels.shape != page.shape:
        raise _unknown_compression(path, page)
    return pixels.astype(page.dtype, copy=False)


class _CodecMissing(Exception):
    """tifffile has no codec of its own for this."""


def _by_tifffile(part: Any) -> Any:
    try:
        return part.asarray()
    except ImportError as error:
        raise _CodecMissing from error
    except ValueError as error:
        if "imagecodecs" in str(error):
            raise _CodecMissing from error
        raise


def _by_pillow(path: Path, index: int, min_is_white: bool) -> NDArray[Any]:
    image_module = import_reader("PIL.Image")
    with image_module.open(path, formats=("TIFF",)) as image:
        image.seek(index)
        pixels = np.asarray(image)
        return ~pixels if min_is_white and image.mode in _TURNED_MODES else pixels


def _unknown_compression(path: Path, page: Any) -> FileError:
    name = getattr(page.compression, "name", page.compression)
    return FileError(
        f"{path} holds {page.dtype} pixels with {name} compression, which cannot be decoded here; "
        "save it without compression"
    )
