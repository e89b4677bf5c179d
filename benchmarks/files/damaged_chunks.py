"""Unpack damaged chunks of Zarr that were let through, and count the processes that end of it.

    python benchmarks/files/damaged_chunks.py --count 60000

Libraries that unpack believe what a chunk says of itself. Before that it is looked at; what
is refused then is not unpacked. Sound chunks of several contents are packed in every way that the
codecs know, and bytes of them turned, cut out, set to extreme numbers, or cut off.
"""

import argparse
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from numcodecs import LZ4, Blosc, Zstd

from colonnade.core.errors import ColonnadeError
from colonnade.core.files.zarr_codecs import checked

AT_ONCE = 500
"""So many are unpacked by one process."""

NUMBERS = 60_000
"""No sound chunk holds more; they are of two bytes."""

HEADER = 64
"""Most damage is done to so many bytes from the first on."""


def contents(rng: np.random.Generator) -> list[bytes]:
    """Give what is packed: a ramp, counts, noise, a walk, and nothing."""
    return [
        np.arange(256, dtype="u2").tobytes(),
        rng.poisson(40, (64, 64)).astype("u2").tobytes(),
        rng.integers(0, 255, 5000).astype("u1").tobytes(),
        np.cumsum(rng.normal(size=25_000)).astype("f4").tobytes(),
        bytes(2 * NUMBERS),
    ]


def codecs() -> Iterator[Any]:
    """Give every way to pack."""
    yield from (LZ4(), Zstd())
    for name, shuffle, size in product(NAMES, (0, 1, 2), (0, 512)):
        yield Blosc(cname=name, shuffle=shuffle, blocksize=size)


NAMES = ("blosclz", "lz4", "lz4hc", "zlib", "zstd")
"""What Blosc packs with."""


def damaged(packed: bytes, rng: np.random.Generator) -> bytes:
    """Damage a chunk in one to several places."""
    content = bytearray(packed)
    for _ in range(int(rng.geometric(0.5))):
        if content:
            end = HEADER if rng.random() < 0.6 else len(content)
            place = int(rng.integers(min(len(content), end)))
            DAMAGES[int(rng.integers(len(DAMAGES)))](content, place, rng)
    return bytes(content)


def _turn(content: bytearray, place: int, rng: np.random.Generator) -> None:
    content[place] ^= 1 << int(rng.integers(8))


def _cut_out(content: bytearray, place: int, rng: np.random.Generator) -> None:
    del content[place : place + int(rng.integers(1, 8))]


def _extreme(content: bytearray, place: int, rng: np.random.Generator) -> None:
    number = int(rng.choice([0, 1, 2**16, 2**31 - 1, 2**32 - 1, len(content)]))
    content[place : place + 4] = number.to_bytes(4, "little")


def _cut_off(content: bytearray, place: int, rng: np.random.Generator) -> None:
    del content[place:]


DAMAGES: Sequence[Callable[[bytearray, int, np.random.Generator], None]]
DAMAGES = (_turn, _cut_out, _extreme, _cut_off)


def unpack(chunks: Sequence[tuple[Any, bytes]]) -> tuple[int, int]:
    """Unpack chunks in a process of its own: how many were let through, and if it lived."""
    reader, writer = os.pipe()
    if process := os.fork():
        os.close(writer)
        with os.fdopen(reader) as heard:
            through = len(heard.read())
        return through, os.waitpid(process, 0)[1] == 0
    for codec, chunk in chunks:
        with suppress(ColonnadeError, ValueError, RuntimeError):
            checked(Path("chunk"), codec.codec_id, chunk, NUMBERS, 2 * NUMBERS)
            os.write(writer, b".")
            codec.decode(chunk)
    os._exit(0)


def main() -> None:
    """Read the command line, and print the counts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=2000, help="of each codec")
    given = parser.parse_args()
    rng = np.random.default_rng(0)
    sound: dict[str, list[tuple[Any, bytes]]] = {}
    for codec, content in product(codecs(), contents(rng)):
        sound.setdefault(codec.codec_id, []).append((codec, codec.encode(content)))
    print("| codec | damaged | let through | processes that ended |")
    print("|---|---|---|---|")
    for name, chunks in sound.items():
        through = ended = 0
        for _ in range(0, given.count, AT_ONCE):
            chosen = (chunks[int(rng.integers(len(chunks)))] for _ in range(AT_ONCE))
            passed, lived = unpack([(codec, damaged(chunk, rng)) for codec, chunk in chosen])
            through, ended = through + passed, ended + (not lived)
        print(f"| {name} | {given.count} | {through} | {ended} |", flush=True)


if __name__ == "__main__":
    main()
