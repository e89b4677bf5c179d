"""Measure the memory that `colonnade upscale` needs for large inputs.

    python benchmarks/sem/memory.py --shape 512,512,512 --factor 4 --scratch FOLDER
    python benchmarks/sem/memory.py --shape 16384,16384 --factor 2 --scratch FOLDER

Writes an image or a stack of 8 bit of this shape, the packaged sample and its mirror images with
noise of their own, upscales it by the command, and prints the largest memory that its process
held. FOLDER needs room for five times as many bytes as the result has pixels; what is written
there is deleted again.
"""

import argparse
import os
import sys
import time
from collections.abc import Iterator
from itertools import chain
from math import prod
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

import colonnade
from colonnade.core.files.batch import sample
from colonnade.core.files.planes import Planes
from colonnade.core.files.write import write_tiff

NOISE = 4
"""Grey levels by which a pixel differs from that of the sample at most."""


def planes(shape: tuple[int, ...]) -> Iterator[NDArray[np.uint8]]:
    """Give the slices one by one; no two are alike."""
    *depth, height, width = shape
    rng = np.random.default_rng(0)
    pixels = colonnade.read(sample("sem.tif")).pixels.astype(np.uint8)
    missing = [(0, max(0, n - m)) for n, m in zip((height, width), pixels.shape, strict=True)]
    ground = np.pad(pixels, missing, mode="symmetric")[:height, :width]
    ground = np.clip(ground, NOISE, 255 - NOISE)
    for _ in range(prod(depth)):
        noise = rng.integers(0, 2 * NOISE + 1, (height, width), np.uint8)
        yield ground + noise - np.uint8(NOISE)


def run(path: Path, factor: int, model: str) -> tuple[int, int]:
    """Run the command, and give its exit status and the largest memory that it held [bytes]."""
    options = {"--factor": str(factor), "--model": model, "--out": "out"}
    words = ["-m", "colonnade", "upscale", path.name, *chain.from_iterable(options.items())]
    child = os.posix_spawn(
        sys.executable,
        [sys.executable, *words],
        os.environ,
        file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)],
    )
    _, status, usage = os.wait4(child, 0)
    return os.waitstatus_to_exitcode(status), usage.ru_maxrss * (1 if IS_MAC else 1024)


IS_MAC = sys.platform == "darwin"
"""There the unit of memory is a byte, elsewhere 1024 of them."""


def main() -> None:
    """Measure one shape."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--shape", required=True, help="slices,rows,columns or rows,columns")
    options.add_argument("--factor", type=int, default=4, choices=(2, 4, 8))
    options.add_argument("--model", help="by default the light one of the factor")
    options.add_argument("--scratch", type=Path)
    chosen = options.parse_args()
    shape = tuple(map(int, chosen.shape.split(",")))
    pixels = chosen.factor**2 * prod(shape)
    with TemporaryDirectory(dir=chosen.scratch) as folder:
        os.chdir(folder)
        write_tiff("input.tif", Planes(planes(shape), shape, np.uint8))
        began = time.perf_counter()
        model = chosen.model or f"light-x{chosen.factor}"
        status, peak = run(Path("input.tif"), chosen.factor, model)
        took = time.perf_counter() - began
    if status:
        raise SystemExit(f"the command ended with {status}")
    print("| input | factor | output [Gpx] | largest memory [GB] | Mpx/s |\n|---|---|---|---|---|")
    size = " x ".join(map(str, shape))
    print(
        f"| {size} | {chosen.factor} | {pixels / 1e9:.3f} | {peak / 1e9:.2f} | "
        f"{pixels / took / 1e6:.2f} |"
    )


if __name__ == "__main__":
    main()
