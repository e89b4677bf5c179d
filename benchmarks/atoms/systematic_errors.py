"""How far peaks are from their columns at any dose, and whether standard errors hold with it.

    python benchmarks/atoms/systematic_errors.py FOLDER [--solver]

The folder holds what `limit_images.py` wrote. Each specimen is drawn with every source of
`limit_cases.py` and two sizes of pixels, and fitted from near its true columns.

1. All copies of a column of the repeat have the same systematic error, so their mean error at
   1000 counts shows it. What all columns of an image have in common does not count, and what
   chance adds to a mean is taken off. A mirror through all columns fixes them along one axis.
2. At 1000 counts, where the errors are larger than electrons make them: by the contrast of a
   column with its nearest neighbour, and by the distance of that neighbour. What is missing is the
   systematic error [widths] with which 68.3 % would be within one standard error.
3. What all specimens say of the systematic term of the standard errors, and all without each: that
   with which errors at 100 and 1000 counts are most likely, every image counting the same, and no
   error counting as more than four standard errors. Specimens whose columns symmetry fixes along
   both axes have no say.
4. Shares within one and two standard errors: of those that electrons make, of those that are
   stated, and of those that a specimen would be given by all others.

With --solver: what becomes of the systematic errors if the normal equations are solved less or
more closely, and the seconds of the processor for it.
"""

import argparse
import time
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from itertools import chain, pairwise, product
from pathlib import Path

import numpy as np
from limit_cases import COUNTS, SOURCES, Field, draw_field
from limit_periods import period
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.spatial import cKDTree

from colonnade.atoms.locate.fit.measured import fit_columns
from colonnade.atoms.locate.fit.settings import FIT_DEFAULTS, FitSettings, SolverSettings
from colonnade.core.arrays import Array, Indices

MANY, LEARNED = 1000.0, (100.0, 1000.0)
"""Counts at which systematic errors are measured, and from which the term is learned."""

PIXELS = (0.01, 0.02)
"""Sizes of pixels [nm]."""

SIDE = 5.2
"""Of a field [nm]."""

BORDER = 0.2
"""Columns nearer than this to the border do not count [nm]."""

GATE = 0.06
"""Nor do columns that a fit moves farther than this from the truth [nm]."""

START = 0.006
"""Standard deviation of where a fit begins about the truth, along each axis [nm]."""

FEWEST = 4
"""Copies of a column whose mean counts."""

FARTHEST = 4.0
"""Errors count as no further off than this where the term is learned [standard errors]."""

ONE = 0.6827
"""Share of a normal distribution within one standard deviation."""

FIXED = ("Os [001]",)
"""Specimens whose columns symmetry fixes along both axes."""

CONTRASTS, DISTANCES = (0.0, 0.05, 0.15, 0.3, 1.0), (0.0, 2.8, 3.4, 4.2, 20.0)
"""Edges of groups of columns; distances in widths."""

LARGEST = 0.1
"""Term that is tried [widths]."""

STATED, NOTHING = FIT_DEFAULTS.errors.systematic, 0.0

ELECTRONS = replace(FIT_DEFAULTS, errors=replace(FIT_DEFAULTS.errors, systematic=0.0))

SOLVERS = (
    SolverSettings(steps=20, gain_left=2e-3, gain_left_per_column=1e-3),
    FIT_DEFAULTS.solver,
    SolverSettings(steps=100, gain_left=1e-4, gain_left_per_column=1e-5),
)


@dataclass(frozen=True, eq=False)
class Fitted:
    """Columns of one field or of several.

    Parameters
    ----------
    errors
        Of their positions along the axes of the repeat, less what all of a field have in common
        [nm].
    electrons
        Standard errors that electrons make, the mean of both axes [nm].
    width
        Of each column [nm].
    contrast
        Of each with its nearest neighbour.
    distance
        To that neighbour [widths].
    number
        Of the column in the repeat.
    """

    errors: Array
    electrons: Array
    width: Array
    contrast: Array
    distance: Array
    number: Indices

    def __getitem__(self, chosen: NDArray[np.bool_]) -> "Fitted":
        return Fitted(*(getattr(self, one.name)[chosen] for one in fields(self)))

    @classmethod
    def joined(cls, parts: Iterable["Fitted"]) -> "Fitted":
        """Put the columns of several fields together."""
        parts = list(parts)
        names = [one.name for one in fields(cls)]
        return cls(*(np.concatenate([getattr(one, name) for one in parts]) for name in names))

    def variance(self, term: float) -> Array:
        """Squared standard errors with this term [nm²]."""
        return np.asarray(self.electrons**2 + (term * self.width) ** 2)

    def within(self, term: float, limit: float) -> float:
        """Share of the errors within so many standard errors with this term."""
        return float(np.mean(np.abs(self.errors) <= limit * np.sqrt(self.variance(term))[:, None]))

    def systematic(self) -> tuple[Array, float]:
        """Squared systematic errors along both axes, less chance, and their weight.

        A column counts by how well electrons tell where it is.
        """
        total, weight = np.zeros(2), 0.0
        for one in np.unique(self.number):
            copies = self[self.number == one]
            if len(copies.number) >= FEWEST:
                chance = copies.errors.var(0, ddof=1) / len(copies.number)
                information = len(copies.number) / float(np.mean(copies.electrons**2))
                total += information * (copies.errors.mean(0) ** 2 - chance)
                weight += information
        return total, weight


