"""What a library needs of Zarr: files that are whole, and the codecs of its arrays."""

import asyncio
import math
from typing import Any

from zarr.codecs import BloscCodec
from zarr.core.buffer import Buffer
from zarr.storage import LocalStore

from colonnade.core.work.contents import write_bytes


class WholeFiles(LocalStore):
    """A folder in which every file has its name only once it is whole and on the disk."""

    async def set(self, key: str, value: Buffer) -> None:
        """Write a file."""
        await asyncio.to_thread(write_bytes, self.root / key, value.to_bytes())


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
