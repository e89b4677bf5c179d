"""What maps of columns measure, beside the truth of simulated images.

    python benchmarks/atoms/map_physics.py [polarisation] [counts] [vacancies] [tilts]

Every image is simulated, searched by the default and mapped.

- Polarisation: a cubic perovskite of lead and titanium, whose fainter columns are moved by
  10 pm, up in the left half and to the right in the right half.
- Counts: wedges of platinum seen along [110], of one atom to six or twelve.
- Vacancies: strontium titanate with 3 % of its columns missing.
- Tilts: positions of a perovskite with oxygen, with errors that are drawn, since dark field shows
  no oxygen.

Coverage is the share of truths within one and two standard errors, along both axes.
"""

import sys
import warnings
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from colonnade import ColonnadeWarning, Columns, Micrograph, locate, maps
from colonnade.atoms.simulate.optics.canvas import Canvas
from colonnade.atoms.simulate.optics.probe import Probe
from colonnade.atoms.simulate.optics.scattering import EXPONENT, column_signal
from colonnade.core.arrays import Array

PIXEL = 0.012
"""Size of a pixel [nm]."""

SIZE = 512
"""Rows and columns of an image [px]."""

PROBE = Probe(voltage=200, convergence=24, source=0.07, thermal=0.008)
"""Of all images."""

MOVED = 0.010
"""Displacement of the polar columns [nm]."""

DOSES = (20, 100, 1000)
"""Electrons in the brightest pixel."""

SEEDS = (0, 1)
"""Of the images at each dose."""

TURN = 0.03
"""By which crystals are turned against the image [rad]."""


def imaged(positions: Array, signal: Array, peak: float, seed: int) -> Micrograph:
    """Image columns: places [px], signals, and electrons in the brightest pixel."""
    canvas = Canvas((SIZE, SIZE), PIXEL, PROBE)
    clean = canvas.draw(positions, signal)
    clean = np.maximum(clean, 0) + 0.1 * clean.max()
    noisy = np.random.default_rng(seed).poisson(clean * peak / clean.max())
    return Micrograph(noisy.astype(np.float32), (PIXEL, PIXEL), "simulated")


