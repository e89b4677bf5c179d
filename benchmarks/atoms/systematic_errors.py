"""How far peaks are from their columns at any dose, and whether standard errors hold with it.

    python benchmarks/atoms/systematic_errors.py FOLDER [--solver]

The folder holds what `limit_images.py` wrote. Each specimen is drawn with every source of
`limit_cases.py` and two sizes of pixels, and fitted from near its true columns. All copies of a
column of the repeat have the same systematic error, so their mean error at 1000 counts shows it.
What all columns of an image have in common does not count, and what chance adds to a mean is taken
off again. Where a mirror goes through all columns, symmetry fixes them along one axis, so the
axis of the repeat along which the error is larger is the one that tells; specimens in which
symmetry fixes every column tell nothing.

The second table is of shares within one and two standard errors: of those that electrons make,
of those that are stated, and of those that a specimen would be given by all others, so that it has
no part in them. With --solver there is a third: what becomes of the systematic errors if the
normal equations are solved less or more closely.
"""

import argparse
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import numpy as np
from limit_cases import COUNTS, SOURCES, Field, draw_field
from limit_periods import period
from numpy.typing import NDArray

from colonnade.atoms.locate.fit.measured import fit_columns
from colonnade.atoms.locate.fit.settings import FIT_DEFAULTS, FitSettings, SolverSettings
from colonnade.core.arrays import Array, Indices

MANY = 1000.0
"""Counts at which systematic errors are measured."""

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

FIXED = ("Os [001]",)
"""Specimens whose columns stand where symmetry wants them."""

ELECTRONS = replace(FIT_DEFAULTS, errors=replace(FIT_DEFAULTS.errors, systematic=0.0))

SOLVERS = (
    SolverSettings(steps=20, gain_left=2e-3, gain_left_per_column=1e-3),
    FIT_DEFAULTS.solver,
    SolverSettings(steps=100, gain_left=1e-4, gain_left_per_column=1e-5),
)


@dataclass(frozen=True, eq=False)
class Fitted:
    """Columns of one field, rows of (y, x) along the axes of the field.

    Parameters
    ----------
    errors
        Of their positions [nm].
    electrons
        Standard errors that electrons make [nm].
    width
        Of each column [nm].
    number
        Of the column in the repeat.
    turn
        Of the field.
    """

    errors: Array
    electrons: Array
    width: Array
    number: Indices
    turn: Array

    def systematic(self) -> tuple[Array, float]:
        """Squared systematic errors along the axes of the repeat, less chance, and their weight.

        A column counts by how well electrons tell where it is.
        """
        turned = self.errors @ self.turn.T
        turned = turned - np.average(turned, axis=0, weights=1 / self.electrons.mean(1) ** 2)
        total, weight = np.zeros(2), 0.0
        for one in np.unique(self.number):
            copies = turned[self.number == one]
            if len(copies) >= FEWEST:
                chance = copies.var(0, ddof=1) / len(copies)
                information = len(copies) / np.mean(self.electrons[self.number == one] ** 2)
                total += information * (copies.mean(0) ** 2 - chance)
                weight += information
        return total, weight

    def deviations(self, systematic: float) -> Array:
        """Errors in units of standard errors that hold so many widths of systematic errors."""
        more = (systematic * self.width[:, None]) ** 2
        return np.abs(self.errors / np.sqrt(self.electrons**2 + more))


def fields(path: Path, counts: float) -> Iterator[tuple[float, Field, NDArray[np.float32]]]:
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
    errors = pixel * (found.positions - truth.positions)
    electrons = pixel * np.stack([found.sigma_y, found.sigma_x], 1)
    border = BORDER / pixel
    kept = ((truth.positions > border) & (truth.positions < last - border)).all(1)
    kept &= np.isfinite(electrons).all(1) & (np.abs(errors) < GATE).all(1)
    return Fitted(
        errors[kept], electrons[kept], pixel * found.width[kept], number[kept], field.turn
    )


