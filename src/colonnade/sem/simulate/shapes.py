"""Edges that cover pixels in part, and stamps that are laid over one another."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from colonnade.core.arrays import Array, Indices, Single
from colonnade.sem.scene import Grid

FAR = 1e6
"""Distance of an edge that is not there [unit]."""


def covered(distance: Single, step: float) -> Single:
    """Give the share of each square that a shape covers.

    Parameters
    ----------
    distance
        From the shape's edge, negative inside.
    step
        Side of a square, in the same unit.
    """
    share: Single = np.clip(np.float32(0.5) - distance / np.float32(step), 0, 1)
    return share


def level_distance(field: Single, step: float) -> Single:
    """Give the distance to where a field is zero, negative where the field is; good near there.

    Parameters
    ----------
    field
        Smooth over a few samples.
    step
        Distance between samples.
    """
    down, across = np.gradient(field, np.float32(step))
    slope = np.sqrt(down * down + across * across)
    floor = np.float32(0.05 * float(slope.mean()) + 1e-6)
    distance: Single = field / np.maximum(slope, floor)
    return distance


@dataclass(frozen=True, eq=False)
class Painted:
    """What a shape does to the picture under it; arrays are (shape, y, x).

    Parameters
    ----------
    cover
        Share of each square that the shape hides.
    grey
        Its own grey level there.
    shadow
        Share of the light that is left of what lies below it.
    """

    cover: Single
    grey: Single
    shadow: Single | None = None


Shade = Callable[[Indices, Single, Single, float], Painted]
"""Shows shapes of these numbers at places (y, x) from their centres, sampled at a step."""

BUCKET = 1.12
"""Shapes whose windows differ by less than this factor along each axis are worked out together."""

MOST = 60_000
"""So many samples at once, at most: what is worked out stays in the processor's cache."""


def paint(image: Single, grid: Grid, centres: Array, reaches: Array, shade: Shade) -> None:
    """Lay shapes over a picture, the first lowest.

    Parameters
    ----------
    image
        The picture, which is changed.
    grid
        Where it is sampled.
    centres
        Rows of (y, x).
    reaches
        How far from its centre each shape may change the picture, along both axes or along (y, x)
        each; those of which it is not positive are left out.
    shade
        Shows the shapes.
    """
    if not len(centres):
        return
    reaches = np.broadcast_to(reaches.reshape(len(centres), -1), (len(centres), 2))
    corner = np.array([grid.y[0], grid.x[0]], float)
    first = np.ceil((centres - reaches - corner) / grid.step).astype(int)
    counts = np.maximum(2 * np.ceil(reaches / grid.step) + 1, 1)
    inside = ((first + counts > 0) & (first < np.array(grid.shape)) & (reaches > 0)).all(1)
    classes = np.ceil(np.log(counts) / np.log(BUCKET)).astype(int)
    made: dict[int, Stamp] = {}
    keys = classes[:, 0] * MOST + classes[:, 1]
    for key in np.unique(keys[inside]):
        members = np.flatnonzero(inside & (keys == key))
        size = (int(counts[members, 0].max()), int(counts[members, 1].max()))
        for some in np.array_split(members, -(-len(members) * size[0] * size[1] // MOST)):
            start = (corner + grid.step * first[some] - centres[some]).astype(np.float32)
            y, x = (
                start[:, axis, None] + np.float32(grid.step) * np.arange(size[axis], dtype="f4")
                for axis in (0, 1)
            )
            painted = shade(some, y[:, :, None], x[:, None, :], grid.step)
            for place, number in enumerate(some):
                shadow = None if painted.shadow is None else painted.shadow[place]
                made[int(number)] = painted.cover[place], painted.grey[place], shadow
    for number in sorted(made):
        _lay(image, made[number], first[number])


Stamp = tuple[Single, Single, Single | None]
"""Cover, grey levels and shadow of one shape in its window."""


def _lay(image: Single, stamp: Stamp, first: Indices) -> None:
    """Lay one shape over the picture; what hangs over its borders is cut off."""
    cover, grey, shadow = stamp
    height, width = cover.shape
    top, left = int(first[0]), int(first[1])
    rows = slice(max(-top, 0), min(image.shape[0] - top, height))
    columns = slice(max(-left, 0), min(image.shape[1] - left, width))
    if rows.start >= rows.stop or columns.start >= columns.stop:
        return
    under = image[top + rows.start : top + rows.stop, left + columns.start : left + columns.stop]
    if shadow is not None:
        under *= shadow[rows, columns]
    hidden = cover[rows, columns]
    under += hidden * (grey[rows, columns] - under)
