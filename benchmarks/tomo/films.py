"""Reconstruct films that are wider than their views, with room beside the views and without.

    python benchmarks/tomo/films.py --size 64 --count 6

A film is simulated as wide as its most tilted view sees it, and the middle of its views is cut
out. What is judged is the middle of the volume, where every view sees it. The mean of each plane
along the film is not measured at any tilt that is reached, so that it is also judged without. The
views before they were cut, in a volume as wide and with room beside, show what could be had.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from methods import decibels, recipe_of

from colonnade.core.arrays import Array, Single
from colonnade.tomo.reconstruct.margin import beside
from colonnade.tomo.reconstruct.plan import Plan
from colonnade.tomo.simulate.series import simulate

WEIGHT = 4.0
"""Of the total variation [noise of the views]."""


@dataclass(frozen=True, eq=False)
class Case:
    """A film, and its views.

    Parameters
    ----------
    plan
        For the middle of the views, without room beside them.
    margin
        What the most tilted view sees beside the middle [px].
    truth
        Slices as wide as that (slice, z, x).
    sinograms
        Views as wide (slice, view, x).
    """

    plan: Plan
    margin: int
    truth: Single
    sinograms: Single

    def inner(self, slices: Single) -> Single:
        """Cut the middle out, along x."""
        return slices[:, :, self.margin : self.margin + self.plan.width]

    @property
    def seen(self) -> Array:
        """Where every view sees the middle of the slices."""
        z, x = np.indices((self.plan.depth, self.plan.width)).astype(float)
        z, x = z - (self.plan.depth - 1) / 2, x - (self.plan.width - 1) / 2
        tilts = np.deg2rad(self.plan.angles)[:, None, None]
        return np.asarray(
            (np.abs(x * np.cos(tilts) + z * np.sin(tilts)) < self.plan.width / 2).all(0)
        )


def case_of(side: int, reach: float, dose: float, seed: int) -> Case:
    """Draw a film and its views."""
    margin = beside(np.array([reach]), side, side)
    recipe = replace(recipe_of("film", side, reach, dose), size=(side, 3, side + 2 * margin))
    made = simulate(recipe, np.random.default_rng([9, seed]))
    noise = float(np.sqrt(np.mean(np.square(made.noise))))
    plan = Plan(made.series.angles, side, side, noise=noise, weight=WEIGHT * noise)
    truth = np.ascontiguousarray(made.truth.transpose(1, 0, 2))
    return Case(plan, margin, truth, made.series.rows(slice(None)))


def reached(case: Case) -> Iterator[tuple[float, float, float]]:
    """Decibels, decibels without the means of planes, and the residual in noise, by each way."""
    cut = np.ascontiguousarray(case.inner(case.sinograms))
    wide = replace(case.plan, width=case.truth.shape[2])
    for plan, sinograms in (
        (case.plan, cut),
        (replace(case.plan, margin=case.margin), cut),
        (replace(wide, margin=case.margin), case.sinograms),
    ):
        found = plan.reconstruct(sinograms)
        slices = case.inner(found.slices) if plan.width == wide.width else found.slices
        truth, seen = case.inner(case.truth), case.seen
        left = float(np.sqrt(found.residual.mean())) / plan.noise
        whole = decibels(slices[:, seen], truth[:, seen])
        wrong = _without_means(slices - truth, seen)[:, seen]
        error = float(np.mean(np.square(wrong, dtype=np.float64)))
        yield whole, float(10 * np.log10(float(truth.max()) ** 2 / error)), left


def _without_means(slices: Single, seen: Array) -> Single:
    """Take the mean of what is seen of each plane off."""
    shown = np.where(seen, slices, 0)
    means = shown.sum(2, keepdims=True) / np.maximum(seen.sum(1), 1)[:, None]
    return np.asarray(slices - means, np.float32)


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--count", type=int, default=6)
    given = parser.parse_args()
    ways = ("without room", "with room", "uncut views")
    cells = (f"{way}: whole, without planes' means [dB], residual |" for way in ways)
    print("| ± tilt | counts |", *cells)
    print("|---" * (2 + len(ways)) + "|")
    for reach in (60.0, 70.0):
        for dose in (1000.0, 200.0, 50.0):
            cases = (case_of(given.size, reach, dose, n) for n in range(given.count))
            medians = np.median([list(reached(case)) for case in cases], axis=0)
            cells = (f"{one:.1f}, {other:.1f}, {left:.2f} |" for one, other, left in medians)
            print(f"| {reach:g} | {dose:g} |", *cells, flush=True)


if __name__ == "__main__":
    main()
