"""What each constant of the maps moves, varied one by one on columns that are drawn.

    python benchmarks/atoms/map_settings.py [GROUP ...]

Each constant is halved and doubled; of a row of numbers each is. What is printed is what is wrong,
in the unit of its group, with the constants as they are and with that one changed; "fails" where
nothing comes of it.

- lattice: columns of a wrong sublattice or of none; a perovskite, a honeycomb and dumbbells with
  3 % of their columns missing, and two crystals side by side, of which the larger counts [%].
- strain, gpa: error of a step of 0.5 %, away from it, by affine fits and by phases [0.01 %].
- cages: error of tilts of 3 degrees [0.01 degrees].
- neighbours: columns away from borders with a wrong number of neighbours [%].
- spacings: distances that are missing or wrong among the four shortest, in two crystals.
- counts: columns of 1 to 8 atoms whose number is wrong [%].
- vacancies: those that are missed or invented among 3 %, by the image and without it.
- distortion: what is left of shifts of rows by 0.8 px [0.01 px].
- grains: columns of a wrong grain or of none, in two of equal size [%].
- proposals: crystals of six that are not among the first three that are proposed.
"""

import argparse
import warnings
from collections.abc import Callable
from functools import cache
from itertools import product
from typing import Any

import crystal_proposals
import numpy as np
from map_physics import PIXEL, SIZE, imaged
from scipy.ndimage import gaussian_filter1d
from scipy.optimize import linear_sum_assignment
from scipy.spatial import cKDTree
from sensitivity import FACTORS, numbers, scaled, with_value

from colonnade import Columns, Micrograph, maps
from colonnade.atoms.maps import settings as constants
from colonnade.atoms.maps.proposals import propose_crystals
from colonnade.atoms.simulate.specimen.catalogue import CATALOGUE
from colonnade.core.arrays import Array, Indices
from colonnade.core.errors import ColonnadeError

SIDE = 20.0
"""Of a cell [px]."""

SQUARE, HEXAGONAL = np.diag([SIDE, SIDE]), SIDE * np.array([[0.0, 1.0], [0.866, 0.5]])

PEROVSKITE = np.array([[0.0, 0.0], [0.5, 0.5]])
HONEYCOMB = np.array([[0.0, 0.0], [1 / 3, 1 / 3]])
DUMBBELLS = np.array([[0.0, 0.0], [0.25, 0.0], [0.5, 0.5], [0.75, 0.5]])

BRIGHT = np.array([1.0, 0.5, 0.4, 0.7])
"""Intensities of sublattices."""

SIGMA, WIDTH = 0.3, 4.0
"""Standard error of a position, and width of a column [px]."""

STEP = 0.005
"""Strain of one half of an image against the other."""

SEED = 20261201


def turned(degrees: float) -> Array:
    """Matrix that turns rows of (y, x)."""
    angle = np.deg2rad(degrees)
    return np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])


def ideal(basis: Array, sites: Array) -> tuple[Array, Indices, Indices]:
    """Places (y, x) [px] in an image, the sublattice of each and its cell."""
    reach = np.arange(-60, 61)
    cell = np.stack(np.meshgrid(reach, reach, indexing="ij"), -1).reshape(-1, 2)
    site = np.repeat(np.arange(len(sites)), len(cell))
    cells = np.tile(cell, (len(sites), 1))
    places = (cells + sites[site]) @ basis + SIZE / 2 + 0.3
    inside = ((places > 0) & (places < SIZE)).all(axis=1)
    return places[inside], site[inside], cells[inside]


def found(places: Array, bright: Array, rng: np.random.Generator) -> Columns:
    """Columns as a search has them."""
    y, x = (places + SIGMA * rng.standard_normal(places.shape)).T
    sigma = np.full(len(y), SIGMA)
    seen = bright * np.exp(0.03 * rng.standard_normal(len(y)))
    return Columns(
        y, x, sigma, sigma, intensity=seen, width=np.full(len(y), WIDTH), pixel_size=(PIXEL, PIXEL)
    )