def images(path: Path, counts: float) -> Iterator[tuple[float, Field, NDArray[np.float32]]]:
    """Size of the pixels, field and image for each way in which a specimen is drawn."""
    for pixel, source in product(PIXELS, SOURCES):
        key = f"{path.stem}, {counts:g} e, {pixel:g}, {source:g}"
        rng = np.random.default_rng(zlib.crc32(key.encode()))
        field = draw_field(period(path, source), counts, pixel, round(SIDE / pixel), rng)
        yield pixel, field, rng.poisson(field.expected).astype(np.float32)


def fitted(
    pixel: float, field: Field, image: NDArray[np.float32], settings: FitSettings
) -> Fitted:
    """Fit the columns that are there to be seen."""
    truth, number, _ = field.judged(float(np.median(field.width)))
    seen = truth.labels["detectable"] > 0
    truth, number = truth[seen], field.number[number[seen]]
    off = np.random.default_rng(len(truth)).normal(0, START / pixel, (len(truth), 2))
    last = np.array(image.shape) - 1
    begin = np.clip(truth.positions + off, 0, last)
    found = fit_columns(image, begin, moving=True, settings=settings).columns[: len(begin)]
    errors = pixel * (found.positions - truth.positions) @ field.turn.T
    electrons = pixel * (found.sigma_y + found.sigma_x) / 2
    border = BORDER / pixel
    kept = ((truth.positions > border) & (truth.positions < last - border)).all(1)
    kept &= np.isfinite(electrons) & (np.abs(errors) < GATE).all(1)
    common = np.average(errors[kept], axis=0, weights=1 / electrons[kept] ** 2)
    return Fitted(
        errors - common,
        electrons,
        pixel * found.width,
        *beside(found.positions, found.intensity / found.width**2, found.width),
        number,
    )[kept]


def beside(positions: Array, height: Array, width: Array) -> tuple[Array, Array]:
    """Contrast of columns with their nearest neighbours, and the distance to these [widths].

    Contrast is the difference of two heights over their sum.
    """
    distance, nearest = (one[:, 1] for one in cKDTree(positions).query(positions, 2))
    other = height[nearest]
    return np.abs(height - other) / (np.abs(height) + np.abs(other)), distance / width


def everything(path: Path, counts: float, settings: FitSettings = ELECTRONS) -> list[Fitted]:
    """All fields of a specimen."""
    return [fitted(*one, settings) for one in images(path, counts)]


def systematic(parts: list[Fitted]) -> Array:
    """Root mean square of the systematic errors along the axes of the repeat [nm]."""
    totals, weights = zip(*(one.systematic() for one in parts), strict=True)
    return np.asarray(np.sqrt(np.maximum(np.sum(totals, axis=0) / sum(weights), 0)))


def learned(parts: list[Fitted]) -> float:
    """Term with which the errors of some images are most likely."""
    found = minimize_scalar(
        lambda term: sum(_unlikely(one, term) for one in parts),
        bounds=(0, LARGEST),
        options={"xatol": 1e-5},
    )
    return float(found.x)


def _unlikely(part: Fitted, term: float) -> float:
    variance = part.variance(term)[:, None]
    squares = np.minimum(part.errors**2 / variance, FARTHEST**2)
    return float(np.mean(squares + np.log(variance)) / 2)


def shares(part: Fitted, term: float) -> str:
    """Percentages within one and two standard errors."""
    return ", ".join(f"{100 * part.within(term, limit):.0f}" for limit in (1.0, 2.0))


