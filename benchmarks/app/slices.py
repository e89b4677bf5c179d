"""What planes across those of a file cost, read one by one or many together.

    python benchmarks/app/slices.py [--shape 256 700 720] [--together 1 16 64]

A volume of 32 bit floats lies in a file, z by z, and is looked at along x: every plane has a
voxel of each of its rows. Printed are, for so many planes read together, the processor time until
the first of them is here and for each plane of a run, and the memory that they take; the system
holds the file in memory, as it does while somebody looks through it.
"""

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np

from colonnade.app.images import planes
from colonnade.app.images.cache import Cache
from colonnade.core.images.volume import Volume

REPEATS = 3
ROOM = 1 << 30
"""Memory for planes that are kept [bytes]."""


def main() -> None:
    """Measure all and print them."""
    parser = argparse.ArgumentParser(description="Planes across a file")
    parser.add_argument("--shape", type=int, nargs=3, default=[256, 700, 720])
    parser.add_argument("--together", type=int, nargs="+", default=[1, 16, 64])
    options = parser.parse_args()
    print("together: first plane ms, each of a run ms, kept MB")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "volume.raw"
        written = np.memmap(file, np.float32, "w+", shape=tuple(options.shape))
        for number, plane in enumerate(written):
            plane[:] = number
        for together in options.together:
            first = min(first_plane(file, written.shape, together) for _ in range(REPEATS))
            kept = together * written[:, :, 0].nbytes / 1e6
            print(f"{together}: {first:.0f}, {first / together:.1f}, {kept:.0f}")


def first_plane(file: Path, shape: tuple[int, ...], together: int) -> float:
    """Processor time until a plane along x of a file that was just opened is here [ms]."""
    planes.MOST_TOGETHER = together
    voxels = np.memmap(file, np.float32, "r", shape=shape)
    seen = planes.Planes(Volume(voxels), Cache(ROOM))
    before = time.process_time()
    seen.read("x", shape[2] // 2, slice(None), slice(None))
    return 1000 * (time.process_time() - before)


if __name__ == "__main__":
    main()
