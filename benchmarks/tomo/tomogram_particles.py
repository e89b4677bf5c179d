"""How well particles of a tomogram are measured, and what the missing wedge does to them.

    python benchmarks/tomo/tomogram_particles.py --series 6 --method tv --method wbp

Ellipsoids in space, 8 a volume, of views at every second degree up to 60, 70 or 76, 300 electrons
in the brightest pixel. Truth is the volume, the width in the plane and the width along z of each.
"""

import argparse
from collections.abc import Iterator
from typing import get_args

import numpy as np
from scipy.spatial import cKDTree

from colonnade.core.arrays import Array
from colonnade.core.images.volume import Volume
from colonnade.tomo.measure.measure import measure
from colonnade.tomo.reconstruct.plan import Method
from colonnade.tomo.reconstruct.reconstruct import Options, reconstruct
from colonnade.tomo.simulate.beam import binned, expose
from colonnade.tomo.simulate.phantoms.bodies import Bodies, pack, solid
from colonnade.tomo.simulate.phantoms.phantom import Room
from colonnade.tomo.simulate.phantoms.shapes import Ellipsoid, draw_ellipsoid
from colonnade.tomo.tilts import TiltSeries

SEED, SIZE, PARTICLES, ELECTRONS = 5, (64, 32, 64), 8, 300


def series(number: int) -> tuple[TiltSeries, list[Ellipsoid], Volume]:
    """Draw a series, and what it shows."""
    rng = np.random.default_rng([SEED, number])
    reaches = np.sort(rng.uniform(4, 9, PARTICLES))[::-1]
    placed = pack(rng, Room.of(SIZE), reaches)
    steepest = float(rng.choice([60.0, 70.0, 76.0]))
    angles = np.arange(-steepest, steepest + 1, 2.0)
    shapes = [draw_ellipsoid(rng, centre, reach, 1.6) for centre, reach in placed]
    views, truth = expose(
        Bodies("ellipsoids", [solid(one, 1.0) for one in shapes]), SIZE, angles, 0, 0.0
    )
    expected = binned(views)
    dose = ELECTRONS / float(expected.max())
    recorded = (rng.poisson(expected * dose) / dose).astype(np.float32)
    return TiltSeries(recorded, tuple(map(float, angles))), shapes, Volume(truth)


def rows(method: Method, count: int) -> Iterator[Array]:
    """Compare each particle that was found and lies wholly in the volume."""
    for number in range(count):
        given, shapes, truth = series(number)
        made = reconstruct(given, Options(method))
        found = measure(made.volume, angles=given.angles, errors=made.errors)
        perfect = measure(truth, angles=given.angles)
        centres = np.array([one.centre for one in shapes]) + (np.array(SIZE) - 1) / 2
        regions, columns = found.regions, found.columns
        away, nearest = cKDTree(regions.shapes.centres).query(centres)
        apart, its = cKDTree(perfect.regions.shapes.centres).query(centres)
        low, high = regions.diameters
        for one, shape in enumerate(shapes):
            at = nearest[one]
            touches = regions.shapes.touches_border[at]
            if away[one] > 4 or apart[one] > 2 or touches:
                continue
            size = 2 * float(np.prod(shape.radii)) ** (1 / 3)
            spread = shape.axes.T @ np.diag(shape.radii**2) @ shape.axes
            z, y, x = 2 * np.sqrt(np.diag(spread))
            across = np.sqrt(y * x)
            yield np.array(
                [
                    regions.shapes.diameter[at] / size,
                    low[at] <= size <= high[at],
                    columns["in_plane_px"][at] / across,
                    columns["in_plane_low_px"][at] <= across <= columns["in_plane_high_px"][at],
                    columns["along_z_px"][at] / z,
                    columns["along_z_low_px"][at] <= z <= columns["along_z_high_px"][at],
                    columns["surface_open"][at],
                    perfect.columns["surface_open"][its[one]],
                ]
            )


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--series", type=int, default=6)
    parser.add_argument("--method", action="append", choices=get_args(Method))
    given = parser.parse_args()
    print("| method | particles | diameter | held | in the plane | held | along z | held | open |")
    for method in given.method or ["tv"]:
        found = np.array(list(rows(method, given.series)))
        mean, spread = found.mean(0), found.std(0)
        cells = [f"{mean[at]:.3f} ± {spread[at]:.3f} | {mean[at + 1]:.2f}" for at in (0, 2, 4)]
        print(
            f"| {method} | {len(found)} | {' | '.join(cells)} | {mean[6]:.2f}, truly "
            f"{mean[7]:.2f} |"
        )


if __name__ == "__main__":
    main()
