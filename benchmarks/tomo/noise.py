"""How well the noise of views is measured, family by family.

    python benchmarks/tomo/noise.py --size 64 --count 4

Series at ±60° in steps of 2°, at 50, 200 and 1000 counts, with noise that is white and with noise
that is correlated by a half along x. A cell gives the measured over the true standard deviation of
all views: the median, the lowest and the highest of the series. `plain` is what single views tell,
by their flattest parts.
"""

import argparse
from dataclasses import fields, replace

import numpy as np
from methods import recipe_of

from colonnade.core.arrays import Array
from colonnade.core.measures.noise import measure_noise
from colonnade.tomo.reconstruct.noise import measure_view_noise
from colonnade.tomo.simulate.phantoms.mixture import PhantomShares
from colonnade.tomo.simulate.recording import DrawnRecording
from colonnade.tomo.simulate.series import simulate
from colonnade.tomo.tilts import TiltSeries

DOSES = (1000.0, 200.0, 50.0)
"""Electrons in the brightest pixel of the views."""

CORRELATIONS = (0.0, 0.5)
"""Of neighbours along x."""

ROWS = 40
"""Of the views."""

PLAIN_VIEWS = 12
"""Views that are measured one by one."""


def ratios(clean: TiltSeries, dose: float, correlation: float, seed: int) -> Array:
    """Measured over true noise, from the series and from single views."""
    recording = DrawnRecording(
        clean=False,
        dose=dose,
        detector=0.0,
        colour="lagging" if correlation else "white",
        correlation=correlation,
        background=0.0,
        drift=0.0,
        hot=0.0,
    )
    recorded = recording.record(np.asarray(clean.views), np.random.default_rng(seed))
    series = replace(clean, views=recorded.views)
    chosen = np.linspace(0, len(recorded.views) - 1, PLAIN_VIEWS).astype(int)
    law = measure_noise(*recorded.views[chosen])
    plain = np.mean([law.variance(view).mean() for view in recorded.views])
    found = np.mean(np.square(measure_view_noise(series)))
    true = np.mean(np.square(recorded.noise))
    return np.asarray(np.sqrt(np.array([found, plain]) / true))


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--count", type=int, default=4)
    given = parser.parse_args()
    cases = [(dose, correlation) for dose in DOSES for correlation in CORRELATIONS]
    names = (f"{dose:g}, {'correlated' if lag else 'white'} |" for dose, lag in cases)
    print("| family |", *names, "plain |")
    print("|---" * (2 + len(cases)) + "|")
    for family in [one.name for one in fields(PhantomShares)]:
        recipe = recipe_of(family, given.size, 60.0, np.inf)
        recipe = replace(recipe, size=(given.size, ROWS, given.size))
        made = [simulate(recipe, np.random.default_rng([9, n])).series for n in range(given.count)]
        found = np.array(
            [[ratios(one, *case, seed) for seed, one in enumerate(made)] for case in cases]
        )
        cells = (
            f"{np.median(one):.2f} ({one.min():.2f} to {one.max():.2f}) |" for one in found[..., 0]
        )
        plain = found[..., 1]
        print(f"| {family} |", *cells, f"{plain.min():.2f} to {plain.max():.2f} |", flush=True)


if __name__ == "__main__":
    main()
