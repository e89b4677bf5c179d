"""Run a model over an image of any size in bounded memory, without a seam."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.float32]


def run_tiled(
    function: Callable[[Image], Image],
    image: Image,
    *,
    channels: int,
    stride: int,
    halo: int,
    tile: int = 512,
    out: Image | None = None,
) -> Image:
    """Run a function tile by tile; the answer does not depend on the tile size.

    Tiles start at multiples of the stride and see `halo` pixels beyond their edges, where the
    image ends its mirror image. The memory in use is that of one tile, beside image and answer,
    both of which may be memory-mapped.

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
        Height and width of a tile without its halo [px]; rounded up to the stride.
    out
        Array (channels, y, x) to write to; by default a new one.
    """
    height, width = image.shape
    halo = _up(halo, stride)
    if out is None:
        out = np.empty((channels, height, width), np.float32)
    for y, rows in _spans(height, _up(tile, stride), stride, halo):
        for x, columns in _spans(width, _up(tile, stride), stride, halo):
            patch = np.ascontiguousarray(image[np.ix_(rows, columns)], np.float32)
            answer = function(patch[None, None])[0]
            inner = answer[:, halo : halo + y.stop - y.start, halo : halo + x.stop - x.start]
            out[:, y, x] = inner
    return out


def _spans(
    size: int, tile: int, stride: int, halo: int
) -> Iterator[tuple[slice, NDArray[np.intp]]]:
    """Each tile's place in the answer, and the mirrored indices it must see."""
    for start in range(0, size, tile):
        stop = min(start + tile, size)
        reach = _up(stop - start, stride)
        yield slice(start, stop), _mirrored(np.arange(start - halo, start + reach + halo), size)


def _mirrored(indices: NDArray[np.intp], size: int) -> NDArray[np.intp]:
    """Fold indices beyond the ends back, as often as it takes: -1 is 1, `size` is `size` - 2."""
    if size == 1:
        return np.zeros_like(indices)
    period = 2 * (size - 1)
    folded = np.abs(indices) % period
    return np.where(folded < size, folded, period - folded)


def _up(value: int, stride: int) -> int:
    return -(-value // stride) * stride
