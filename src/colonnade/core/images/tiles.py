"""Run a model over an image or a volume of any size in bounded memory, without a seam."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice, product
from math import lcm
from typing import Any, Protocol, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from colonnade.core.arrays import Indices, Single
from colonnade.core.errors import ModelError
from colonnade.core.work.threads import in_order

RIM = 24
"""Beyond its ends the image goes on as its mirror image for this long at most [px]."""


class Readable(Protocol):
    """Grey levels that are read by slices: an array, in memory, mapped, or of a Zarr store."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Size along each axis."""

    def __getitem__(self, key: Any, /) -> Any:
        """Read a part."""


class Writable(Protocol):
    """Where answers go, by slices: an array, in memory, mapped, or of a Zarr store."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Size along each axis."""

    def __setitem__(self, key: Any, value: Any, /) -> None:
        """Write a part."""


Part = tuple[slice, slice]
"""Rows and columns of an image."""

W = TypeVar("W", bound=Writable)


@dataclass(frozen=True)
class Tiling:
    """How an image is cut into tiles, and what a model makes of each.

    Parameters
    ----------
    channels
        Number of maps in the answer.
    stride
        Coarsest step of the model: it takes tiles of multiples of this many pixels [px].
    halo
        Reach of the model [px].
    factor
        The answer has so many times as many pixels as the image along each axis.
    dimensions
        2 for an image, 3 for a volume.
    tile
        Largest side of a tile without its halo [px]; rounded up to the stride.
    batch
        So many tiles of one shape are given to the model in one call.
    step
        Tiles are a multiple of this many pixels high and wide, but for the last, so that what
        stores the answer by blocks writes each block once [px].
    mirrored
        Whether the image goes on as its mirror image where it ends, or else as zeros, for no
        longer than the stride needs.
    """

    channels: int
    stride: int
    halo: int
    factor: int = 1
    dimensions: int = 2
    tile: int = 512
    batch: int = 1
    step: int = 1
    mirrored: bool = True


Place = tuple[slice, ...]
"""Where a tile lies in an answer, one slice along each axis of an image."""


@overload
def run_tiled(function: Callable[[Single], Single], image: Readable, tiling: Tiling) -> Single: ...


@overload
def run_tiled(
    function: Callable[[Single], Single],
    image: Readable,
    tiling: Tiling,
    out: W,
    is_done: Callable[[Place], bool] | None = None,
) -> W: ...


def run_tiled(
    function: Callable[[Single], Single],
    image: Readable,
    tiling: Tiling,
    out: Writable | None = None,
    is_done: Callable[[Place], bool] | None = None,
) -> Writable:
    """Run a function tile by tile; the answer does not depend on the tile size.

    Tiles start at multiples of the stride and see `halo` pixels beyond their edges, and a little
    of the image's mirror image where it ends. A batch of tiles is read and answered while the
    answer to the one before is written. The memory in use is that of two batches, beside image
    and answer, neither of which need be in memory.

    Parameters
    ----------
    function
        Maps tiles (n, channel, y, x) to answers (n, map, y, x), with a z before y for volumes.
        The sides of tiles are multiples of the stride.
    image
        Axes (y, x) or (channel, y, x); of a volume (z, y, x) or (channel, z, y, x).
    tiling
        How it is cut.
    out
        Where the answer goes, axes (map, y, x), or (y, x) if there is one map, with a z before y
        for volumes; by default a new array that has the axis of maps.
    is_done
        Says of a place in the answer that it was written before; such tiles are left out.

    Returns
    -------
    out
        The answer.

    Raises
    ------
    ModelError
        If the function does not answer in the shape that the tiling promises.
    """
    size = image.shape[-tiling.dimensions :]
    whole = (tiling.channels, *(tiling.factor * count for count in size))
    if out is None:
        out = np.empty(whole, np.float32)
    elif out.shape not in (whole, whole[1:]) or (out.shape != whole and tiling.channels != 1):
        raise ValueError(f"the answer has the shape {whole}, and is to go into {out.shape}")

    def answered(tiles: list[_Tile]) -> tuple[list[_Tile], Single]:
        patches = np.stack([_patch(image, tile, tiling) for tile in tiles])
        return tiles, _checked(function(patches), patches.shape, tiling)

    for tiles, answers in in_order(answered, _batches(size, tiling, is_done), 1):
        for tile, answer in zip(tiles, answers, strict=True):
            _write(out, answer, tile, tiling.factor)
    return out


