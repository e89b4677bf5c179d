"""Columns as the scan meets them: atoms that hop are cut between two rows."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from colonnade.atoms.simulate.optics.canvas import Canvas
from colonnade.atoms.simulate.optics.probe import Spectrum
from colonnade.atoms.simulate.specimen.specimen import MARGIN
from colonnade.core.arrays import Array, Single
from colonnade.core.images.regions import nearest_points


@dataclass(frozen=True, eq=False)
class Moving:
    """Columns that stand still, and atoms that come and go while the image is scanned.

    Parameters
    ----------
    canvas
        What draws them.
    positions
        Rows of (y, x) [px].
    signal
        Of each.
    present
        From which row to which each is there (n, 2); infinite for those that stay.
    """

    canvas: Canvas
    positions: Array
    signal: Array
    present: Array

    def seen(self, transfer: Spectrum | Single) -> Array:
        """Image them through a transfer function, each in the rows in which it is there.

        Of those that come, and of those that go, a pixel shows what the nearest of them lets it.
        """
        image = self.canvas.image(self._still * transfer)
        for points, there in self._passing:
            image = image + there * self.canvas.image(points * transfer)
        return np.asarray(image)

    def recorded(self, sigma: float) -> Array:
        """Share of each that is in the image, for peaks of a standard deviation [px]."""
        first, last = ((self.present - self.positions[:, :1]) / sigma).T
        return np.asarray(ndtr(last) - ndtr(first))

    @cached_property
    def _still(self) -> Spectrum:
        return self._points(np.asarray(np.isinf(self.present).all(1)))

    @cached_property
    def _passing(self) -> list[tuple[Spectrum, NDArray[np.bool_]]]:
        """Those that come and those that go, and the pixels at which they are there."""
        groups = np.isfinite(self.present).T
        return [(self._points(group), self._there(group)) for group in groups if group.any()]

    def _points(self, group: NDArray[np.bool_]) -> Spectrum:
        return self.canvas.points(self.positions[group], self.signal[group])

    def _there(self, group: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Whether the one of a group that is nearest to a pixel is there when the beam is."""
        reach = int(np.ceil(MARGIN / self.canvas.pixel))
        _, _, owner = nearest_points(self.positions[group], self.canvas.size, reach)
        # Last, for pixels that have none near: never.
        first, last = np.moveaxis(np.append(self.present[group], [[0, 0]], axis=0)[owner], -1, 0)
        row = np.arange(self.canvas.size[0])[:, None]
        return np.asarray((row >= first) & (row < last))
