"""How much lattice vectors of a real crystal scatter: joint fit of ours beside fits of Gaussians.

    python benchmarks/atoms/lattice_vectors.py IMAGE PIXEL_SIZE

Columns are found by the default. Three fits place the same columns: ours; a Gaussian on a constant
fitted to the surroundings of each, which are as wide as scatters least; and round Gaussians of one
width, all fitted together. The shortest vectors that lead from nearly every column to another are
lattice vectors. Of each the standard deviation is given about a trend of second order over the
image, along x and y, for the same pairs of columns for all methods; pairs in which one of the fits
ran away from its column are left out for all. What ours says of its own errors stands beside it:
the root mean square of the two standard errors, added as if they were independent. The vectors
within dumbbells are the shortest of all.

Pixel sizes are nominal: the rows of a scan may be longer than they should be.
"""

import sys
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from joint_gaussians import fit_jointly
from numpy.typing import NDArray
from scipy.spatial import cKDTree

import colonnade
from colonnade import Columns
from colonnade.atoms.bench.adapters.log_gaussian import fit_peaks
from colonnade.core.arrays import Array

Pairs = tuple[NDArray[np.intp], NDArray[np.intp]]

WIDTHS = (0.4, 0.5, 0.6, 0.7, 0.85)
"""Widths that single fits start from, in widths of the columns; they see twice that each way."""

TOLERANCE = 0.45
"""How far from where a vector leads its column may lie [nearest neighbours]."""

COMMON = 0.85
"""Share of the columns that a lattice vector leads to another, if it does not leave the image."""

LONGEST = 1.8
"""Vectors are listed up to so many times the shortest."""

ASTRAY, SOUND = 1.0, 0.95
"""A fit that ends farther from ours has run away [width of a column]; of single fits, those with a
width at which more run away than this share leaves are not considered."""

JOINT_MESH = 64.0
"""Distance of the nodes of the background of the joint fit [px]."""


@dataclass(frozen=True, eq=False)
class Vector:
    """One lattice vector, or the vector within dumbbells.

    Parameters
    ----------
    mean
        Along (y, x) [px].
    pairs
        Numbers of the columns where it begins and ends.
    share
        Of the columns from which it does not leave the image.
    """

    mean: Array
    pairs: Pairs
    share: float


def leads(positions: Array, vector: Array, near: float) -> Pairs:
    """Pairs of columns that a vector connects."""
    distance, end = cKDTree(positions).query(positions + vector)
    begin = np.flatnonzero(distance < near)
    return begin, end[begin]


def measured(positions: Array, vector: Array, near: float, shape: tuple[int, int]) -> Vector:
    """The mean of all vectors near one."""
    for _ in range(3):
        begin, end = leads(positions, vector, near)
        vector = np.median(positions[end] - positions[begin], axis=0)
    ends = positions + vector
    inside = np.all((ends > near) & (ends < np.array(shape) - 1 - near), axis=1)
    share = float(inside[begin].sum() / max(inside.sum(), 1))
    return Vector(vector, (begin, end), share)


def vectors(positions: Array, shape: tuple[int, int]) -> list[Vector]:
    """The vector within dumbbells, if there are any, and the shortest lattice vectors."""
    tree = cKDTree(positions)
    nearest = float(np.median(tree.query(positions, 2)[0][:, 1]))
    middle = int(tree.query(np.array(shape) / 2)[1])
    around = positions[tree.query_ball_point(positions[middle], 8 * nearest)] - positions[middle]
    near = TOLERANCE * nearest
    # Of a vector and its opposite one is enough: the one down, or to the right if it lies flat.
    along = np.where(np.abs(around[:, 0]) < near, around[:, 1], around[:, 0])
    around = (around * np.sign(along)[:, None])[along != 0]
    known: list[Vector] = []
    for one in around[np.argsort(np.linalg.norm(around, axis=1))]:
        if all(np.linalg.norm(one - other.mean) > near for other in known):
            known.append(measured(positions, one, near, shape))
    lattice = [one for one in known if one.share > COMMON]
    if not lattice:
        raise SystemExit("no vector leads from nearly every column to another")
    longest = LONGEST * float(np.linalg.norm(lattice[0].mean))
    lattice = [one for one in lattice if np.linalg.norm(one.mean) <= longest]
    within = known[:1] if known[0].share <= COMMON else []
    return within + lattice


