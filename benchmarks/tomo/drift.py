"""What drift and a tilt axis that is off cost once a series is aligned, and where it is not.

    python benchmarks/tomo/drift.py --size 96 --family core_shell --family needle

Views are shifted by 1 px (standard deviation) along y and along x, and their axis is turned by 1
and by 5.8 degrees. The same series are reconstructed by total variation of the same weight as they
would be without drift, as they were aligned, and as they are. Where in its volume a specimen lies
is nobody's error: that part of an alignment is set right before it is judged.
"""

import argparse
from dataclasses import dataclass, replace

import numpy as np
from methods import decibels, recipe_of

from colonnade.core.arrays import Array, Single
from colonnade.tomo.reconstruct.align.align import align
from colonnade.tomo.reconstruct.margin import find_margin
from colonnade.tomo.reconstruct.moved import Move, Moved, rotation
from colonnade.tomo.reconstruct.plan import Plan
from colonnade.tomo.reconstruct.weight import WeightSearch, choose_weight
from colonnade.tomo.simulate.series import SimulatedSeries, simulate
from colonnade.tomo.simulate.stage import Stage
from colonnade.tomo.tilts import TiltSeries

FAMILIES = ("faceted", "core_shell", "porous", "catalyst", "needle", "film")
"""By default."""

TURNS = (1.0, 5.8)
"""Of the tilt axis [degrees]."""

DRIFT = 1.0
"""Standard deviation of the shifts [px]."""

REACH = 60.0
"""Of the tilts, in steps of 2 degrees."""

SHOWN = 4
"""Slices in the middle that are reconstructed."""

USUAL_NOTES = 3
"""An alignment says so much of how it was made; more are doubts."""


@dataclass(frozen=True)
class Cost:
    """Errors of the alignment of one series [px, degrees], and what is reached [dB]."""

    along: float
    across: float
    angle: float
    still: float
    aligned: float
    shifted: float
    doubted: bool


def series_of(
    family: str, side: int, dose: float, turn: float | None, seed: int
) -> SimulatedSeries:
    """Simulate a series, with or without drift; one seed is one specimen."""
    recipe = replace(recipe_of(family, side, REACH, dose), size=(side, side // 2, side))
    if turn is not None:
        stage = Stage(
            misaligned=1.0, shift=(DRIFT, DRIFT), axis_offset=(0.0, 0.0), axis_angle=(turn, turn)
        )
        recipe = replace(recipe, stage=stage)
    return simulate(recipe, np.random.default_rng([11, seed]))


def judge(family: str, side: int, dose: float, turn: float, seed: int) -> Cost:
    """Align one series and reconstruct it three times."""
    still, made = (series_of(family, side, dose, each, seed) for each in (None, turn))
    found = align(made.series)
    move, errors = _set_right(found.move, made)
    plan, truth = _plan(still)
    aligned = replace(made.series, views=Moved(made.series.views, move))
    return Cost(
        *errors,
        found.axis_angle_deg - turn,
        still=decibels(_slices(plan, still.series), truth),
        aligned=decibels(_slices(plan, aligned), truth),
        shifted=decibels(_slices(plan, made.series), truth),
        doubted=len(found.notes) > USUAL_NOTES,
    )


def _set_right(move: Move, made: SimulatedSeries) -> tuple[Move, tuple[float, float]]:
    """Put the specimen where it is in the truth; give what is left of errors along and across."""
    turn = rotation(made.axis_angle)
    along, across = ((move.shifts - made.shifts) @ turn).T
    tilts = np.deg2rad(made.series.angles)
    place = np.stack([np.cos(tilts), np.sin(tilts)], axis=1)
    free = place @ np.linalg.lstsq(place, across, rcond=None)[0]
    whole = np.stack([np.full(len(along), along.mean()), free], axis=1) @ turn.T
    left = float(along.std()), float(np.sqrt(np.mean(np.square(across - free))))
    return replace(move, shifts=move.shifts - whole), left


def _plan(still: SimulatedSeries) -> tuple[Plan, Single]:
    """Choose the weight for the series without drift; give the truth of the slices shown too."""
    truth = np.ascontiguousarray(still.truth[:, _middle(still.series)].transpose(1, 0, 2))
    noise = float(np.sqrt(np.mean(np.square(still.noise))))
    plan = Plan(still.series.angles, truth.shape[1], truth.shape[2], noise=noise)
    plan = replace(plan, margin=find_margin(still.series, plan.depth, still.noise))
    rows = still.series.rows(_middle(still.series))
    weight = choose_weight(plan.projector, rows, noise, WeightSearch(), plan.tv)
    return plan.with_weight(weight), truth


def _slices(plan: Plan, series: TiltSeries) -> Single:
    return plan.reconstruct(series.rows(_middle(series))).slices


def _middle(series: TiltSeries) -> slice:
    start = (series.shape[1] - SHOWN) // 2
    return slice(start, start + SHOWN)


HEADER = (
    "| family | axis off by [°] | shifts wrong along, across [px] (worst) | axis wrong [°] "
    "(worst) | without drift [dB] | aligned "
    "costs [dB] (worst) | not aligned costs [dB] | doubted |"
)


def row(family: str, side: int, dose: float, turn: float, count: int) -> str:
    """Give the line of a table."""
    costs = [judge(family, side, dose, turn, seed) for seed in range(count)]

    def of(name: str) -> Array:
        return np.array([getattr(one, name) for one in costs])

    wrong = max(of("along").max(), of("across").max())
    angle, lost = np.abs(of("angle")), of("still") - of("aligned")
    return (
        f"| {family} | {turn:g} | {np.median(of('along')):.2f}, {np.median(of('across')):.2f} "
        f"({wrong:.2f}) | {np.median(angle):.2f} ({angle.max():.2f}) | "
        f"{np.median(of('still')):.1f} | {np.median(lost):.2f} ({lost.max():.2f}) | "
        f"{np.median(of('still') - of('shifted')):.1f} | {of('doubted').sum()} of {count} |"
    )


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--size", type=int, default=96)
    parser.add_argument("--dose", type=float, default=1000.0)
    parser.add_argument("--count", type=int, default=3)
    parser.add_argument("--family", action="append")
    given = parser.parse_args()
    print(HEADER, "|---" * (HEADER.count("|") - 1) + "|", sep="\n")
    for family in given.family or FAMILIES:
        for turn in TURNS:
            print(row(family, given.size, given.dose, turn, given.count), flush=True)


if __name__ == "__main__":
    main()
