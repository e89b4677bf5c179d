"""Where the views of a series lie: shifts from view to view, and the tilt axis."""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import affine_transform

from colonnade.core.arrays import Array, Single
from colonnade.core.work.draws import NEVER, Draws, Range
from colonnade.tomo.simulate.render import FINENESS


@dataclass(frozen=True)
class Stage:
    """How far from aligned a series is; each range is drawn from evenly."""

    misaligned: float = 0.3
    """Share of the series that are not aligned."""
    shift: Range = (0.2, 3.0)
    """Standard deviation of the views' shifts in such a series, along y and x [px]."""
    axis_offset: Range = (-4.0, 4.0)
    """Where the tilt axis is then, from the middle of the views [px]."""
    axis_angle: Range = (-3.0, 3.0)
    """By how much the tilt axis is then turned out of y, towards x [degrees]."""


@dataclass(frozen=True, eq=False)
class Alignment:
    """Where the views of a series lie.

    Parameters
    ----------
    shifts
        By how much what each view shows is shifted along (y, x) [px].
    axis_offset
        Where the tilt axis is, from the middle of the views [px].
    axis_angle
        By how much it is turned out of y, towards x, about the middle of the views [degrees].
    """

    shifts: Array
    axis_offset: float
    axis_angle: float

    @property
    def is_perfect(self) -> bool:
        """Whether nothing is shifted or turned."""
        return not self.shifts.any() and self.axis_angle == 0

    def border(self, size: tuple[int, int, int]) -> int:
        """How much around views of a volume (z, y, x) they may show [px]."""
        if self.is_perfect:
            return 0
        turned = max(size[1:]) / 2 * abs(np.sin(np.deg2rad(self.axis_angle)))
        return int(np.ceil(float(np.abs(self.shifts).max()) + turned)) + SPLINE

    def move(self, views: Single, border: int) -> Single:
        """Turn and shift fine views, and cut off the border around them [px]."""
        edge = FINENESS * border
        if self.is_perfect:
            return views
        turn = np.deg2rad(self.axis_angle)
        back = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
        shape = (views.shape[1] - 2 * edge, views.shape[2] - 2 * edge)
        middle, inner = ((np.array(each) - 1) / 2 for each in (views.shape[1:], shape))
        moved = np.empty((len(views), *shape), np.float32)
        for view, shift, out in zip(views, self.shifts, moved, strict=True):
            start = middle - back @ (inner + FINENESS * shift)
            affine_transform(view, back, start, shape, out, order=3, mode="nearest")
        return moved


SPLINE = 3
"""Beyond the last pixel that is shown, interpolation sees so many more [px]."""

FARTHEST = 3.0
"""No view is shifted by more standard deviations."""


def draw_alignment(recipe: Stage, draws: Draws, views: int) -> Alignment:
    """Draw where the views of a series lie."""
    misaligned = draws.happens("stage.misaligned", recipe.misaligned)

    def drawn(name: str, limits: Range) -> float:
        return draws.uniform(f"stage.{name}", limits if misaligned else NEVER)

    shift = drawn("shift", recipe.shift)
    off = draws.rng.standard_normal((views, 2)).clip(-FARTHEST, FARTHEST)
    return Alignment(
        shifts=shift * off,
        axis_offset=drawn("axis_offset", recipe.axis_offset),
        axis_angle=drawn("axis_angle", recipe.axis_angle),
    )
