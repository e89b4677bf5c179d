"""A tilt series: views of one specimen at known tilts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from colonnade.core.arrays import Array, Single
from colonnade.core.errors import ImageError
from colonnade.core.images.volume import Voxels

LEAST_VIEWS = 3
"""Fewer views are no series."""


@dataclass(frozen=True, eq=False)
class TiltSeries:
    """Views of a specimen that is tilted about y; none is read before it is needed.

    Parameters
    ----------
    views
        Grey levels, axes (view, y, x): an array, or whatever gives its blocks.
    angles
        Tilt of each view, in the order of the views [degrees].
    pixel_size
        Size of a pixel along (y, x) [nm]; None without a calibration.
    name
        What to call the series in tables and figures.
    metadata
        What the microscope wrote down.
    """

    views: Voxels
    angles: tuple[float, ...]
    pixel_size: tuple[float, float] | None = None
    name: str = "series"
    metadata: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        shape = tuple(self.views.shape)
        if len(shape) != 3 or 0 in shape:
            raise ImageError(f"a tilt series has the axes (view, y, x), not the shape {shape}")
        if shape[0] != len(self.angles):
            raise ImageError(
                f"{self.name} has {shape[0]} views and {len(self.angles)} angles; give an angle "
                "for each view"
            )
        if not np.isfinite(self.angles).all():
            raise ImageError(f"the angles of {self.name} must be numbers, not {self.angles}")
        if len(set(self.angles)) < LEAST_VIEWS:
            raise ImageError(
                f"{self.name} has views at {len(set(self.angles))} angles; a reconstruction needs "
                f"at least {LEAST_VIEWS}"
            )

    @property
    def shape(self) -> tuple[int, int, int]:
        """Views, rows and columns."""
        count, height, width = self.views.shape
        return count, height, width

    @property
    def degrees(self) -> Array:
        """Tilt of each view [degrees]."""
        return np.array(self.angles)

    def view(self, number: int) -> Single:
        """Read one view (y, x)."""
        part = (slice(number, number + 1), slice(None), slice(None))
        (found,) = np.asarray(self.views[part], np.float32)
        return np.asarray(found)

    def rows(self, part: slice) -> Single:
        """Read some rows of all views as sinograms (y, view, x)."""
        block = np.asarray(self.views[slice(None), part, slice(None)], np.float32)
        return np.ascontiguousarray(block.transpose(1, 0, 2))
