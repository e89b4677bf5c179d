"""Hold what a chunk of a Zarr unpacks to against what the chunk can be, before it is unpacked.

Codecs take the size that packed bytes state for granted, or go on until there is no more memory.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import prod
from pathlib import Path
from typing import Any

from numcodecs.abc import Codec
from zarr import Array, AsyncArray
from zarr.abc.codec import BytesBytesCodec
from zarr.codecs import ShardingCodec

from colonnade.core.errors import FileError
from colonnade.core.files.unpacked import check_unpacked, inflate, too_much
from colonnade.core.files.zstd_frames import most_of_zstd

LARGEST_NUMBER = 16
"""Size of the largest type of number, complex of two doubles [bytes]."""

_INFLATED = frozenset({"gzip", "zlib"})

_KEEP_SIZE = frozenset(
    {
        *("adler32", "crc32", "crc32c", "fletcher32", "jenkins_lookup3"),
        *("astype", "bitround", "delta", "fixedscaleoffset", "packbits", "quantize", "shuffle"),
        *("bytes", "transpose"),
    }
)
"""Codecs that give as many numbers as they take."""


def _stated_by_blosc(packed: bytes) -> int:
    if int.from_bytes(packed[12:16], "little") > len(packed):  # or Blosc reads on behind the end
        raise ValueError("a chunk of Blosc is cut short or damaged")
    return int.from_bytes(packed[4:8], "little")


def _stated_by_lz4(packed: bytes) -> int:
    return int.from_bytes(packed[:4], "little")


_MOST = {"blosc": _stated_by_blosc, "lz4": _stated_by_lz4, "zstd": most_of_zstd}
"""How large the bytes of a codec can become, by its name."""


def bounded(path: Path, array: Any) -> Any:
    """Give an array of Zarr whose chunks unpack to no more than they can be.

    Parameters
    ----------
    path
        The file or folder.
    array
        Of Zarr.

    Raises
    ------
    FileError
        If it is packed by a codec whose bytes cannot be looked into.
    """
    described = array.metadata
    if described.zarr_format == 2:
        count, itemsize = prod(array.chunks), array.dtype.itemsize

        def of_two(codec: Any) -> Any:
            known = codec is None or _keeps_size(path, codec.codec_id)
            return codec if known else _OfFormatTwo(codec, path, count, count * itemsize)

        filters = described.filters and tuple(map(of_two, described.filters))
        described = replace(described, filters=filters, compressor=of_two(described.compressor))
    else:
        described = replace(described, codecs=_bounded_codecs(path, described.codecs))
    return Array(AsyncArray(described, array.store_path))


def _keeps_size(path: Path, name: str) -> bool:
    """Whether a codec gives as many numbers as it takes, and need not be watched."""
    if name not in {*_KEEP_SIZE, *_INFLATED, *_MOST}:
        raise FileError(
            f"{path} is packed by {name[:40]!r}, which is not read here; save it with Blosc, "
            "Zstandard or gzip"
        )
    return name in _KEEP_SIZE


def _bounded_codecs(path: Path, codecs: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(_of_three(path, codec) for codec in codecs)


def _of_three(path: Path, codec: Any) -> Any:
    if isinstance(codec, ShardingCodec):
        return replace(
            codec,
            codecs=_bounded_codecs(path, codec.codecs),
            index_codecs=_bounded_codecs(path, codec.index_codecs),
        )
    name = str(codec.to_dict()["name"]).removeprefix("numcodecs.")
    return codec if _keeps_size(path, name) else _OfFormatThree(codec, path, name)


@dataclass(frozen=True)
class _OfFormatTwo(Codec):  # type: ignore[misc]
    """A codec of format 2, and what a chunk can be."""

    codec: Any
    path: Path
    count: int
    size: int

    codec_id = "bounded"

    def get_config(self) -> Any:
        """Give the options of the codec."""
        return self.codec.get_config()

    def encode(self, buf: Any) -> Any:
        """Pack bytes."""
        return self.codec.encode(buf)

    def decode(self, buf: Any, out: Any = None) -> Any:
        """Unpack a chunk that is no larger than it can be."""
        packed = memoryview(buf).tobytes()
        unpacked = checked(self.path, self.codec.codec_id, packed, self.count, self.size)
        return self.codec.decode(buf, out) if unpacked is None else unpacked


@dataclass(frozen=True)
class _OfFormatThree(BytesBytesCodec):
    """A codec of format 3, which learns with each chunk what that can be."""

    codec: Any
    path: Path
    name: str
    is_fixed_size = False

    def to_dict(self) -> Any:
        """Give what the codec is called, and its options."""
        return self.codec.to_dict()

    def evolve_from_array_spec(self, array_spec: Any) -> "_OfFormatThree":
        """Tell the codec what it is to unpack."""
        return replace(self, codec=self.codec.evolve_from_array_spec(array_spec))

    def compute_encoded_size(self, input_byte_length: int, chunk_spec: Any) -> int:
        """Size of a chunk that is packed [bytes]."""
        return int(self.codec.compute_encoded_size(input_byte_length, chunk_spec))

    async def _decode_single(self, chunk_data: Any, chunk_spec: Any) -> Any:
        """Unpack a chunk that is no larger than it can be."""
        count = prod(chunk_spec.shape)
        size = count * chunk_spec.dtype.to_native_dtype().itemsize
        packed = chunk_data.to_bytes()
        unpacked = await asyncio.to_thread(checked, self.path, self.name, packed, count, size)
        if unpacked is not None:
            return chunk_spec.prototype.buffer.from_bytes(unpacked)
        (content,) = await self.codec.decode([(chunk_data, chunk_spec)])
        return content


def checked(path: Path, name: str, packed: bytes, count: int, size: int) -> bytes | None:
    """Hold a packed chunk of so many numbers against what it can be.

    Parameters
    ----------
    path
        The file or folder.
    name
        Of the codec.
    packed
        The chunk.
    count, size
        How many numbers it holds, and their size in memory [bytes].

    Returns
    -------
    bytes or None
        What it unpacks to, if it had to be unpacked to know.
    """
    check_unpacked(path, len(packed), size)
    most = count * LARGEST_NUMBER
    if name in _INFLATED:
        return inflate(path, packed, most)
    if _MOST[name](packed) > most:
        raise too_much(path, most)
    return None
