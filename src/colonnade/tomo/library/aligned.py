"""Series of a library as they are used: aligned, and without what beam and background did."""

from dataclasses import replace

import numpy as np

from colonnade.core.data.library import Entry
from colonnade.tomo.library.sources import OFFSET, SHIFTS, TURN
from colonnade.tomo.reconstruct.prepare import MendedViews, Preparation, ScaledViews
from colonnade.tomo.simulate.series import SimulatedSeries
from colonnade.tomo.tilts import TiltSeries


def is_aligned(entry: Entry) -> bool:
    """Whether no view of a series is shifted, and the tilt axis is in their middle."""
    shifted = any(entry.table[column].any() for column in SHIFTS)
    return not (shifted or entry.drawn[OFFSET] or entry.drawn[TURN])


def prepared(made: SimulatedSeries) -> TiltSeries:
    """Mend the views of a series, and take off what its beam and its background did to them."""
    mended = MendedViews(made.series.views, Preparation().hot_pixels)
    level = np.full(len(made.beam), made.background)
    return replace(made.series, views=ScaledViews(mended, 1 / made.beam, level))
