"""Compare what a method found with the truth and with what the electrons allow."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

import numpy as np

from colonnade.atoms.bench.case import TestImage
from colonnade.atoms.columns import Columns
from colonnade.atoms.score import pair_columns
from colonnade.core.arrays import Array

GATE_SHARE, GATE_NM = 0.45, 0.09
"""A found column belongs to a true one within this share of the distance of neighbours, and within
this [nm]."""

CLOSE_QUANTILE = 0.05
"""That distance is such that this share of the columns have a nearer neighbour."""

GATE = (
    f"A found column is paired with a true one within {GATE_SHARE:g} of the distance of "
    f"neighbouring columns, and within {1000 * GATE_NM:g} pm; columns nearer to the border of "
    "the image than that are left out."
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
    crlb_ratio: float
    within_1: float
    within_2: float


COLUMNS = tuple(item.name for item in fields(Measured))
"""Names of the scores of one image."""

WEIGHTED = ("bias_y_pm", "bias_x_pm", "p95_pm", "crlb_ratio", "within_1", "within_2")
"""Scores whose mean over images gives each the weight of the columns that were found in it."""


def gate(image: TestImage) -> float:
    """Largest distance of a pair [px]."""
    distance = float(np.quantile(image.neighbour_distances, CLOSE_QUANTILE))
    size = image.image.pixel_size
    farthest = np.inf if size is None else GATE_NM / float(np.mean(size))
    return min(GATE_SHARE * distance, farthest)


def measure(image: TestImage, found: Columns) -> Measured:
    """Score what was found in one image."""
    reach = gate(image)
    pairs = pair_columns(
        image.truth, found.positions, reach, shape=image.image.shape, border=reach
    )
    error = found.positions[pairs.found] - image.truth.positions[pairs.true]
    size = image.image.pixel_size
    picometres = 1000 * error * ((np.nan, np.nan) if size is None else size)
    distance = np.hypot(*picometres.T)
    known = bool(len(pairs.true)) and size is not None
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
        crlb_ratio=_typical(error / image.crlb[pairs.true]) / NORMAL_MEDIAN,
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


def scores_of(image: TestImage, found: Columns) -> dict[str, float]:
    """Score what was found in one image, by the names in `COLUMNS`."""
    return asdict(measure(image, found))


def nothing_found(image: TestImage) -> Columns:
    """Stand for the columns of a method that failed on an image."""
    return Columns(np.empty(0), np.empty(0), pixel_size=image.image.pixel_size)


def pool(columns: Mapping[str, Array]) -> dict[str, Array]:
    """Scores of several images together, along the last axis; NaN where nothing is known.

    Recall, precision and RMS error are those of all columns of the images.
    """
    found, missed, false = (columns[name] for name in ("found", "missed", "false"))
    squares = np.where(found > 0, found * columns["rms_pm"] ** 2, 0.0)
    total = found.sum(-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return {
            "recall": total / (total + missed.sum(-1)),
            "precision": total / (total + false.sum(-1)),
            "rms_pm": np.sqrt(squares.sum(-1) / total),
            **{name: _weighted_mean(columns[name], found) for name in WEIGHTED},
        }


def _weighted_mean(values: Array, weights: Array) -> Array:
    """Mean of what is known along the last axis."""
    unknown = np.isnan(values)
    weights = np.where(unknown, 0.0, weights)
    return np.asarray((weights * np.where(unknown, 0.0, values)).sum(-1) / weights.sum(-1))