def everything(path: Path, counts: float, settings: FitSettings = ELECTRONS) -> list[Fitted]:
    """All fields of a specimen."""
    return [fitted(*one, settings) for one in fields(path, counts)]


def systematic(parts: list[Fitted]) -> Array:
    """Root mean square of the systematic errors along the axes of the repeat [nm]."""
    totals, weights = zip(*(one.systematic() for one in parts), strict=True)
    return np.sqrt(np.maximum(np.sum(totals, axis=0) / sum(weights), 0))


def usual_width(parts: list[Fitted]) -> float:
    """Of the columns [nm]."""
    return float(np.mean(np.concatenate([one.width for one in parts])))


def shares(parts: list[Fitted], term: float) -> str:
    """Percentages within one and two standard errors."""
    away = np.concatenate([one.deviations(term) for one in parts])
    return f"{100 * np.mean(away <= 1):.0f}, {100 * np.mean(away <= 2):.0f}"


def mean_term(terms: dict[str, float], without: str = "") -> float:
    """Root mean square over the specimens that tell."""
    told = [term for name, term in terms.items() if name not in (*FIXED, without)]
    return float(np.sqrt(np.mean(np.square(told))))


def print_errors(many: dict[str, list[Fitted]]) -> dict[str, float]:
    """Print what is systematic, and give the larger axis of each specimen [widths]."""
    print("| specimen | columns | width, pm | electrons, pm | systematic, pm (y, x) | widths |")
    print("|---|---|---|---|---|---|")
    terms = {}
    for name, parts in many.items():
        found, width = 1000 * systematic(parts), 1000 * usual_width(parts)
        electrons = np.concatenate([one.electrons for one in parts])
        terms[name] = float(found.max()) / width
        print(
            f"| {name} | {len(electrons)} | {width:.0f} | "
            f"{1000 * np.sqrt(np.mean(electrons**2)):.2f} | {found[0]:.2f}, {found[1]:.2f} | "
            f"{terms[name]:.3f} |"
        )
    print(f"| root mean square of those that tell | | | | | {mean_term(terms):.3f} |")
    return terms


def print_shares(
    paths: list[Path], many: dict[str, list[Fitted]], terms: dict[str, float]
) -> None:
    """Print how many columns are within one and two standard errors, by dose."""
    stated = FIT_DEFAULTS.errors.systematic
    print("\n| counts | specimen | electrons alone | as stated | as all others say | their term |")
    print("|---|---|---|---|---|---|")
    for counts in COUNTS:
        for path in paths:
            name = path.stem
            parts = many[name] if counts == MANY else everything(path, counts)
            others = mean_term(terms, without=name)
            cells = [shares(parts, term) for term in (0.0, stated, others)]
            print(f"| {counts:g} | {name} | {' | '.join(cells)} | {others:.3f} |", flush=True)


def print_solvers(paths: list[Path]) -> None:
    """Print systematic errors along the larger axis for solvers of three kinds."""
    print("\n| steps, gain left, for each column | systematic, pm | s |\n|---|---|---|")
    for solver in SOLVERS:
        start, settings = time.process_time(), replace(ELECTRONS, solver=solver)
        found = [systematic(everything(path, MANY, settings)).max() for path in paths]
        cells = ", ".join(
            f"{path.stem} {1000 * one:.2f}" for path, one in zip(paths, found, strict=True)
        )
        seconds = time.process_time() - start
        print(
            f"| {solver.steps}, {solver.gain_left:g}, {solver.gain_left_per_column:g} | {cells} | "
            f"{seconds:.0f} |",
            flush=True,
        )


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--solver", action="store_true", help="vary how closely it is solved")
    given = parser.parse_args()
    paths = sorted(given.folder.glob("*.npz"))
    many = {path.stem: everything(path, MANY) for path in paths}
    terms = print_errors(many)
    print_shares(paths, many, terms)
    if given.solver:
        print_solvers(paths)


if __name__ == "__main__":
    main()
