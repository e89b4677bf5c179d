"""How many times as small real images become when they are packed, which bounds what is believed.

    python benchmarks/files/packing.py FOLDER

Prints the images of a folder that zlib at its best level packs best.
"""

import argparse
import zlib
from pathlib import Path

from colonnade.core.errors import ColonnadeError
from colonnade.core.files.formats import SUFFIXES
from colonnade.core.files.open import describe
from colonnade.core.files.signals import READABLE
from colonnade.core.files.unpacked import MOST_TIMES

SHOWN = 5
"""So many images are named."""


def packed_times(path: Path) -> float:
    """How many times as small the first plane of the first image of a file becomes."""
    signal = next(each for each in describe(path) if each.kind in READABLE)
    pixels, _ = signal.plane(0)
    return float(pixels.nbytes / len(zlib.compress(pixels.tobytes(), 9)))


def main() -> None:
    """Read the command line, and print the greatest."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    found = {}
    for path in sorted(parser.parse_args().folder.rglob("*")):
        if path.suffix.lower() not in SUFFIXES:
            continue
        try:
            found[path.name] = packed_times(path)
        except (ColonnadeError, StopIteration):
            continue
    print(f"{len(found)} images; a claim of more than {MOST_TIMES} times is refused")
    for name, times in sorted(found.items(), key=lambda item: -item[1])[:SHOWN]:
        print(f"{times:8.1f}  {name}")


if __name__ == "__main__":
    main()
