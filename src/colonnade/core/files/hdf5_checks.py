"""Hold what an array of HDF5 claims against what its file holds, before any of it is read."""

from math import prod
from pathlib import Path
from typing import Any

from colonnade.core.files.unpacked import (
    DEFLATE_TIMES,
    check_count,
    check_inflated,
    check_unpacked,
)

LARGEST_CHUNK = 1 << 30
"""A chunk that can unpack to more is counted through when its file is opened [bytes].

The library gives as much memory to a chunk as it asks for, in steps of twice as much.
"""

_DEFLATE, _CHECKSUM = 1, 3
"""Numbers of two filters of HDF5: what packs, and what may come after it."""

_CHECKSUM_BYTES = 4


def check_claims(path: Path, dataset: Any) -> None:
    """Refuse an array whose planes or chunks can be nowhere in its file.

    Parameters
    ----------
    path
        The file.
    dataset
        Of h5py.

    Raises
    ------
    FileError
        If it has more frames or chunks than anybody could work through, or unpacks to far more
        than is held of it.
    """
    shape, chunks = dataset.shape, dataset.chunks
    if shape is None or len(shape) < 2:
        return
    order = sorted(range(len(shape)), key=shape.__getitem__)  # a plane has the two longest axes
    sizes = [shape[axis] for axis in order]
    check_count(path, sizes, chunks and [chunks[axis] for axis in order])
    held, itemsize = dataset.id.get_storage_size(), dataset.dtype.itemsize
    check_unpacked(path, held, prod(sizes[-2:]) * itemsize)
    if chunks:
        check_unpacked(path, held, prod(chunks) * itemsize)
        _check_chunks(path, dataset, max(LARGEST_CHUNK, prod(chunks) * itemsize))


def _check_chunks(path: Path, dataset: Any, most: int) -> None:
    """Refuse chunks that would be inflated to more than so many bytes."""
    created = dataset.id.get_create_plist()
    filters = [created.get_filter(place)[0] for place in range(created.get_nfilters())]
    after = _CHECKSUM_BYTES if filters and filters[-1] == _CHECKSUM else 0
    if after:
        filters.pop()
    if not filters or filters[-1] != _DEFLATE:
        return
    left_out = 1 << len(filters) - 1
    places: list[tuple[int, int]] = []

    def keep(chunk: Any) -> None:
        if not chunk.filter_mask & left_out and chunk.size * DEFLATE_TIMES > most:
            places.append((chunk.byte_offset, chunk.size - after))

    dataset.id.chunk_iter(keep)
    with path.open("rb") as file:
        for start, size in places:
            file.seek(start)
            check_inflated(path, file.read(size), most)
