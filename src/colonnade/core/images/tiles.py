"""Run a model over an image of any size in bounded memory, without a seam."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from colonnade.core.arrays import Single

RIM = 24
"""Beyond its ends the image goes on as its mirror image for this long at most [px]."""


def run_tiled(
    function: Callable[[Single], Single],
    image: Single,
    *,
    channels: int,
    stride: int,
    halo: int,
    tile: int = 512,
    out: Single | None = None,
) -> Single:
    """Run a function tile by tile; the answer does not depend on the tile size.

    Tiles start at multiples of the stride and see `halo` pixels beyond their edges, and a little
    of the image's mirror image where it ends. The memory in use is that of one tile, beside image
    and answer, both of which may be memory-mapped.

    Parameters
    ----------
    function
        Maps (1, 1, h, w) to (1, channels, h, w), h and w being multiples of the stride.
    image
        Axes (y, x).
    channels
        Number of maps in the answer.
    stride
        Coarsest step of the function [px].
    halo
        Reach of the function [px].
    tile
        Largest height and width of a tile without its halo [px]; rounded up to the stride.
    out
        Array (channels, y, x) to write to; by default a new one.
    """
    height, width = image.shape
    halo = _up(halo, stride)
    if out is None:
        out = np.empty((channels, height, width), np.float32)
    across = list(_spans(width, _up(tile, stride), stride, halo))
    for rows in _spans(height, _up(tile, stride), stride, halo):
        for columns in across:
            patch = np.ascontiguousarray(image[np.ix_(rows.seen, columns.seen)], np.float32)
            answer = function(patch[None, None])[0]
            out[:, rows.own, columns.own] = answer[:, rows.inner, columns.inner]
    return out


@dataclass(frozen=True)
class _Span:
    """Rows or columns of a tile.

    Parameters
    ----------
    own
        Its place in the answer.
    inner
        The same, counted from the first that it sees.
    seen
        Indices of what it must see, mirrored where the image ends.
    """

    own: slice
    inner: slice
    seen: NDArray[np.intp]


def _spans(size: int, tile: int, stride: int, halo: int) -> Iterator[_Span]:
    rim = min(halo, _up(RIM, stride))
    end = _up(size, stride) + rim
    tile = _up(-(-size // -(-size // tile)), stride)
    for start in range(0, size, tile):
        stop = min(start + tile, size)
        first = max(start - halo, -rim)
        seen = np.arange(first, min(_up(stop, stride) + halo, end))
        yield _Span(slice(start, stop), slice(start - first, stop - first), _mirrored(seen, size))


def _mirrored(indices: NDArray[np.intp], size: int) -> NDArray[np.intp]:
    """Fold indices beyond the ends back, as often as it takes: -1 is 1, `size` is `size` - 2."""
    if size == 1:
        return np.zeros_like(indices)
    period = 2 * (size - 1)
    folded = np.abs(indices) % period
    return np.where(folded < size, folded, period - folded)


def _up(value: int, stride: int) -> int:
    return -(-value // stride) * stride
