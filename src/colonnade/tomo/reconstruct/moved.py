"""Views that are turned and shifted in one resampling, however often they are moved."""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from colonnade.core.arrays import Array, Single
from colonnade.core.errors import ImageError
from colonnade.core.images.volume import Voxels
from colonnade.tomo.reconstruct.views import LazyViews
from colonnade.tomo.tilts import TiltSeries

ORDER = 3
"""Of the splines between pixels."""

MARGIN = 12
"""Rows beyond a band that the coefficients of its splines depend on, to 1e-7 of the grey level."""

SQUARE = 1e-3
"""Pixels are square whose sides differ by a smaller share."""


@dataclass(frozen=True, eq=False)
class Move:
    """Where each view is looked at.

    A position p, from the middle of a moved view, shows what its view has at the turned p plus
    the view's shift.

    Parameters
    ----------
    angle
        Direction of the y axis of the moved views, from y towards x [degrees].
    shifts
        Along (y, x), one for each view [px].
    """

    angle: float
    shifts: Array

    @property
    def turn(self) -> Array:
        """Matrix that turns positions (y, x)."""
        return rotation(self.angle)

    def after(self, first: "Move") -> "Move":
        """Give the one move that does what the first does and then this one."""
        return Move(self.angle + first.angle, self.shifts @ first.turn.T + first.shifts)


def rotation(degrees: float) -> Array:
    """Matrix that turns positions (y, x) from y towards x."""
    cosine, sine = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    return np.array([[cosine, -sine], [sine, cosine]])


class Moved(LazyViews):
    """Views resampled by cubic splines; beyond their edges these repeat.

    Parameters
    ----------
    views
        Axes (view, y, x); those that were moved before are resampled from what they are made of.
    move
        Where each of them is looked at.
    """

    def __init__(self, views: Voxels, move: Move) -> None:
        count, height, width = views.shape
        super().__init__((count, height, width))
        self.views: Voxels = views.views if isinstance(views, Moved) else views
        self.move: Move = move.after(views.move) if isinstance(views, Moved) else move

    def band(self, view: int, rows: slice) -> Single:
        """Read what lies where some rows come from, and resample it."""
        _, height, width = self.shape
        middle = (np.array([height, width]) - 1) / 2
        grid = np.indices((rows.stop - rows.start, width), float)
        grid[0] += rows.start
        centred = np.tensordot(self.move.turn, grid - middle[:, None, None], 1)
        places = centred + (middle + self.move.shifts[view])[:, None, None]
        places[0] = np.clip(places[0], 0, height - 1)
        places[1] = np.clip(places[1], 0, width - 1)
        top = max(0, int(places[0].min()) - MARGIN)
        bottom = min(height, int(np.ceil(places[0].max())) + MARGIN + 1)
        source = self.views[slice(view, view + 1), slice(top, bottom), slice(None)]
        return resampled(np.asarray(source, np.float32)[0], places - [[[top]], [[0]]])


def resampled(image: Single, places: Array) -> Single:
    """Look at an image at places (axis, y, x) within it."""
    splines = ndimage.spline_filter(image, ORDER, np.float32, mode="mirror")
    seen = ndimage.map_coordinates(
        splines, places, np.float32, order=ORDER, mode="mirror", prefilter=False
    )
    return np.asarray(seen)


def check_square(series: TiltSeries) -> None:
    """Refuse to turn views whose pixels are not square.

    Raises
    ------
    ImageError
        If they are not.
    """
    size_y, size_x = series.pixel_size or (1.0, 1.0)
    if abs(size_y / size_x - 1) > SQUARE:
        raise ImageError(
            f"the pixels of {series.name} are {size_y:.4g} nm high and {size_x:.4g} nm wide, so "
            "that its views cannot be turned; resample them to square pixels"
        )
