"""What all maps have in common: values at columns or between them, a sentence, and a picture."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from colonnade.atoms.columns import Columns
from colonnade.atoms.maps.known_cell import KnownCell
from colonnade.core.images.micrograph import Micrograph

Region = tuple[float, float, float, float]
"""A part of an image: top, bottom, left and right [px]."""


@dataclass(frozen=True)
class MapOptions:
    """What is asked of a map; each map takes what it has a use for.

    Parameters
    ----------
    reference
        Part of the image whose crystal is called unstrained; the whole of it by default.
    cell
        The true cell of the crystal.
    undistort
        Whether to take the distortion of the scan out first.
    second
        Columns of the same field, scanned in a direction that is turned by 90°.
    sublattice
        Number of the sublattice that is looked at, the brightest being 0.
    """

    reference: Region | None = None
    cell: KnownCell | None = None
    undistort: bool = False
    second: Columns | None = None
    sublattice: int | None = None


def within(columns: Columns, region: Region) -> NDArray[np.bool_]:
    """Whether columns lie in a part of the image."""
    top, bottom, left, right = region
    rows = (columns.y >= top) & (columns.y <= bottom)
    return np.asarray(rows & (columns.x >= left) & (columns.x <= right))


class ColumnMap(Protocol):
    """What was computed from the columns of one image."""

    @property
    def sentence(self) -> str:
        """What came of it, for a person."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person must know to trust it."""

    def table(self) -> Mapping[str, NDArray[Any]]:
        """Everything that was computed, by the names that files use."""

    def figure(self, image: Micrograph | None = None) -> Figure:
        """Draw it, over the image if there is one."""