@dataclass(frozen=True)
class _Span:
    """What a tile takes of one axis.

    Parameters
    ----------
    own
        Its place in the answer.
    inner
        The same, counted from the first that it sees.
    reach
        What it must see, with negative numbers and those from `size` on beyond the ends.
    size
        Length of the axis.
    """

    own: slice
    inner: slice
    reach: range
    size: int

    @property
    def seen(self) -> Indices:
        """What it must see, mirrored where the image ends."""
        return _mirrored(np.arange(self.reach.start, self.reach.stop), self.size)

    @property
    def beyond(self) -> NDArray[np.bool_]:
        """Which of what it must see lies beyond the ends."""
        seen = np.arange(self.reach.start, self.reach.stop)
        return np.asarray((seen < 0) | (seen >= self.size))


_Tile = tuple[_Span, ...]


def places(size: Sequence[int], tiling: Tiling) -> Iterator[Place]:
    """Where the tiles of an image of a size lie in its answer, in the order of the work."""
    return (_place(tile, tiling.factor) for tile in _tiles(size, tiling))


def _tiles(size: Sequence[int], tiling: Tiling) -> Iterator[_Tile]:
    """Tiles row by row."""
    return product(*(list(_spans(count, tiling)) for count in size))


def _batches(
    size: Sequence[int], tiling: Tiling, is_done: Callable[[Place], bool] | None
) -> Iterator[list[_Tile]]:
    """Tiles that are to be done, several of one shape at a time."""
    missing = (
        tile
        for tile in _tiles(size, tiling)
        if is_done is None or not is_done(_place(tile, tiling.factor))
    )
    for _, alike in groupby(missing, key=lambda tile: [len(span.reach) for span in tile]):
        while tiles := list(islice(alike, tiling.batch)):
            yield tiles


def _spans(size: int, tiling: Tiling) -> Iterator[_Span]:
    stride, halo = tiling.stride, _up(tiling.halo, tiling.stride)
    rim = min(halo, _up(RIM, stride)) if tiling.mirrored else 0
    end = _up(size, stride) + rim
    least = lcm(stride, tiling.step)
    tile = _up(-(-size // -(-size // _up(tiling.tile, least))), least)
    for start in range(0, size, tile):
        stop = min(start + tile, size)
        first = max(start - halo, -rim)
        reach = range(first, min(_up(stop, stride) + halo, end))
        yield _Span(slice(start, stop), slice(start - first, stop - first), reach, size)


def _mirrored(indices: Indices, size: int) -> Indices:
    """Fold indices beyond the ends back, as often as it takes: -1 is 1, `size` is `size` - 2."""
    if size == 1:
        return np.zeros_like(indices)
    period = 2 * (size - 1)
    folded = np.abs(indices) % period
    return np.where(folded < size, folded, period - folded)


def _patch(image: Readable, tile: _Tile, tiling: Tiling) -> Single:
    """Read what a tile sees (channel, y, x), in one piece, as few stores know other indices."""
    dimensions = tiling.dimensions
    indices = [span.seen for span in tile]
    block = tuple(slice(int(along.min()), int(along.max()) + 1) for along in indices)
    seen = np.asarray(image[block if len(image.shape) == dimensions else (slice(None), *block)])
    for axis, (span, along) in enumerate(zip(tile, indices, strict=True), start=-dimensions):
        seen = seen.take(along - along.min(), axis)
        if not tiling.mirrored:
            seen.swapaxes(0, axis)[span.beyond] = 0
    return np.ascontiguousarray(seen.reshape(-1, *seen.shape[-dimensions:]), np.float32)


def _write(out: Writable, answer: Single, tile: _Tile, factor: int) -> None:
    """Write what is a tile's own of the answer to it (map, y, x)."""
    inner = answer[:, *(_scaled(span.inner, factor) for span in tile)]
    own = _place(tile, factor)
    if len(out.shape) == len(own):
        out[own] = inner[0]
    else:
        out[:, *own] = inner


def _place(tile: _Tile, factor: int) -> Place:
    return tuple(_scaled(span.own, factor) for span in tile)


def _checked(answers: Single, shape: tuple[int, ...], tiling: Tiling) -> Single:
    """Refuse answers of another shape than is promised."""
    promised = (shape[0], tiling.channels, *(tiling.factor * count for count in shape[2:]))
    if answers.shape != promised:
        raise ModelError(
            f"the model answers tiles of the shape {shape} with {answers.shape}, and its card "
            f"promises {promised}; export it again, or use another"
        )
    return answers


def _scaled(part: slice, factor: int) -> slice:
    return slice(part.start * factor, part.stop * factor)


def _up(value: int, stride: int) -> int:
    return -(-value // stride) * stride
