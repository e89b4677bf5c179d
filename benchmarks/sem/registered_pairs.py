"""Register real pairs of frames that are kept as tiles, and measure what shift remains.

    python benchmarks/sem/registered_pairs.py FOLDER OUT

FOLDER has `hr_128` and `sr_64_128`, tiles of sharp and of coarse frames, whose pixels are doubled;
sixty of them in order make a frame, ten across and six down. The frames are written to OUT/frames,
where `colonnade import sem` finds them, and a table of what remains is printed. The shift that is
left is measured by phase correlation in windows of 64 coarse pixels, which has no part in the last
rounds of the fit; some hundredths of a pixel are its own error.
"""

import sys
from pathlib import Path

import numpy as np
from PIL import Image

from colonnade.core.arrays import Single
from colonnade.core.images.registration import flattened, window_peaks
from colonnade.core.work.writing import make_folder
from colonnade.sem.library.grey_levels import averaged
from colonnade.sem.library.pair_files import find_pairs
from colonnade.sem.library.registered import Registered, register

KINDS = {"low": "sr_64_128", "high": "hr_128"}
"""Folders of the tiles of coarse and of sharp frames."""

ACROSS, DOWN = 10, 6
"""Tiles of a frame."""

WINDOW, HEIGHT = 64, 10.0
"""Side of the windows [coarse px], and the height of a peak that counts."""

HEADER = (
    "| frame | scale | rotation [°] | error [px] | left [px] | mean shift left [px] | "
    "rest [noise] | gain | blur [px] |"
)


def assemble(folder: Path, out: Path) -> None:
    """Put the tiles of each frame together."""
    for kind, name in KINDS.items():
        tiles = sorted((folder / name).glob("*.png"))
        make_folder(out / kind)
        for start in range(0, len(tiles), ACROSS * DOWN):
            frame = [
                [
                    np.asarray(Image.open(tile).convert("L"))
                    for tile in tiles[first : first + ACROSS]
                ]
                for first in range(start, start + ACROSS * DOWN, ACROSS)
            ]
            path = out / kind / f"frame{start // (ACROSS * DOWN):02d}.png"
            Image.fromarray(np.block(frame)).save(path)


def left_over(low: Single, high: Single, factor: int) -> tuple[float, float]:
    """Median length of the shifts of windows, and the length of their mean [coarse px]."""
    found = window_peaks(flattened(low), flattened(averaged(high, factor)), WINDOW, HEIGHT)
    shifts = found.shifts[found.known]
    return float(np.median(np.hypot(*shifts.T))), float(np.hypot(*shifts.mean(0)))


def line(name: str, found: Registered) -> str:
    """Row of the table."""
    left, mean = left_over(found.pair.low, found.pair.high, found.pair.factor)
    return (
        f"| {name} | {found.scale:.4f} | {found.rotation:.2f} | {found.error:.2f} | {left:.2f} | "
        f"{mean:.3f} | {found.rest:.3f} | {found.grey.gain:.3f} | {found.grey.blur:.2f} |"
    )


def main(folder: Path, out: Path) -> None:
    """Assemble, register, and print the table."""
    assemble(folder, out / "frames")
    print(HEADER, "|---" * (HEADER.count("|") - 1) + "|", sep="\n")
    for files in find_pairs(out / "frames"):
        low, high = files.read()
        print(line(files.name, register(low.pixels, high.pixels, 2)), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
