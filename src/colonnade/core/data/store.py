"""How a library keeps its arrays in Zarr."""

import math
from typing import Any

from zarr.codecs import BloscCodec


def single_chunk(shape: tuple[int, ...], itemsize: int) -> dict[str, Any]:
    """Arguments of a new array whose chunks of this shape are files of its own folder.

    A chunk is compressed as one block: no threads share it, so that its bytes are always the same.

    Parameters
    ----------
    shape
        Of a chunk.
    itemsize
        Of its type [bytes].
    """
    size = itemsize * math.prod(shape)
    codec = BloscCodec(
        typesize=itemsize, cname="zstd", clevel=1, shuffle="bitshuffle", blocksize=size
    )
    return {
        "chunks": shape,
        "compressors": [codec],
        "chunk_key_encoding": {"name": "default", "separator": "."},
    }
