"""Compare methods on simulated series of every family, dose by dose.

    python benchmarks/tomo/methods.py --size 128 --count 12

Every phantom is a few slices; it is projected on a finer grid by another kernel than that which
reconstructs. SIRT stops where the truth says that it should; total variation has the weight that
`colonnade reconstruct` finds, and the best of a ladder of weights, told by the truth. Decibels are
of the brightest grey level of the truth over the root mean square error.
"""

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace

import numpy as np

from colonnade.core.arrays import Array, Single
from colonnade.tomo.reconstruct.margin import find_margin
from colonnade.tomo.reconstruct.plan import START, Plan
from colonnade.tomo.reconstruct.reconstruct import LEAST_NOISE
from colonnade.tomo.reconstruct.sirt import Sirt, sirt
from colonnade.tomo.reconstruct.weight import WeightSearch, choose_weight
from colonnade.tomo.simulate.phantoms.mixture import Phantoms, PhantomShares
from colonnade.tomo.simulate.recording import Recording
from colonnade.tomo.simulate.series import SeriesSimulation, SimulatedSeries, simulate
from colonnade.tomo.simulate.stage import Stage
from colonnade.tomo.simulate.tilting import Tilts

DOSES = (np.inf, 1000.0, 200.0, 50.0)
"""Electrons in the brightest pixel of the views."""

LADDER = np.geomspace(100, 2, 10)
"""Weights that are tried with sight of the truth [noise of the views]."""

CLEAN_NOISE = 1e-3
"""Where there is no noise weights are told in this share of the brightest pixel instead."""

MOST_SIRT = 200
"""Iterations of SIRT, at the best of which it is judged."""

STEP = 2.0
"""Between tilts [degrees]."""


@dataclass(frozen=True)
class Reached:
    """What methods reached on one phantom [dB], and how long the weight and one solution took."""

    sirt: float
    found: float
    best: float
    weight: float
    best_weight: float
    residual: float
    seconds: float


def recipe_of(family: str, side: int, reach: float, dose: float) -> SeriesSimulation:
    """Describe aligned series of one family at one dose."""
    shares = PhantomShares(
        **{one.name: float(one.name == family) for one in fields(PhantomShares)}
    )
    clean = bool(np.isinf(dose))
    counts = 1000.0 if clean else dose
    recording = Recording(
        clean=float(clean),
        dose=(counts, counts),
        detector=(0.0, 0.0),
        correlated=0.0,
        backed=0.0,
        drifting=0.0,
        speckled=0.0,
    )
    return SeriesSimulation(
        size=(side, 3, side),
        phantoms=Phantoms(shares=shares),
        tilts=Tilts(reach=(reach,), step=(STEP,), irregular=0.0),
        stage=Stage(misaligned=0.0),
        recording=recording,
    )


def decibels(found: Single, truth: Single) -> float:
    """Judge slices together."""
    error = float(np.mean(np.square(found - truth, dtype=np.float64)))
    return float(10 * np.log10(float(truth.max()) ** 2 / max(error, 1e-30)))


def compare(made: SimulatedSeries) -> Reached:
    """Reconstruct one series by all methods."""
    truth = np.ascontiguousarray(made.truth.transpose(1, 0, 2))
    sinograms = made.series.rows(slice(None))
    noise = float(np.sqrt(np.mean(np.square(made.noise)))) or CLEAN_NOISE * float(sinograms.max())
    plan = Plan(made.series.angles, truth.shape[1], truth.shape[2], noise=noise)
    plan = replace(plan, margin=find_margin(made.series, plan.depth, made.noise))
    seen: list[float] = []

    def watch(_: int, slices: Single) -> bool:
        seen.append(decibels(_inner(plan, slices), truth))
        return False

    sirt(plan.projector, sinograms, Sirt(MOST_SIRT), None, watch)
    begun = time.perf_counter()
    unit = max(noise, LEAST_NOISE * float(sinograms.max()))
    weight = choose_weight(plan.projector, sinograms, unit, WeightSearch(), plan.tv)
    solved = plan.with_weight(weight).reconstruct(sinograms)
    seconds = time.perf_counter() - begun
    ladder = list(_ladder(plan, sinograms, truth))
    best = int(np.argmax(ladder))
    return Reached(
        sirt=max(seen),
        found=decibels(solved.slices, truth),
        best=max(max(ladder), decibels(solved.slices, truth)),
        weight=weight / noise,
        best_weight=float(LADDER[best]),
        residual=float(np.sqrt(solved.residual.mean())) / noise,
        seconds=seconds,
    )


def _ladder(plan: Plan, sinograms: Single, truth: Single) -> Iterator[float]:
    slices = sirt(plan.projector, sinograms, START)
    for weight in LADDER:
        slices = plan.total_variation(sinograms, float(weight) * plan.noise, slices)
        yield decibels(_inner(plan, slices), truth)


def _inner(plan: Plan, slices: Single) -> Single:
    """Leave out what lies beside the views."""
    return slices[:, :, plan.margin : plan.margin + plan.width]


def row(family: str, side: int, reach: float, dose: float, count: int) -> str:
    """Give the line of a table."""
    recipe = recipe_of(family, side, reach, dose)
    reached = [compare(simulate(recipe, np.random.default_rng([9, n]))) for n in range(count)]

    def of(name: str) -> Array:
        return np.array([getattr(one, name) for one in reached])

    gain, short = of("found") - of("sirt"), of("best") - of("found")
    return (
        f"| {family} | {reach:g} | {'clean' if np.isinf(dose) else f'{dose:g}'} | "
        f"{np.median(of('sirt')):.1f} | {np.median(of('found')):.1f} | "
        f"{np.median(gain):+.1f} ({gain.min():+.1f}) | "
        f"{np.median(short):.2f} ({short.max():.2f}) | "
        f"{np.median(of('weight')):.1f} | {np.median(of('best_weight')):.1f} | "
        f"{np.median(of('residual')):.2f} | {np.median(of('seconds')):.1f} |"
    )


HEADER = (
    "| family | ± tilt | counts | SIRT, best [dB] | TV, found [dB] | TV over SIRT (worst) | "
    "short of the best weight [dB] (worst) | weight | best weight | residual [noise] | seconds |"
)


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--size", type=int, default=128)
    parser.add_argument("--count", type=int, default=12)
    parser.add_argument("--reach", type=float, action="append")
    parser.add_argument("--family", action="append")
    given = parser.parse_args()
    print(HEADER, "|---" * (HEADER.count("|") - 1) + "|", sep="\n")
    for family in given.family or [one.name for one in fields(PhantomShares)]:
        for reach in given.reach or [60.0, 70.0]:
            for dose in DOSES:
                print(row(family, given.size, reach, dose, given.count), flush=True)


if __name__ == "__main__":
    main()