def residuals(differences: Array, middles: Array) -> Array:
    """Vectors less a trend of second order over the image."""
    y, x = ((middles - middles.mean(0)) / middles.std(0)).T
    terms = np.stack([np.ones_like(y), y, x, y * y, y * x, x * x], axis=1)
    return np.asarray(differences - terms @ np.linalg.lstsq(terms, differences, rcond=None)[0])


def spread(places: Array, pairs: Pairs) -> Array:
    """Standard deviation of the vectors of these pairs about their trend, along (y, x) [px]."""
    begin, end = places[pairs[0]], places[pairs[1]]
    left = residuals(end - begin, (begin + end) / 2)
    return np.asarray(np.sqrt((left**2).sum(0) / (len(left) - 6)))


def claimed(columns: Columns, pairs: Pairs) -> Array:
    """The same as the standard errors have it."""
    variance = np.stack([columns.sigma_y, columns.sigma_x], axis=1) ** 2
    return np.asarray(np.sqrt((variance[pairs[0]] + variance[pairs[1]]).mean(0)))


def single_fits(
    image: NDArray[np.float32], ours: Array, width: float, listed: list[Vector]
) -> tuple[float, Array]:
    """Fit each column alone; give the width to start from that scatters least, and positions."""
    start = np.clip(np.round(ours).astype(int), 0, np.array(image.shape) - 1)
    fitted = {scale: fit_peaks(image, start, scale * width).positions for scale in WIDTHS}
    stayed = {scale: still_there(places, ours, width) for scale, places in fitted.items()}
    usable = [scale for scale in WIDTHS if stayed[scale].mean() > SOUND]
    if not usable:
        raise SystemExit("single fits run away from too many columns at all widths")

    def scatter(scale: float) -> float:
        each = (spread(fitted[scale], kept(one.pairs, stayed[scale])) for one in listed)
        return sum(float((one**2).sum()) for one in each)

    best = min(usable, key=scatter)
    return best * width, fitted[best]


def still_there(places: Array, ours: Array, width: float) -> NDArray[np.bool_]:
    """Which columns a fit left about where ours has them."""
    return np.asarray(np.linalg.norm(places - ours, axis=1) < ASTRAY * width)


def kept(pairs: Pairs, sound: NDArray[np.bool_]) -> Pairs:
    """Those pairs of which both columns are sound."""
    both = sound[pairs[0]] & sound[pairs[1]]
    return pairs[0][both], pairs[1][both]


def row(name: str, values: Array, pixel: float) -> str:
    """Cells of one method: along x and along y in pm."""
    return f"{name} | {1000 * pixel * values[1]:.1f} | {1000 * pixel * values[0]:.1f} |"


def main() -> None:
    """Print a table."""
    image, pixel = colonnade.read(Path(sys.argv[1])), float(sys.argv[2])
    warnings.simplefilter("ignore", colonnade.ColonnadeWarning)
    columns = colonnade.locate(image, pixel_size=pixel)
    ours, width = columns.positions, float(np.median(columns.width))
    listed = vectors(ours, image.shape)
    pixels = image.pixels.astype(np.float32)
    joint = fit_jointly(pixels, ours, width, JOINT_MESH)
    sigma, single = single_fits(pixels, ours, width, listed)
    stayed = [still_there(places, ours, width) for places in (joint, single)]
    away = [int((~one).sum()) for one in stayed]
    print(
        f"{len(columns)} columns, {width:.2f} px wide; left out: {away[0]} that the joint fit of "
        f"Gaussians and {away[1]} that single fits took elsewhere, which see {2 * sigma:.1f} px "
        f"each way.\n"
    )
    print("| vector (y, x), px | nm | pairs | method | s.d. along x, pm | along y, pm |")
    print("|---|---|---|---|---|---|")
    for one in listed:
        pairs = kept(one.pairs, stayed[0] & stayed[1])
        kind = "lattice" if one.share > COMMON else "dumbbell"
        what = (
            f"| {kind} ({one.mean[0]:.1f}, {one.mean[1]:.1f}) | "
            f"{pixel * np.linalg.norm(one.mean):.3f} | {len(pairs[0])} | "
        )
        print(what + row("ours", spread(ours, pairs), pixel))
        print(what + row("joint Gaussians", spread(joint, pairs), pixel))
        print(what + row("single Gaussians", spread(single, pairs), pixel))
        print(what + row("(standard errors of ours)", claimed(columns, pairs), pixel))


if __name__ == "__main__":
    main()
