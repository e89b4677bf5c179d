"""What is done with files in processes of their own, because files may be damaged or evil.

Everything here takes and gives what can be sent between processes.
"""

import math
import os
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from colonnade.app.images.cache import Cache
from colonnade.app.images.levels import CACHE_BYTES, Levels
from colonnade.app.images.links import check_links
from colonnade.core.errors import ImageError
from colonnade.core.files.batch import sample
from colonnade.core.files.inspection import rows
from colonnade.core.files.open import describe
from colonnade.core.files.signals import READABLE, SEVERAL, Signal
from colonnade.tomo.reconstruct.angles import tilts_beside

_MOST_ROWS = 400
_LONGEST_VALUE = 1000
_OPEN_IMAGES = 8
"""So many images are kept open in one process."""

_CACHE = Cache(CACHE_BYTES)
"""What was read and averaged of them."""


class Tile(NamedTuple):
    """Pixels on their way."""

    dtype: str
    shape: tuple[int, int]
    pixels: bytes


class Limits(NamedTuple):
    """How large images may be, by what their files declare [bytes]."""

    plane: int
    image: int


def warm_up() -> None:
    """Import what reads the usual formats, so that the first visitor does not wait for it."""
    for name in ("sample.tif", "tomo.mrc"):
        describe(sample(name))


def describe_file(path: Path, limits: Limits) -> list[dict[str, Any]]:
    """List the signals of a file.

    Raises
    ------
    ColonnadeError
        If the file cannot be read, leads to other files, or declares images that are too large.
    """
    check_links(path)
    signals = describe(path)
    for signal in signals:
        _check_size(signal, limits)
    return [_described(signal) for signal in signals]


def manifest(path: Path, signal: int) -> dict[str, Any]:
    """Say what a viewer must know of an image before it asks for tiles."""
    told: dict[str, Any] = plain(_levels(path, signal).manifest.to_json())
    return told


def tile(
    path: Path, signal: int, axis: str, plane: int, level: int, row: int, column: int
) -> Tile:
    """Read a tile.

    Raises
    ------
    IndexError
        If there is no such tile.
    """
    pixels = _levels(path, signal).tile(axis, plane, level, row, column)
    height, width = pixels.shape
    return Tile(pixels.dtype.name, (height, width), pixels.tobytes())


def _levels(path: Path, signal: int) -> Levels:
    return _opened(path, signal, path.stat().st_mtime_ns)


@lru_cache(_OPEN_IMAGES)
def _opened(path: Path, signal: int, written: int) -> Levels:
    return Levels(describe(path)[signal], _CACHE)


def _check_size(signal: Signal, limits: Limits) -> None:
    if signal.kind not in READABLE:
        return
    whole = math.prod(signal.array.shape) * signal.array.dtype.itemsize
    one = whole // signal.frames if signal.kind in SEVERAL else whole
    if one > limits.plane or whole > limits.image:
        declared = " x ".join(map(str, signal.shape))
        raise ImageError(
            f"{signal.path} declares an image of {declared} pixels of {signal.dtype}, which is "
            "more than this server takes; use the command line, or bin it first"
        )


def _described(signal: Signal) -> dict[str, Any]:
    tilts = signal.tilts
    if tilts is None and signal.kind in SEVERAL:
        tilts = tilts_beside(signal.path, signal.frames)
    told: dict[str, Any] = {
        "index": signal.index,
        "title": signal.title,
        "kind": "tilt series" if tilts is not None else signal.kind,
        "shape": list(signal.shape),
        "dtype": signal.dtype,
        "pixel_size": None if signal.pixel_size is None else list(signal.pixel_size),
        "tilts": None if tilts is None else list(tilts),
        "rows": _short_rows(signal),
        "readable": signal.kind in READABLE,
    }
    return {name: plain(value) for name, value in told.items()}


def _short_rows(signal: Signal) -> list[list[str]]:
    """What `colonnade info` says of a signal, as far as people can read it on a page."""
    return [
        [name, without_folder(value, signal.path)[:_LONGEST_VALUE]]
        for name, value in islice(rows(signal), _MOST_ROWS)
    ]


def without_folder(text: str, path: Path) -> str:
    """Say nothing of where a file lies on the server."""
    return text.replace(f"{path.parent}{os.sep}", "").replace(str(path.parent), "the folder")


def plain(told: Any) -> Any:
    """Leave out what JSON has no word for: numbers that are none, and halves of letters."""
    if isinstance(told, float):
        return told if math.isfinite(told) else None
    if isinstance(told, str):
        return told.encode("utf-8", "replace").decode()
    if isinstance(told, dict):
        return {plain(key): plain(value) for key, value in told.items()}
    if isinstance(told, list | tuple):
        return [plain(value) for value in told]
    return told
