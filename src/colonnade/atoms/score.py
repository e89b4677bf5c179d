"""Compare found columns with the truth."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from colonnade.atoms.columns import Columns
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


def score(
    truth: Columns,
    found: Columns,
    gate: float,
    *,
    shape: tuple[int, int] | None = None,
    border: float = 0.0,
) -> Score:
    """Compare found columns with the truth, one to one.

    Columns of the truth whose label ``detectable`` is 0 are neither missed nor found, and what is
    found there is not false. Nor is what lies at the border, where half a column may be seen of
    which the truth knows nothing.

    Parameters
    ----------
    truth
        True columns.
    found
        Found columns.
    gate
        Largest distance of a pair [px].
    shape
        Rows and columns of the image, for the border.
    border
        Width of the border [px].
    """
    detectable = np.asarray(truth.labels.get("detectable", np.ones(len(truth)))) > 0
    if shape is not None:
        detectable &= _inner(truth, shape, border)
    true, guess = match(truth[detectable].positions, found.positions, gate)
    unpaired = np.delete(np.arange(len(found)), guess)
    _, excused = match(truth[~detectable].positions, found.positions[unpaired], gate)
    counted = np.ones(len(unpaired), bool)
    if shape is not None:
        counted = _inner(found[unpaired], shape, border)
    counted[excused] = False
    distances = np.linalg.norm(truth[detectable].positions[true] - found.positions[guess], axis=1)
    return Score(
        found=len(true),
        missed=int(detectable.sum()) - len(true),
        false=int(counted.sum()),
        errors=distances,
    )


def _inner(columns: Columns, shape: tuple[int, int], border: float) -> NDArray[np.bool_]:
    low, high = border, np.array(shape) - 1 - border
    return np.asarray(((columns.positions >= low) & (columns.positions <= high)).all(axis=1))
