"""Whether bright-field views should be turned round, or their logarithm be taken.

    python benchmarks/tomo/bright_field.py

Particles are projected by another kernel on a finer grid. The beam is attenuated by the law of
Beer and Lambert, up to a given optical depth where the specimen is thickest, and its electrons are
counted. The views are reconstructed as they are prepared, by their logarithm, and turned round
instead. Grey levels are brought to the scale of the truth, as only one of the two has it.
"""

import argparse
from collections.abc import Iterator
from dataclasses import fields, replace

import numpy as np

from colonnade.core.arrays import Single
from colonnade.tomo.reconstruct.prepare import Preparation
from colonnade.tomo.reconstruct.reconstruct import Options, Reconstruction, reconstruct
from colonnade.tomo.simulate.phantoms.mixture import Phantoms, PhantomShares
from colonnade.tomo.simulate.recording import Recording
from colonnade.tomo.simulate.series import SeriesSimulation, SimulatedSeries, simulate
from colonnade.tomo.simulate.stage import Stage
from colonnade.tomo.simulate.tilting import Tilts
from colonnade.tomo.tilts import TiltSeries

DEPTHS = (0.2, 0.7, 1.5, 3.0)
"""Optical depths where a specimen is thickest."""

COUNTS = (50.0, 500.0, 5000.0)
"""Electrons in a pixel beside the specimen."""

SIZE = (64, 24, 64)
"""Of the volumes [px]."""


def simulated(family: str, number: int) -> SimulatedSeries:
    """Draw a clean and aligned series of one family."""
    shares = PhantomShares(
        **{one.name: float(one.name == family) for one in fields(PhantomShares)}
    )
    recipe = SeriesSimulation(
        size=SIZE,
        phantoms=Phantoms(shares=shares),
        tilts=Tilts(reach=(70.0,), step=(2.0,), irregular=0.0),
        stage=Stage(misaligned=0.0),
        recording=Recording(clean=1.0, correlated=0.0, backed=0.0, drifting=0.0, speckled=0.0),
    )
    return simulate(recipe, np.random.default_rng([12, number]))


def recorded(made: SimulatedSeries, depth: float, counts: float) -> TiltSeries:
    """Count the electrons that come through."""
    views = np.asarray(made.series.views)
    rng = np.random.default_rng(round(1000 * depth + counts))
    through = counts * np.exp(-depth * views / views.max())
    return replace(made.series, views=rng.poisson(through).astype(np.float32))


def decibels(found: Reconstruction, truth: Single) -> float:
    """Judge a volume that was brought to the scale of the truth."""
    volume = np.asarray(found.volume.voxels)
    scaled = volume * (np.vdot(volume, truth) / np.vdot(volume, volume))
    return float(20 * np.log10(truth.max() / np.sqrt(np.mean(np.square(scaled - truth)))))


def row(family: str, depth: float, counts: float, count: int) -> str:
    """Give the line of a table."""
    reached, left = [], []
    for number in range(count):
        made = simulated(family, number)
        series = recorded(made, depth, counts)
        options = Options("tv")
        turned = replace(series, views=counts - np.asarray(series.views))
        by_logarithm = reconstruct(series, options, preparation=Preparation(bright_field=True))
        both = by_logarithm, reconstruct(turned, options)
        reached.append([decibels(one, made.truth) for one in both])
        left.append([one.assessment.residual_over_noise for one in both])
    logarithm, turned_round = np.median(reached, axis=0)
    worst = np.min(np.subtract(*np.transpose(reached)))
    return (
        f"| {family} | {depth:g} | {counts:g} | {logarithm:.1f} | {turned_round:.1f} | "
        f"{logarithm - turned_round:+.1f} ({worst:+.1f}) | "
        f"{' / '.join(f'{value:.2f}' for value in np.median(left, axis=0))} |"
    )


def rows(families: list[str], count: int) -> Iterator[str]:
    """Give all lines."""
    for family in families:
        for depth in DEPTHS:
            for counts in COUNTS:
                yield row(family, depth, counts, count)


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--family", action="append")
    parser.add_argument("--count", type=int, default=3)
    given = parser.parse_args()
    print(
        "| family | optical depth | counts | by logarithm [dB] | turned round [dB] | gain (worst) "
        "| residual [noise] |\n|---|---|---|---|---|---|---|"
    )
    for line in rows(given.family or ["faceted", "porous"], given.count):
        print(line, flush=True)


if __name__ == "__main__":
    main()
