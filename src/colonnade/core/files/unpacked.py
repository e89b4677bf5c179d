"""Refuse what would unpack to far more than its file holds, before any of it is unpacked."""

import lzma
import zlib
from collections.abc import Sequence
from math import prod
from pathlib import Path

from colonnade.core.errors import FileError

SMALL = 1 << 28
"""What unpacks to no more than this is read, however little its file holds of it [bytes]."""

MOST_TIMES = 100
"""More than this is read if it is no more than so many times what its file holds of it.

Noise cannot be packed, so that micrographs become a few times as small; what is empty, a thousand
times.
"""

DEFLATE_TIMES = 1032
"""No bytes that are deflated unpack to more than so many times as many."""

MOST_FRAMES = 1 << 24
"""No series has more frames; each takes memory before any is read."""

MOST_CHUNKS = 1 << 20
"""No plane is kept in more pieces; each is looked for when the plane is read."""

_PIECE = 1 << 20
"""So much is unpacked at a time where it is only counted [bytes]."""


def check_unpacked(path: Path, held: int, unpacked: int) -> None:
    """Refuse an image, or a part of one that is unpacked as a whole, that its file cannot hold.

    Parameters
    ----------
    path
        The file.
    held
        What it holds of that [bytes].
    unpacked
        What that would be in memory, as the file says [bytes].

    Raises
    ------
    FileError
        If it is more than `SMALL`, and more than `MOST_TIMES` what is held.
    """
    if unpacked > max(SMALL, MOST_TIMES * held):
        raise FileError(
            f"{path} claims {_in_words(unpacked)} of pixels and holds {_in_words(held)} of them; "
            "it is damaged, or save it without compression"
        )


def check_count(path: Path, shape: Sequence[int], chunks: Sequence[int] | None) -> None:
    """Refuse an array of more frames or pieces than anybody could work through.

    Parameters
    ----------
    path
        The file.
    shape
        Of the array, the axes of a plane last.
    chunks
        Size of its pieces along each axis, if it has any.

    Raises
    ------
    FileError
        If it has more than `MOST_FRAMES` frames, or a plane of it more than `MOST_CHUNKS` pieces.
    """
    pieces = [-(-size // part) for size, part in zip(shape, chunks or shape, strict=True) if part]
    if prod(shape[:-2]) > MOST_FRAMES or prod(pieces[-2:]) > MOST_CHUNKS:
        claim = " x ".join(map(str, shape))
        raise FileError(
            f"{path} claims an array of {claim} in {prod(pieces)} pieces, which is more than can "
            "be worked through; it is damaged"
        )


def check_inflated(path: Path, deflated: bytes, most: int) -> None:
    """Refuse deflated bytes, zlib's or gzip's, that would unpack to more than so many.

    Raises
    ------
    FileError
        If they would.
    """
    if len(deflated) * DEFLATE_TIMES > most:
        inflate(path, deflated, most, keep=False)


def inflate(path: Path, deflated: bytes, most: int, keep: bool = True) -> bytes:
    """Unpack deflated bytes, zlib's or gzip's, as far as to so many.

    Parameters
    ----------
    path
        The file.
    deflated
        Bytes of it.
    most
        So many may come of them.
    keep
        Whether they are wanted, and not only to be counted.

    Raises
    ------
    FileError
        If more would come of them.
    """
    kept, count = [], 0
    while deflated:
        unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
        while deflated and not unpacker.eof:
            piece = unpacker.decompress(deflated, _PIECE)
            deflated = unpacker.unconsumed_tail
            count += len(piece)
            kept += [piece] if keep else []
            if count > most:
                raise too_much(path, most)
        deflated = unpacker.unused_data
    return b"".join(kept)


def check_unlzma(path: Path, packed: bytes, most: int) -> None:
    """Refuse bytes of LZMA that would unpack to more than so many.

    Raises
    ------
    FileError
        If they would.
    """
    unpacker = lzma.LZMADecompressor(memlimit=SMALL)
    count = len(unpacker.decompress(packed, _PIECE))
    while count <= most and not (unpacker.eof or unpacker.needs_input):
        count += len(unpacker.decompress(b"", _PIECE))
    if count > most:
        raise too_much(path, most)


def too_much(path: Path, most: int) -> FileError:
    """Say that a part of an image unpacks to more than there can be."""
    return FileError(
        f"{path} has pixels that unpack to more than the {_in_words(most)} that they can be; it "
        "is damaged"
    )


def _in_words(size: int) -> str:
    """Say how many bytes that is, as people count them."""
    place = min((size.bit_length() - 1) // 10, 4) if size else 0
    return f"{size / 1024**place:.3g} {('bytes', 'KiB', 'MiB', 'GiB', 'TiB')[place]}"
