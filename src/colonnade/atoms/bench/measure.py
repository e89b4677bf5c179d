"""Compare what a method found in one image with the truth and with what the electrons allow."""

from dataclasses import asdict, dataclass

import numpy as np

from colonnade.atoms.bench.case import Plate
from colonnade.atoms.columns import Columns
from colonnade.atoms.score import pair_columns
from colonnade.core.arrays import Array
from colonnade.core.measures.neighbours import nearest_distances

SHARE, FARTHEST = 0.45, 0.09
"""A found column belongs to a true one within this share of the distance of neighbours, and within
this [nm]."""

CLOSE = 0.05
"""That distance is such that this share of the columns have a nearer neighbour."""

GATE = (
    f"A found column is paired with a true one within {SHARE:g} of the distance of neighbouring "
    f"columns, and within {1000 * FARTHEST:g} pm; columns nearer to the border of the image than "
    "that are left out."
)

NORMAL_MEDIAN = 0.67449
"""Median of the absolute value of a normally distributed number."""


@dataclass(frozen=True)
class Measured:
    """Scores of one image; NaN is unknown. Lengths in pm are NaN where there is no pixel size."""

    found: int
    missed: int
    false: int
    recall: float
    precision: float
    rms_pm: float
    bias_y_pm: float
    bias_x_pm: float
    p95_pm: float
    bound_ratio: float
    within_1: float
    within_2: float

    def cells(self) -> dict[str, float]:
        """Give every score by its name."""
        return asdict(self)


def gate(plate: Plate) -> float:
    """Largest distance of a pair [px]."""
    detectable = plate.truth.positions[plate.truth.labels["detectable"] > 0]
    if len(detectable) < 2:
        distance = float(min(plate.image.shape))
    else:
        distance = float(np.quantile(nearest_distances(detectable), CLOSE))
    size = plate.image.pixel_size
    farthest = np.inf if size is None else FARTHEST / float(np.mean(size))
    return min(SHARE * distance, farthest)


def measure(plate: Plate, found: Columns) -> Measured:
    """Score what was found in one image."""
    reach = gate(plate)
    pairs = pair_columns(
        plate.truth, found.positions, reach, shape=plate.image.shape, border=reach
    )
    error = found.positions[pairs.found] - plate.truth.positions[pairs.true]
    size = (np.nan, np.nan) if plate.image.pixel_size is None else plate.image.pixel_size
    picometres = 1000 * error * size
    distance = np.hypot(*picometres.T)
    known = bool(len(pairs.true)) and plate.image.pixel_size is not None
    bias = picometres.mean(0) if known else np.full(2, np.nan)
    sigma = np.stack([found.sigma_y, found.sigma_x], 1)[pairs.found]
    return Measured(
        found=len(pairs.true),
        missed=len(pairs.missed),
        false=len(pairs.false),
        recall=_share(len(pairs.true), len(pairs.missed)),
        precision=_share(len(pairs.true), len(pairs.false)),
        rms_pm=float(np.sqrt(np.mean(distance**2))) if known else np.nan,
        bias_y_pm=float(bias[0]),
        bias_x_pm=float(bias[1]),
        p95_pm=float(np.quantile(distance, 0.95)) if known else np.nan,
        bound_ratio=_typical(error / plate.bounds[pairs.true]) / NORMAL_MEDIAN,
        within_1=_within(error / sigma, 1.0),
        within_2=_within(error / sigma, 2.0),
    )


def _share(right: int, wrong: int) -> float:
    return right / (right + wrong) if right + wrong else np.nan


def _typical(excess: Array) -> float:
    known = np.abs(excess[np.isfinite(excess)])
    return float(np.median(known)) if known.size else np.nan


def _within(claimed: Array, limit: float) -> float:
    known = claimed[~np.isnan(claimed)]
    return float(np.mean(np.abs(known) <= limit)) if known.size else np.nan
