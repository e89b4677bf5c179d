"""How fast images are simulated: on one core, and as a library with all labels on several.

    python benchmarks/atoms/simulator_speed.py --count 10000 --workers 2

The image of abTEM that is the peer is in `multislice.py`, with its own seconds.
"""

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np

from colonnade.atoms.library.sources import Simulator, write_library
from colonnade.atoms.simulate.image import Simulation
from colonnade.core.work.processors import available_cpus
from colonnade.core.work.recipe import load

IMAGES = 200
"""Simulated on one core."""


def main() -> None:
    """Print both as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recipe", type=Path)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=available_cpus())
    chosen = parser.parse_args()
    recipe = Simulation() if chosen.recipe is None else load(Simulation, chosen.recipe)
    seconds = np.sort(one_core(recipe))
    print("| what | number | seconds | images per second |\n|---|---|---|---|")
    rate = IMAGES / seconds.sum()
    print(f"| image and columns, one core | {IMAGES} | {seconds.sum():.1f} | {rate:.0f} |")
    taken, size = library(recipe, chosen.count, chosen.workers)
    name = f"library with all labels, {chosen.workers} processes, {size / 1e6:.0f} MB"
    print(f"| {name} | {chosen.count} | {taken:.1f} | {chosen.count / taken:.0f} |")
    slowest = 1000 * seconds[[len(seconds) // 2, -1]]
    print(f"\nOf one image: median {slowest[0]:.1f} ms, slowest {slowest[1]:.1f} ms.")


def one_core(recipe: Simulation) -> np.ndarray:
    """Seconds for each image, once every crystal has been seen."""
    source = Simulator(recipe, seed=1)
    for index in range(IMAGES):
        source(index)
    seconds = []
    for index in range(IMAGES):
        start = time.perf_counter()
        source(index)
        seconds.append(time.perf_counter() - start)
    return np.array(seconds)


def library(recipe: Simulation, count: int, workers: int) -> tuple[float, int]:
    """Seconds for a library, and its size on disk [bytes]."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        source = Simulator(recipe, seed=0)
        write_library(source, count, Path(folder), lambda done, of: None, workers=workers)
        taken = time.perf_counter() - start
        return taken, sum(path.stat().st_size for path in Path(folder).rglob("*"))


if __name__ == "__main__":
    main()