@cache
def crystals() -> list[tuple[Columns, Indices]]:
    """Crystals with vacancies, and the sublattice of each column; other crystals are -1."""
    rng = np.random.default_rng(SEED)
    made = []
    for basis, sites in ((SQUARE, PEROVSKITE), (HEXAGONAL, HONEYCOMB), (SQUARE, DUMBBELLS)):
        places, site, _ = ideal(basis @ turned(7), sites)
        kept = rng.random(len(site)) > 0.03
        made.append((found(places[kept], BRIGHT[site[kept]], rng), site[kept]))
    left, right = ideal(SQUARE, PEROVSKITE), ideal(1.3 * HEXAGONAL @ turned(17), HONEYCOMB)
    parts = [left[0][:, 1] < 0.65 * SIZE, right[0][:, 1] > 0.68 * SIZE]
    places = np.concatenate([left[0][parts[0]], right[0][parts[1]]])
    site = np.concatenate([left[1][parts[0]], np.full(int(parts[1].sum()), -1)])
    made.append((found(places, BRIGHT[site], rng), site))
    return made


def mistaken(given: Indices, true: Indices) -> float:
    """Share of what has a number, and is given one that does not go with it [%]."""
    table = np.zeros((given.max() + 2, true.max() + 1))
    known = true >= 0
    np.add.at(table, (given[known], true[known]), 1)
    rows, columns = linear_sum_assignment(-table[:-1])
    return float(100 * (1 - table[rows, columns].sum() / known.sum()))


def lattice(settings: constants.LatticeSettings) -> float:
    """Columns of a wrong sublattice."""
    shares = [
        mistaken(maps.find_lattice(columns, settings=settings).sublattice, site)
        for columns, site in crystals()
    ]
    return float(np.mean(shares))


@cache
def strained() -> tuple[Columns, Micrograph, Array]:
    """A crystal stretched by a step along x, its image, and what e_xx is."""
    places, site, _ = ideal(SQUARE @ turned(5), PEROVSKITE)
    step = places[:, 1] > SIZE / 2
    places[:, 1] += STEP * np.maximum(places[:, 1] - SIZE / 2, 0)
    image = imaged(places, BRIGHT[site], 1000, SEED)
    return (
        found(places, BRIGHT[site], np.random.default_rng(SEED)),
        image,
        np.where(step, STEP, 0.0),
    )


def off(map_: Any) -> float:
    """Error of a strain, away from the step and the border [0.01 %]."""
    columns, _, truth = strained()
    at = cKDTree(columns.positions).query(map_.columns.positions)[1]
    beside = np.abs(map_.columns.x - SIZE / 2)
    inside = (beside > 60) & (beside < SIZE / 2 - 40) & (np.abs(map_.columns.y - 256) < 216)
    return float(1e4 * np.sqrt(np.mean((map_.e_xx - truth[at])[inside] ** 2)))


def strain(settings: constants.StrainSettings) -> float:
    """Error of the step by affine fits."""
    return off(maps.strain(strained()[0], reference=(0, SIZE, 0, 200), settings=settings))


def gpa(settings: constants.GpaSettings) -> float:
    """Error of the step by phases."""
    columns, image, _ = strained()
    region = (0, SIZE, 0, 200)
    return off(maps.geometric_phase(image, columns, reference=region, settings=settings))


def cages(settings: constants.CageSettings) -> float:
    """Error of tilts that alternate."""
    corner, _, cell = ideal(1.6 * SQUARE, np.zeros((1, 2)))
    half = 0.8 * SQUARE
    middle = corner + half.sum(axis=0)
    sign = np.where(cell.sum(axis=1) % 2 == 0, 1.0, -1.0)[:, None] * np.tan(np.radians(3))
    oxygen = [middle + each + sign * [each[1], -each[0]] for each in half]
    places = np.concatenate([corner, middle, *oxygen])
    bright = np.repeat([1.0, 0.6, 0.2, 0.2], len(corner))
    map_ = maps.tilts(found(places, bright, np.random.default_rng(SEED)), settings=settings)
    at = cKDTree(middle).query(map_.columns.positions)[1]
    error = map_.tilt - np.degrees(np.arctan(sign[at, 0]))
    return float(100 * np.sqrt(np.mean(error**2)))


