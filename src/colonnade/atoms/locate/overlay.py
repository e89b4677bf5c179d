"""The picture of an image with its columns marked."""

from pathlib import Path

import numpy as np

from colonnade.atoms.columns import Columns
from colonnade.atoms.locate.judge.atomic import ATOMIC
from colonnade.core.figures.overlay import Picture
from colonnade.core.images.micrograph import Micrograph
from colonnade.core.measures.neighbours import nearest_distances


def mean_spacing(columns: Columns) -> tuple[float, str] | None:
    """Mean distance of a column to its nearest neighbour, and the unit: nm or px."""
    if len(columns) < 2:
        return None
    nm = columns.positions_nm
    points = columns.positions if nm is None else nm
    return float(nearest_distances(points).mean()), "px" if nm is None else "nm"


def sentence(columns: Columns, name: str, atomic: float = 1.0) -> str:
    """Say in a sentence what was found.

    Parameters
    ----------
    columns
        What was found.
    name
        Of the image.
    atomic
        Probability that the image shows atom columns at all.
    """
    if not len(columns) and atomic < ATOMIC:
        return (
            f"{name}: not an image of atom columns (probability {atomic:.2f}), so none are given"
        )
    if not len(columns):
        return f"{name}: no columns found"
    spacing = mean_spacing(columns)
    text = f"{name}: {len(columns)} column{'s' if len(columns) > 1 else ''}"
    if spacing is None:
        return text
    return f"{text}, nearest neighbours {spacing[0]:.3g} {spacing[1]} apart on average"


def draw_overlay(image: Micrograph, columns: Columns, path: Path, atomic: float = 1.0) -> None:
    """Draw the image with a ring around every column, a scale bar and the sentence.

    Parameters
    ----------
    image
        What was searched.
    columns
        What was found.
    path
        The PNG file.
    atomic
        Probability that the image shows atom columns at all.
    """
    picture = Picture(image)
    if len(columns):
        picture.ring(columns.positions, 0.6 * _usual_distance(columns, image.shape))
    picture.add_scale_bar()
    picture.save(path, sentence(columns, image.name, atomic))


def _usual_distance(columns: Columns, shape: tuple[int, int]) -> float:
    """Median distance of a column to its nearest neighbour [px]; a guess for a single one."""
    if len(columns) < 2:
        return max(shape) / 12
    return float(np.median(nearest_distances(columns.positions)))
