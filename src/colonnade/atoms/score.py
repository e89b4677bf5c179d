"""Compare found columns with the truth."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from colonnade.atoms.columns import Columns
from colonnade.core.arrays import Array, Indices
from colonnade.core.measures.matching import match


@dataclass(frozen=True, eq=False)
class Score:
    """What was found, missed and invented in one image or in several.

    Parameters
    ----------
    found, missed, false
        How many columns.
    errors
        Distance of each found column from the truth [px].
    """

    found: int
    missed: int
    false: int
    errors: NDArray[np.float64] = field(repr=False)

    @property
    def recall(self) -> float:
        """Share of the true columns that were found."""
        return self.found / max(self.found + self.missed, 1)

    @property
    def precision(self) -> float:
        """Share of the found columns that are true."""
        return self.found / max(self.found + self.false, 1)

    @property
    def f1(self) -> float:
        """Harmonic mean of recall and precision."""
        return 2 * self.found / max(2 * self.found + self.missed + self.false, 1)

    @property
    def rms(self) -> float:
        """Root mean square distance of the found columns from the truth [px]."""
        return float(np.sqrt(np.mean(self.errors**2))) if self.found else float("nan")

    def __add__(self, other: "Score") -> "Score":
        return Score(
            self.found + other.found,
            self.missed + other.missed,
            self.false + other.false,
            np.concatenate([self.errors, other.errors]),
        )


NOTHING = Score(0, 0, 0, np.empty(0))
"""Score of no images, to add to."""


@dataclass(frozen=True, eq=False)
class Pairs:
    """Which found columns are which true ones; indices into the two tables.

    Parameters
    ----------
    true, found
        Of each pair.
    missed
        True columns that could have been found and were not.
    false
        Found columns that are none.
    """

    true: Indices
    found: Indices
    missed: Indices
    false: Indices


def pair_columns(
    truth: Columns,
    found: Array,
    gate: float,
    *,
    shape: tuple[int, int] | None = None,
    border: float = 0.0,
) -> Pairs:
    """Pair found columns with true ones, one to one.

    Columns of the truth whose label ``detectable`` is 0 are neither missed nor found, and what is
    found there is not false. Nor is what lies at the border: columns that the truth does not list
    may reach into the image there.

    Parameters
    ----------
    truth
        True columns.
    found
        Rows of (y, x) [px].
    gate
        Largest distance of a pair [px].
    shape
        Rows and columns of the image, for the border.
    border
        Width of the border [px].
    """
    counts = np.asarray(truth.labels.get("detectable", np.ones(len(truth)))) > 0
    if shape is not None:
        counts &= _inner(truth.positions, shape, border)
    wanted, others = np.flatnonzero(counts), np.flatnonzero(~counts)
    true, guess = match(truth.positions[wanted], found, gate)
    rest = np.delete(np.arange(len(found)), guess)
    _, excused = match(truth.positions[others], found[rest], gate)
    false = np.ones(len(rest), bool)
    if shape is not None:
        false = _inner(found[rest], shape, border)
    false[excused] = False
    return Pairs(wanted[true], guess, np.delete(wanted, true), rest[false])


def score(
    truth: Columns,
    found: Columns,
    gate: float,
    *,
    shape: tuple[int, int] | None = None,
    border: float = 0.0,
) -> Score:
    """Compare found columns with the truth; the parameters are those of `pair_columns`."""
    pairs = pair_columns(truth, found.positions, gate, shape=shape, border=border)
    distances = np.linalg.norm(truth.positions[pairs.true] - found.positions[pairs.found], axis=1)
    return Score(
        found=len(pairs.true),
        missed=len(pairs.missed),
        false=len(pairs.false),
        errors=distances,
    )


def _inner(positions: Array, shape: tuple[int, int], border: float) -> NDArray[np.bool_]:
    low, high = border, np.array(shape) - 1 - border
    return np.asarray(((positions >= low) & (positions <= high)).all(axis=1))