def neighbours(settings: constants.NeighbourSettings) -> float:
    """Columns with a wrong number of neighbours."""
    wrong = []
    for basis, sites, count in (
        (SQUARE, np.zeros((1, 2)), 4),
        (HEXAGONAL, np.zeros((1, 2)), 6),
        (HEXAGONAL, HONEYCOMB, 3),
    ):
        places, site, _ = ideal(basis, sites)
        columns = found(places, BRIGHT[site], np.random.default_rng(SEED))
        map_ = maps.neighbours(columns, settings)
        far = np.abs(places - SIZE / 2).max(axis=1) < SIZE / 2 - 2 * SIDE
        wrong.append(((map_.coordination != count) | ~map_.complete)[far])
    return float(100 * np.concatenate(wrong).mean())


def spacings(settings: constants.SpacingSettings) -> float:
    """Distances that are missing or wrong among the four shortest."""
    wrong = 0
    for basis, shells in ((SQUARE, (1, 2, 4, 5)), (HEXAGONAL, (1, 3, 4, 7))):
        places, site, _ = ideal(basis, np.zeros((1, 2)))
        columns = found(places, BRIGHT[site], np.random.default_rng(SEED))
        peaks = maps.spacings(columns, settings).peaks[:4]
        expected = PIXEL * SIDE * np.sqrt(shells)
        wrong += 4 - int((np.abs(peaks - expected[: len(peaks)]) < 0.03 * expected[0]).sum())
    return float(wrong)


def counts(settings: constants.CountSettings) -> float:
    """Columns whose number of atoms is wrong."""
    rng = np.random.default_rng(SEED)
    places, _, _ = ideal(1.4 * SQUARE, np.zeros((1, 2)))
    atoms = np.clip(places[:, 1] / SIZE * 8, 0, 7.99).astype(int) + 1
    bright = atoms * (1 - 0.02 * atoms) + 0.15 * rng.standard_normal(len(atoms))
    y, x = places.T
    map_ = maps.counts(Columns(y, x, intensity=np.maximum(bright, 0.1)), settings=settings)
    return float(100 * (map_.atoms != atoms).mean())


def vacancies(settings: constants.VacancySettings) -> float:
    """Vacancies that are missed or invented, by the image and without it."""
    rng = np.random.default_rng(SEED)
    places, site, _ = ideal(1.6 * SQUARE, PEROVSKITE)
    gone = rng.random(len(site)) < 0.03
    image = imaged(places[~gone], BRIGHT[site[~gone]], 100, SEED)
    total = 2 * np.pi * WIDTH**2 * 100
    columns = found(places[~gone], total * BRIGHT[site[~gone]], rng).with_labels(snr=20.0)
    missing = places[gone & (np.abs(places - SIZE / 2).max(axis=1) < SIZE / 2 - 3 * SIDE)]
    wrong = 0
    for one in (image, None):
        map_ = maps.vacancies(columns, one, settings=settings)
        likely = map_.positions[~map_.interstitial & (map_.probability > 0.5)]
        away = np.full(len(missing), np.inf)
        if len(likely):
            away = cKDTree(likely).query(missing)[0]
            wrong += int((cKDTree(places[gone]).query(likely)[0] > 5).sum())
        wrong += int((away > 5).sum())
    return float(wrong)


