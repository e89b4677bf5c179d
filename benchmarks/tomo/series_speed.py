"""How fast reconstruction is: as ratios to ASTRA on a CPU, slice by slice, and how much it holds.

    python benchmarks/tomo/series_speed.py --side 256

SIRT is compared with that of ASTRA's `linear` projector on the same slices, a part of the volume,
where the package `astra-toolbox` is installed; everything runs on one thread. What a whole cube
takes is told from the seconds of a slice, which are the same from 16 slices to 512. Peak memory is
that of a process that reconstructs a series of so many rows from a file.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from colonnade.core.arrays import Single
from colonnade.core.files.write import write_mrc
from colonnade.core.images.volume import Volume
from colonnade.tomo.reconstruct.memory import MOST_SLICES
from colonnade.tomo.reconstruct.plan import Plan
from colonnade.tomo.reconstruct.projector import Projector
from colonnade.tomo.reconstruct.reconstruct import Options, Work
from colonnade.tomo.reconstruct.sirt import Sirt, sirt
from colonnade.tomo.reconstruct.source import open_series
from colonnade.tomo.reconstruct.weight import WeightSearch, choose_weight

TILTS = tuple(np.linspace(-60.0, 60.0, 61))
"""Of the views [degrees]."""

SIRT = Sirt(most=100)
"""Iterations that are compared."""

COMPARED = 32
"""Slices on which methods are compared."""

FLAT = (16, 64, 256, 512)
"""Slices of a smaller volume whose cost is compared..."""

FLAT_SIDE = 64
"""... and its other sides [px]."""

WEIGHT = 8.0
"""Of the total variation [noise]."""

NOISE = 0.02
"""Of the views, in the brightest pixel."""


def slices_of(count: int, side: int) -> Single:
    """Slices (slice, z, x) of discs that differ."""
    rng = np.random.default_rng(4)
    z, x = np.indices((side, side)) - (side - 1) / 2
    slices = np.zeros((count, side, side), np.float32)
    for one in slices:
        for _ in range(8):
            place, radius = rng.uniform(-0.25, 0.25, 2) * side, rng.uniform(0.03, 0.15) * side
            one[np.hypot(z - place[0], x - place[1]) < radius] = rng.uniform(0.3, 1)
    return slices


def plan_of(side: int) -> Plan:
    """Plan a reconstruction."""
    return Plan(TILTS, side, side)


def noisy(plan: Plan, slices: Single) -> tuple[Plan, Single]:
    """Give sinograms with noise, and the plan with their noise and weight."""
    clean = plan.projector.project(slices)
    noise = NOISE * float(clean.max())
    added = noise * np.random.default_rng(5).standard_normal(clean.shape)
    planned = Plan(TILTS, plan.depth, plan.width, noise=noise, weight=WEIGHT * noise)
    return planned, np.asarray(clean + added, np.float32)


def seconds(work: Callable[[], object]) -> float:
    """CPU time of this process that something takes."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def astra_sirt(sinograms: Single, side: int) -> None:
    """Reconstruct slice by slice with ASTRA."""
    import astra  # type: ignore[import-not-found]

    volume = astra.create_vol_geom(side, side)
    views = astra.create_proj_geom("parallel", 1.0, side, np.deg2rad(TILTS))
    projector = astra.create_projector("linear", views, volume)
    for sinogram in sinograms:
        data = astra.data2d.create("-sino", views, sinogram)
        found = astra.data2d.create("-vol", volume)
        wanted = astra.astra_dict("SIRT")
        wanted |= {"ProjectionDataId": data, "ReconstructionDataId": found}
        wanted |= {"ProjectorId": projector, "option": {"MinConstraint": 0}}
        algorithm = astra.algorithm.create(wanted)
        astra.algorithm.run(algorithm, SIRT.most)
    astra.clear()


def compared(side: int) -> Iterator[str]:
    """Compare methods on some slices of a cube."""
    plan, sinograms = noisy(plan_of(side), slices_of(COMPARED, side))
    made = seconds(lambda: Projector(TILTS, side, side).transposed)
    yield f"the matrix, made once: {made:.1f} s"
    ours = seconds(lambda: sirt(plan.projector, sinograms, SIRT)) / COMPARED
    yield f"SIRT of {SIRT.most} iterations: {ours:.2f} s a slice"
    if find_spec("astra"):
        some = sinograms[: COMPARED // 8]
        theirs = seconds(lambda: astra_sirt(some, side)) / len(some)
        yield f"the same by ASTRA: {theirs:.2f} s a slice, {theirs / ours:.1f} times as long"
    total = seconds(lambda: plan.reconstruct(sinograms)) / COMPARED
    search = partial(choose_weight, plan.projector, sinograms, plan.noise, WeightSearch(), plan.tv)
    yield f"choosing its weight: {seconds(search) / (total * 64):.2f} of the time of 64 slices"
    yield f"total variation: {total:.2f} s a slice, {total * side / 60:.1f} min a cube on one core"


def by_count() -> Iterator[str]:
    """Tell the cost of a slice in volumes of more and more of them, block by block."""
    plan, _ = noisy(plan_of(FLAT_SIDE), slices_of(1, FLAT_SIDE))
    _ = plan.total_variation.spectrum.power, plan.projector.transposed
    for count in FLAT:
        _, sinograms = noisy(plan, slices_of(count, FLAT_SIDE))
        taken = seconds(partial(by_blocks, plan, sinograms))
        yield f"{count} slices of {FLAT_SIDE} x {FLAT_SIDE}: {1e3 * taken / count:.0f} ms a slice"


def by_blocks(plan: Plan, sinograms: Single) -> None:
    """Reconstruct block by block."""
    for first in range(0, len(sinograms), MOST_SLICES):
        plan.reconstruct(sinograms[first : first + MOST_SLICES])


def held(rows: int, side: int) -> str:
    """Say what a process holds that reconstructs a series of so many rows, block by block."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "views.mrc"
        some = np.zeros((len(TILTS), rows, side), np.float32)
        some[:, :, side // 2] = 1
        write_mrc(path, Volume(some, (1.0, 1.0, 1.0), "views"))
        command = [sys.executable, __file__, "--held", str(path), "--side", str(side)]
        peak = int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    size = 4 * rows * side**2 / 2**30
    return f"a volume of {size:.1f} GB, block by block: {peak / 2**20:.1f} GB at most"


def reconstruct_file(path: Path) -> None:
    """Reconstruct a file's series block by block, keep nothing, and print what was held [kB]."""
    series = open_series(path, angles=f"{TILTS[0]:g}:{TILTS[-1]:g}:{TILTS[1] - TILTS[0]:g}")
    noise = np.full(len(TILTS), 0.1)
    work = Work.of(series, Options("sirt", iterations=3), noise)
    for _ in work.do(work.blocks):
        pass
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def main() -> None:
    """Print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--side", type=int, default=256)
    parser.add_argument("--rows", type=int, default=2048)
    parser.add_argument("--held", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.held:
        reconstruct_file(given.held)
        return
    for line in compared(given.side):
        print(line, flush=True)
    for line in by_count():
        print(line, flush=True)
    for rows in (given.rows // 8, given.rows):
        print(held(rows, given.side), flush=True)


if __name__ == "__main__":
    main()
