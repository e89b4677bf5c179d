"""Draw the images of `limit.py` on which most was missed or invented, with what was, marked."""

from pathlib import Path

import numpy as np
from limit_cases import Case
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from colonnade.atoms.columns import Columns
from colonnade.atoms.score import pair_columns
from colonnade.core.arrays import Array

SHOWN = 12
"""So many images are drawn."""


def failures(case: Case, found: Columns, gate: float, border: float) -> tuple[Array, Array]:
    """Positions of the columns that were missed and of those that are false [px].

    Parameters
    ----------
    case
        An image and its truth.
    found
        What was found in it.
    gate
        Largest distance of a column from the truth [px].
    border
        What is nearer than this to the border does not count [px].
    """
    shape = (case.image.shape[0], case.image.shape[1])
    pairs = pair_columns(case.truth, found.positions, gate, shape=shape, border=border)
    return case.truth.positions[pairs.missed], found.positions[pairs.false]


def draw_failures(
    results: list[tuple[Case, Columns]], gate: float, border: float, to: Path
) -> None:
    """Draw the worst images: found green, missed red, false yellow.

    Parameters
    ----------
    results
        Images, and what was found in each.
    gate, border
        As in `failures`, but in nm.
    to
        Picture to write.
    """
    marked = []
    for case, found in results:
        pixel = case.setting.pixel
        missed, false = failures(case, found, gate / pixel, border / pixel)
        marked.append((len(missed) + len(false), case, found, missed, false))
    marked.sort(key=lambda one: -one[0])
    worst = [one for one in marked[:SHOWN] if one[0]]
    figure = Figure(figsize=(28, 7 * max(-(-len(worst) // 4), 1)), layout="constrained")
    for i, (_, case, found, missed, false) in enumerate(worst):
        axes = figure.add_subplot(-(-len(worst) // 4), 4, i + 1)
        _show(axes, case, found)
        for points, colour in ((missed, "red"), (false, "yellow")):
            axes.scatter(points[:, 1], points[:, 0], s=60, facecolors="none", edgecolors=colour)
        axes.set_title(f"{case.setting.name}\n{len(missed)} missed, {len(false)} false")
    figure.savefig(to, dpi=60)


def _show(axes: Axes, case: Case, found: Columns) -> None:
    low, high = np.quantile(case.image, [0.005, 0.998])
    axes.imshow(case.image, cmap="gray", vmin=low, vmax=high, interpolation="nearest")
    axes.plot(found.x, found.y, ".", color="lime", markersize=2)
    axes.set(xticks=[], yticks=[])
