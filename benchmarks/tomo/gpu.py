"""What a GPU is worth that projects, and what it changes; without one, what can be told of that.

    python benchmarks/tomo/gpu.py --side 192

How much of its CPU time a method spends on projecting is what a GPU can take over. Where the
package `astra-toolbox` is installed, slices that it projects are compared with ours: by its
kernels for a CPU, and where there is a GPU by that for a GPU, whose seconds by the clock are told.
"""

import argparse
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec

import numpy as np
from series_speed import slices_of

from colonnade.core.arrays import Single
from colonnade.tomo.reconstruct.astra_projector import CUDA, AstraProjector
from colonnade.tomo.reconstruct.projector import Projector
from colonnade.tomo.reconstruct.sirt import Sirt, sirt
from colonnade.tomo.reconstruct.tv import TotalVariation, TvSettings

TILTS = tuple(np.linspace(-60.0, 60.0, 61))
"""Of the views [degrees]."""

SLICES = 8
"""So many are reconstructed together."""

NOISE = 0.02
"""Of the views, in the brightest pixel."""

WEIGHT = 12.0
"""Of the total variation [noise]."""

ITERATIONS = 30
"""Of each method."""


class Timed(Projector):
    """Projects, and counts the CPU time that this takes [s]."""

    spent = 0.0

    def project(self, slices: Single) -> Single:
        """Give sinograms of slices."""
        return self._timed(super().project, slices)

    def back_project(self, sinograms: Single) -> Single:
        """Give slices of sinograms."""
        return self._timed(super().back_project, sinograms)

    def _timed(self, work: Callable[[Single], Single], given: Single) -> Single:
        begun = time.process_time()
        done = work(given)
        Timed.spent += time.process_time() - begun
        return done


def methods(noise: float) -> dict[str, Callable[[Projector, Single], Single]]:
    """Give the methods by their names."""

    def by_sirt(projector: Projector, sinograms: Single) -> Single:
        return sirt(projector, sinograms, Sirt(ITERATIONS))

    def by_tv(projector: Projector, sinograms: Single) -> Single:
        solve = TotalVariation(projector, TvSettings(iterations=ITERATIONS, tolerance=0.0))
        _ = solve.spectrum.power
        start = projector.back_project(sinograms)
        return solve(sinograms, WEIGHT * noise, start / np.float32(start.max()))

    return {"SIRT": by_sirt, "total variation": by_tv}


def kernels() -> Iterator[str]:
    """List the kernels of ASTRA that can be tried here."""
    if find_spec("astra"):
        yield from ("strip", "linear")
        if import_module("astra").use_cuda():
            yield CUDA


def report(side: int) -> Iterator[str]:
    """Say what each method spends on projecting, and what ASTRA makes of the same views."""
    ours, truth = Timed(TILTS, side, side), slices_of(SLICES, side)
    clean = ours.project(truth)
    _ = ours.transposed
    noise = NOISE * float(clean.max())
    added = noise * np.random.default_rng(5).standard_normal(clean.shape)
    sinograms = np.asarray(clean + added, np.float32)
    for name, method in methods(noise).items():
        Timed.spent, begun, clock = 0.0, time.process_time(), time.perf_counter()
        expected = method(ours, sinograms)
        whole, clock = time.process_time() - begun, time.perf_counter() - clock
        yield f"{name}: {Timed.spent / whole:.0%} of its time is projecting"
        for kernel in kernels():
            begun = time.perf_counter()
            found = method(AstraProjector(TILTS, side, side, kernel=kernel), sinograms)
            taken = time.perf_counter() - begun
            off = np.sqrt(np.mean((found - expected) ** 2)) / np.std(expected)
            gain = 20 * np.log10(_rms(expected - truth) / _rms(found - truth))
            said = f"  by ASTRA's {kernel}: off by {off:.2%}, {gain:+.2f} dB"
            yield f"{said}, {clock / taken:.1f} times as fast" if kernel == CUDA else said


def _rms(error: Single) -> float:
    return float(np.sqrt(np.mean(np.square(error, dtype=np.float64))))


def main() -> None:
    """Print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--side", type=int, default=192)
    for line in report(parser.parse_args().side):
        print(line, flush=True)


if __name__ == "__main__":
    main()