def distortion(settings: constants.DistortionSettings) -> float:
    """What is left of shifts of rows."""
    rng = np.random.default_rng(SEED)
    places, site, _ = ideal(SQUARE @ turned(11), PEROVSKITE)
    shifts = gaussian_filter1d(rng.standard_normal(SIZE), 8)
    shift = 0.8 / shifts.std() * shifts[places[:, 0].astype(int)]
    columns = found(places + np.stack([0 * shift, shift], axis=1), BRIGHT[site], rng)
    rest = maps.scan_distortion(columns, settings=settings).shift[:, 1] - shift
    line = np.column_stack([np.ones_like(rest), places])
    rest -= line @ np.linalg.lstsq(line, rest, rcond=None)[0]
    return float(100 * rest.std())


def grains(settings: constants.GrainSettings) -> float:
    """Columns of a wrong grain."""
    one, two = (ideal(SQUARE @ turned(angle), PEROVSKITE) for angle in (3, 30))
    parts = [one[0][:, 1] < SIZE / 2 - 4, two[0][:, 1] > SIZE / 2 + 4]
    places = np.concatenate([each[0][part] for each, part in zip((one, two), parts, strict=True)])
    site = np.concatenate([each[1][part] for each, part in zip((one, two), parts, strict=True)])
    number = np.repeat([0, 1], [int(part.sum()) for part in parts])
    columns = found(places, BRIGHT[site], np.random.default_rng(SEED))
    return mistaken(maps.find_grains(columns, settings).number, number)


@cache
def known() -> list[tuple[str, Columns, maps.Lattice]]:
    """Six crystals, and their lattices as they are measured."""
    names = [f"{name} {zone}" for name, each in CATALOGUE.items() for zone in each.zones][::53]
    rng = np.random.default_rng(SEED)
    drawn = [(name, crystal_proposals.drawn(name, rng)) for name in names[:6]]
    return [(name, columns, maps.find_lattice(columns)) for name, columns in drawn]


def proposals(settings: constants.ProposalSettings) -> float:
    """Crystals that are not among the first three that are proposed."""
    missing = 0
    for name, columns, lattice in known():
        proposed = propose_crystals(lattice, columns.pixel_size, settings=settings)
        missing += name not in [one.name for one in proposed[:3]]
    return float(missing)


GROUPS: dict[str, tuple[Any, Callable[[Any], float]]] = {
    "lattice": (constants.LATTICE, lattice),
    "strain": (constants.STRAIN, strain),
    "gpa": (constants.GPA, gpa),
    "cages": (constants.CAGES, cages),
    "neighbours": (constants.NEIGHBOURS, neighbours),
    "spacings": (constants.SPACINGS, spacings),
    "counts": (constants.COUNTS, counts),
    "vacancies": (constants.VACANCIES, vacancies),
    "distortion": (constants.DISTORTION, distortion),
    "grains": (constants.GRAINS, grains),
    "proposals": (constants.PROPOSALS, proposals),
}
"""Constants, and what is wrong with them."""


def wrong(measure: Callable[[Any], float], settings: Any) -> str:
    """What is wrong, or that nothing comes of it."""
    try:
        return f"{measure(settings):.2f}"
    except (ColonnadeError, ArithmeticError, LookupError, ValueError):
        return "fails"


def main() -> None:
    """Print a row for each value of each constant."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("groups", nargs="*", metavar="|".join(GROUPS), default=list(GROUPS))
    warnings.simplefilter("ignore")
    print("| constant | value | wrong | wrong as it is |\n|---|---|---|---|")
    for group in parser.parse_args().groups:
        usual, measure = GROUPS[group]
        before = wrong(measure, usual)
        for (names, value), factor in product(numbers(usual), FACTORS):
            other = scaled(value, factor)
            shown = str(other) if isinstance(other, tuple) else f"{other:.4g}"
            cell = wrong(measure, with_value(usual, names, other))
            print(f"| `{group}.{'.'.join(names)}` | {shown} | {cell} | {before} |", flush=True)


if __name__ == "__main__":
    main()
