"""How much bytes of Zstandard can unpack to, told from their frames and blocks (RFC 8878)."""

from collections.abc import Iterator

_MAGIC = 0xFD2FB528
_SKIPPABLE = 0x184D2A50
_SKIPPABLE_BITS = 0xFFFFFFF0

_BLOCK = 1 << 17
"""No block unpacks to more, unless it is one byte again and again [bytes]."""

_REPEATED = 1
"""Type of a block that is one byte, and how often it comes."""


def most_of_zstd(packed: bytes) -> int:
    """Most that bytes of Zstandard can unpack to: what their frames state, or what blocks allow.

    Raises
    ------
    ValueError
        If they are cut short, or no Zstandard.
    """
    return sum(_frames(packed))


def _frames(packed: bytes) -> Iterator[int]:
    """Most that each frame can unpack to."""
    at = 0
    while at < len(packed):
        magic = _number(packed, at, 4)
        if magic & _SKIPPABLE_BITS == _SKIPPABLE:
            at += 8 + _number(packed, at + 4, 4)
            continue
        if magic != _MAGIC:
            raise ValueError("these are no frames of Zstandard")
        descriptor = _number(packed, at + 4, 1)
        single, checked = descriptor >> 5 & 1, descriptor >> 2 & 1
        at += 5 + (1 - single) + (0, 1, 2, 4)[descriptor & 3]
        width = (single, 2, 4, 8)[descriptor >> 6]
        stated = _number(packed, at, width) + (256 if width == 2 else 0)
        allowed, at = _blocks(packed, at + width)
        at += 4 * checked
        yield stated if width else allowed


def _blocks(packed: bytes, at: int) -> tuple[int, int]:
    """Most that the blocks of a frame can unpack to, and where they end."""
    most, last = 0, 0
    while not last:
        header = _number(packed, at, 3)
        last, kind, size = header & 1, header >> 1 & 3, header >> 3
        most += size if kind == _REPEATED else _BLOCK
        at += 3 + (1 if kind == _REPEATED else size)
    return most, at


def _number(packed: bytes, at: int, width: int) -> int:
    """Read a number of so many bytes, the lowest first."""
    if at + width > len(packed):
        raise ValueError("the frames of Zstandard are cut short")
    return int.from_bytes(packed[at : at + width], "little")
