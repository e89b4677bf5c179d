"""How fast the total variation converges, beside a primal-dual method, with noise and without.

    python benchmarks/tomo/convergence.py --size 64

Each case is one slice and one weight. A line says, after so many iterations of either method, how
many decibels the slice reaches and by what share its cost lies above the least that was found.
An iteration of either projects once and projects back once.
"""

import argparse
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
from methods import CLEAN_NOISE, decibels, recipe_of

from colonnade.core.arrays import Single
from colonnade.tomo.reconstruct.plan import START
from colonnade.tomo.reconstruct.projector import Projector
from colonnade.tomo.reconstruct.sirt import sirt
from colonnade.tomo.reconstruct.tv import TotalVariation, TvSettings, divergence, gradient
from colonnade.tomo.simulate.series import simulate

COUNTS = (50, 100, 200, 400)
"""Iterations after which the methods are judged."""

LONG = 1500
"""Iterations of the primal-dual method that tell the least cost."""

CASES = (
    ("faceted", np.inf, 40.0),
    ("core_shell", np.inf, 10.0),
    ("porous", np.inf, 40.0),
    ("texture", np.inf, 10.0),
    ("porous", 1000.0, 10.0),
    ("grains", 200.0, 15.0),
    ("faceted", 50.0, 20.0),
)
"""Families, counts and weights [noise; thousandths of the brightest pixel without any]."""

Solve = Callable[[int], Single]
"""Gives slices after so many iterations."""


def primal_dual(
    projector: Projector, sinograms: Single, weight: float, start: Single, iterations: int
) -> Single:
    """Find the slices of least total variation by the method of Chambolle and Pock (2011)."""
    slices = start / np.linalg.norm(start)
    for _ in range(20):
        slices = projector.back_project(projector.project(slices))
        norm = np.float32(np.linalg.norm(slices))
        slices /= norm
    scale, step = np.sqrt(norm / 8), 1 / np.sqrt(2 * norm)
    slices = ahead = start
    views, steep = np.zeros_like(sinograms), np.zeros_like(gradient(start))
    for _ in range(iterations):
        views = (views + step * (projector.project(ahead) - sinograms)) / (1 + step)
        steep = steep + step * scale * gradient(ahead)
        steep /= np.maximum(1, np.sqrt(np.square(steep).sum(0)) * scale / np.float32(weight))
        down = projector.back_project(views) + scale * divergence(steep)
        after = np.maximum(slices - step * down, 0)
        slices, ahead = after, 2 * after - slices
    return slices


def lines(family: str, dose: float, units: float, side: int) -> Iterator[str]:
    """Give the lines of one case."""
    made = simulate(recipe_of(family, side, 60.0, dose), np.random.default_rng([9, 1]))
    truth = np.ascontiguousarray(made.truth.transpose(1, 0, 2))[1:2]
    sinograms = made.series.rows(slice(1, 2))
    projector = Projector(made.series.angles, side, side)
    noise = float(np.sqrt(np.mean(np.square(made.noise)))) or CLEAN_NOISE * float(sinograms.max())
    weight, start = units * noise, sirt(projector, sinograms, START)

    def cost(slices: Single) -> float:
        left = np.square(projector.project(slices) - sinograms, dtype=np.float64).sum() / 2
        steep = np.sqrt(np.square(gradient(slices), dtype=np.float64).sum(0)).sum()
        return float(left + weight * steep)

    def directions(iterations: int) -> Single:
        settings = replace(TvSettings(), iterations=iterations, tolerance=0.0)
        return TotalVariation(projector, settings)(sinograms, weight, start)

    def dual(iterations: int) -> Single:
        return primal_dual(projector, sinograms, weight, start, iterations)

    least = min(cost(dual(LONG)), cost(directions(max(COUNTS))))
    doses = "clean" if np.isinf(dose) else f"{dose:g}"
    methods: dict[str, Solve] = {"alternating directions": directions, "primal-dual": dual}
    for name, solve in methods.items():
        begun = time.perf_counter()
        found = [solve(count) for count in COUNTS]
        seconds = (time.perf_counter() - begun) / sum(COUNTS)
        cells = (
            f"{decibels(slices, truth):.1f}, {100 * (cost(slices) / least - 1):.2f} % |"
            for slices in found
        )
        yield " ".join(
            [f"| {family} | {doses} | {units:g} | {name} |", *cells, f"{1e3 * seconds:.1f} |"]
        )


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--size", type=int, default=64)
    given = parser.parse_args()
    counts = (f"{count} |" for count in COUNTS)
    print("| family | counts | weight | method |", *counts, "ms an iteration |")
    print("|---" * (5 + len(COUNTS)) + "|")
    for family, dose, units in CASES:
        for line in lines(family, dose, units, given.size):
            print(line, flush=True)


if __name__ == "__main__":
    main()