def missing(part: Fitted) -> float:
    """Systematic error with which as many are within one standard error as should be [widths]."""
    terms = np.arange(0, LARGEST, 0.0005)
    within = np.array([part.within(term, 1.0) for term in terms])
    return float(terms[np.argmin(np.abs(within - ONE))])


def print_systematic(many: dict[str, list[Fitted]]) -> None:
    """Print the systematic errors of each specimen."""
    print(
        "| specimen | columns | width, pm | contrast | electrons, pm | systematic, pm | widths |"
    )
    print("|---|---|---|---|---|---|---|")
    for name, parts in many.items():
        whole, found = Fitted.joined(parts), 1000 * systematic(parts)
        width = 1000 * whole.width.mean()
        print(
            f"| {name} | {len(whole.width)} | {width:.0f} | {np.nanmean(whole.contrast):.2f} | "
            f"{1000 * np.median(whole.electrons):.2f} | {found[0]:.2f}, {found[1]:.2f} | "
            f"{found.max() / width:.3f} |"
        )


def print_origin(whole: Fitted) -> None:
    """Print in which columns errors are larger than electrons make them."""
    print("\n| columns | errors | electrons alone | missing, widths | as stated |")
    print("|---|---|---|---|---|")
    groups = (("contrast", CONTRASTS, whole.contrast), ("distance", DISTANCES, whole.distance))
    for name, edges, values in groups:
        for low, high in pairwise(edges):
            part = whole[(values >= low) & (values <= high)]
            print(
                f"| {name} {low:g} to {high:g} | {part.errors.size} | {shares(part, NOTHING)} | "
                f"{missing(part):.4f} | {shares(part, STATED)} |"
            )


def print_terms(by_dose: dict[float, dict[str, list[Fitted]]]) -> dict[str, float]:
    """Print what the specimens say of the term, and give what all others say to each."""
    parts = {
        name: [one for counts in LEARNED for one in by_dose[counts][name]]
        for name in by_dose[MANY]
    }
    telling = [name for name in parts if name not in FIXED]
    everyone = learned([one for name in telling for one in parts[name]])
    others = {
        name: learned([one for other in telling if other != name for one in parts[other]])
        for name in parts
    }
    print("\n| specimens | term, widths |\n|---|---|")
    print(f"| all | {everyone:.4f} |")
    for name in telling:
        print(f"| without {name} | {others[name]:.4f} |")
    return others


def print_shares(by_dose: dict[float, dict[str, list[Fitted]]], others: dict[str, float]) -> None:
    """Print how many columns are within one and two standard errors, by dose."""
    print("\n| counts | specimen | electrons alone | as stated | as all others say |")
    print("|---|---|---|---|---|")
    for counts, specimens in by_dose.items():
        cells = []
        for name, parts in specimens.items():
            whole = Fitted.joined(parts)
            terms = (NOTHING, STATED, others[name])
            cells.append([[whole.within(one, limit) for limit in (1.0, 2.0)] for one in terms])
            print(f"| {counts:g} | {name} | {_row(cells[-1])} |")
        print(f"| {counts:g} | mean | {_row(np.mean(cells, axis=0).tolist())} |")


def _row(cells: list[list[float]]) -> str:
    return " | ".join(", ".join(f"{100 * share:.0f}" for share in pair) for pair in cells)


def print_solvers(paths: list[Path]) -> None:
    """Print systematic errors along the larger axis for solvers of three kinds."""
    names = " | ".join(path.stem for path in paths)
    print(f"\n| steps, gain left, for each column | {names} | s |")
    print("|---" * (len(paths) + 2) + "|")
    for solver in SOLVERS:
        start, settings = time.process_time(), replace(ELECTRONS, solver=solver)
        found = [systematic(everything(path, MANY, settings)).max() for path in paths]
        cells = " | ".join(f"{1000 * one:.2f}" for one in found)
        kind = f"{solver.steps}, {solver.gain_left:g}, {solver.gain_left_per_column:g}"
        print(f"| {kind} | {cells} | {time.process_time() - start:.0f} |", flush=True)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--solver", action="store_true", help="vary how closely it is solved")
    given = parser.parse_args()
    paths = sorted(given.folder.glob("*.npz"))
    by_dose = {
        counts: {path.stem: everything(path, counts) for path in paths} for counts in COUNTS
    }
    many = by_dose[MANY]
    print_systematic(many)
    print_origin(Fitted.joined(chain.from_iterable(many.values())))
    print_shares(by_dose, print_terms(by_dose))
    if given.solver:
        print_solvers(paths)


if __name__ == "__main__":
    main()