def found(image: Micrograph) -> Columns:
    """Find the columns, but for those at the border."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ColonnadeWarning)
        columns = locate(image)
    inside = ((columns.positions > 12) & (columns.positions < SIZE - 13)).all(axis=1)
    return columns[inside]


def lattice(side_y: float, side_x: float) -> tuple[Array, NDArray[np.intp], Array]:
    """Corners of cells [px], the number of each, and the sides of a cell (y, x) [px]."""
    count = np.arange(-60, 61)
    cell = np.stack(np.meshgrid(count, count, indexing="ij"), -1).reshape(-1, 2)
    turn = np.array([[np.cos(TURN), -np.sin(TURN)], [np.sin(TURN), np.cos(TURN)]])
    sides = np.diag([side_y, side_x]) / PIXEL @ turn
    places = cell @ sides + SIZE / 2
    inside = ((places > -60) & (places < SIZE + 60)).all(axis=1)
    return places[inside], cell[inside], sides


def signals(numbers: Array, atoms: Array, spacing: float) -> Array:
    """Signal of columns of an atomic number with so many atoms at a distance [nm]."""
    return column_signal(numbers**EXPONENT / spacing, atoms * spacing)


def coverage(error: Array, sigma: Array) -> str:
    """Share of errors within one and two standard errors."""
    away = np.abs(error / sigma)
    return f"{(away <= 1).mean():.3f} {(away <= 2).mean():.3f}"


def polarisation() -> None:
    """Print how well a displacement of 10 pm is measured."""
    side = 0.39
    corner, _, sides = lattice(side, side)
    middle = corner + sides.sum(axis=0) / 2
    right = middle[:, 1] > SIZE / 2
    moved = np.where(right[:, None], [0.0, MOVED], [-MOVED, 0.0])
    places = np.concatenate([corner, middle + moved / PIXEL])
    numbers = np.repeat([82.0, 25.0], len(corner))
    signal = signals(numbers, np.full(len(numbers), 20.0), side)
    print("polarisation: electrons, columns, error pm, stated pm, coverage, mean pm (truth 10)")
    for peak in DOSES:
        errors, sigmas, mean = [], [], []
        for seed in SEEDS:
            map_ = maps.polarisation(found(imaged(places, signal, peak, seed)))
            near, which = cKDTree(middle + moved / PIXEL).query(map_.columns.positions)
            # Cages at the wall are not those of one domain, but the truth holds there as well.
            known = near < 5
            truth = moved[which[known]]
            errors.append(map_.displacement[known] - truth)
            sigmas.append(map_.sigma[known])
            mean.append((map_.displacement[known] * truth).sum(axis=1) / MOVED)
        error, sigma = np.concatenate(errors), np.concatenate(sigmas)
        print(
            f"  {peak:5d} {len(error):6d} {1000 * np.sqrt(np.mean(error**2)):7.2f} "
            f"{1000 * np.sqrt(np.mean(sigma**2)):7.2f}   {coverage(error, sigma)} "
            f"{1000 * np.concatenate(mean).mean():7.2f}"
        )


def counts() -> None:
    """Print how well atoms are counted in wedges."""
    side_y, side_x, spacing = 0.3924, 0.2775, 0.2775
    one, _, sides = lattice(side_y, side_x)
    places = np.concatenate([one, one + sides.sum(axis=0) / 2])
    print("counts: atoms, electrons, columns, right, within one, by the mixture, notes")
    for most in (6, 12):
        atoms = np.clip(np.floor(places[:, 1] / SIZE * most) + 1, 1, most)
        signal = signals(np.full(len(places), 78.0), atoms, spacing)
        for peak in (100, 1000):
            for seed in SEEDS:
                map_ = maps.counts(found(imaged(places, signal, peak, seed)))
                near, which = cKDTree(places).query(map_.columns.positions)
                off = np.abs(map_.atoms - atoms[which])[near < 5]
                right, within = map_.probability.mean(axis=0)
                print(
                    f"  1-{most:<2d} {peak:5d} {len(off):5d} {(off == 0).mean():.3f} "
                    f"{(off <= 1).mean():.3f}   {right:.3f} {within:.3f} {len(map_.notes)}"
                )


def vacancies() -> None:
    """Print how many vacancies are found, and how many sites are taken for one."""
    side = 0.3905
    corner, _, sides = lattice(side, side)
    places = np.concatenate([corner, corner + sides.sum(axis=0) / 2])
    numbers = np.repeat([38.0, 23.6], len(corner))
    signal = signals(numbers, np.full(len(numbers), 20.0), side)
    print("vacancies: electrons, there, found likely, likely but none")
    for peak in DOSES:
        there, hit, wrong = 0, 0, 0
        for seed in SEEDS:
            gone = np.random.default_rng(100 + seed).random(len(places)) < 0.03
            image = imaged(places[~gone], signal[~gone], peak, seed)
            map_ = maps.vacancies(found(image), image)
            likely = map_.positions[~map_.interstitial & (map_.probability > 0.5)]
            missing = places[gone]
            # Sites at the border have too few neighbours to be inside the crystal.
            rim = 1.5 * side / PIXEL
            missing = missing[((missing > rim) & (missing < SIZE - 1 - rim)).all(axis=1)]
            there += len(missing)
            hit += int((cKDTree(likely).query(missing)[0] < 5).sum()) if len(likely) else 0
            wrong += int((cKDTree(places[gone]).query(likely)[0] >= 5).sum())
        print(f"  {peak:5d} {there:4d} {hit:4d} {wrong:4d}")


def tilts() -> None:
    """Print how well tilts of 3 degrees are measured."""
    side, angle, sigma = 0.39, 3.0, 0.5
    corner, cell, sides = lattice(side, side)
    half = sides / 2
    middle = corner + half.sum(axis=0)
    sign = np.where(cell.sum(axis=1) % 2 == 0, 1.0, -1.0)[:, None] * np.tan(np.radians(angle))
    oxygen = [middle + each + sign * [each[1], -each[0]] for each in half]
    places = np.concatenate([corner, middle, *oxygen])
    bright = np.repeat([1.0, 0.6, 0.2, 0.2], len(corner))
    inside = ((places > 0) & (places < SIZE)).all(axis=1)
    errors, sigmas = [], []
    for seed in range(10):
        noise = np.random.default_rng(seed).normal(0, sigma, places.shape)
        y, x = (places + noise)[inside].T
        known = np.full(inside.sum(), sigma)
        map_ = maps.tilts(
            Columns(y, x, known, known, intensity=bright[inside], pixel_size=(PIXEL, PIXEL))
        )
        at = cKDTree(middle).query(map_.columns.positions)[1]
        errors.append(map_.tilt - np.degrees(np.arctan(sign[at, 0])))
        sigmas.append(map_.sigma)
    error, stated = np.concatenate(errors), np.concatenate(sigmas)
    print("tilts: columns, error, stated (degrees), coverage")
    print(
        f"  {len(error)} {np.sqrt(np.mean(error**2)):.3f} {np.sqrt(np.mean(stated**2)):.3f} "
        f"{coverage(error, stated)}"
    )


PARTS: dict[str, Callable[[], None]] = {
    "polarisation": polarisation,
    "counts": counts,
    "vacancies": vacancies,
    "tilts": tilts,
}
"""What can be measured, by its name."""


def main() -> None:
    """Measure what was named, or everything."""
    for name in sys.argv[1:] or PARTS:
        PARTS[name]()


if __name__ == "__main__":
    main()
