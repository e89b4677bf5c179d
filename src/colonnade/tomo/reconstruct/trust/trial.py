"""Reconstruct some slices of a series from some of its views."""

from dataclasses import replace

import numpy as np

from colonnade.core.arrays import Array, Indices, Single
from colonnade.core.measures.wedge import Wedge
from colonnade.tomo.reconstruct.plan import Plan
from colonnade.tomo.reconstruct.reconstruct import Work
from colonnade.tomo.reconstruct.trust.halves import Halves
from colonnade.tomo.reconstruct.trust.predicted import Predicted
from colonnade.tomo.tilts import TiltSeries


def choose_rows(series: TiltSeries, count: int, most: int) -> tuple[int, ...]:
    """Choose rows that divide what is seen in the views into parts that are alike.

    Parameters
    ----------
    series
        Views with nothing where there is no specimen.
    count
        How many rows, if there are as many.
    most
        So many, evenly spread, are looked at.
    """
    height = series.shape[1]
    looked_at = np.unique(np.linspace(0, height - 1, most).astype(int))
    seen = [np.square(series.rows(slice(row, row + 1)), dtype=np.float64) for row in looked_at]
    total = np.cumsum([each.sum() for each in seen])
    count = min(count, len(looked_at))
    middles = (np.arange(count) + 0.5) / count
    places = np.searchsorted(total, middles * total[-1])
    return tuple(int(looked_at[place]) for place in np.unique(places))


class Trial:
    """Reconstructs some slices from some of their views.

    Parameters
    ----------
    work
        How the series is reconstructed.
    rows
        The slices.
    """

    def __init__(self, work: Work, rows: tuple[int, ...]) -> None:
        self._plan = work.plan
        read = [work.series.rows(slice(row, row + 1)) for row in rows]
        self._sinograms: Single = np.concatenate(read)
        self._noise = work.noise
        self._angles = work.series.degrees
        self._level = np.sqrt(np.square(self._sinograms, dtype=np.float64).mean((0, 2)))

    def fitted(self) -> tuple[Predicted, Array]:
        """Reconstruct from all views; give what that leaves of them, and left on the way."""
        left: list[float] = []
        scale = self._plan.noise * np.sqrt(self._sinograms.size)

        def watch(_: int, slices: Single) -> bool:
            wrong = self._plan.projector.project(slices) - self._sinograms
            left.append(float(np.linalg.norm(wrong)) / scale)
            return False

        slices, _ = self._plan.solve(self._sinograms, watch if scale else None)
        every = np.arange(len(self._angles))
        return self._compared(slices, every), np.array(left)

    def predicted(self, left: Indices) -> Predicted:
        """Reconstruct without some views, and predict them."""
        kept = np.setdiff1d(np.arange(len(self._angles)), left)
        return self._compared(self._slices(kept), left)

    def halves(self) -> Halves:
        """Reconstruct from every other view, and from the rest."""
        order = np.argsort(self._angles, kind="stable")
        one, other = (self._plan.inner(self._slices(np.sort(order[first::2]))) for first in (0, 1))
        return Halves.of(one, other, Wedge.of(self._angles))

    def _slices(self, kept: Indices) -> Single:
        slices, _ = self._plan_of(kept).solve(self._sinograms[:, kept])
        return slices

    def _plan_of(self, views: Indices) -> Plan:
        """Plan for some views; with fewer of them the weight would count for more."""
        return replace(
            self._plan,
            angles=tuple(self._angles[views]),
            weight=self._plan.weight * len(views) / len(self._angles),
        )

    def _compared(self, slices: Single, views: Indices) -> Predicted:
        projector = replace(self._plan.projector, angles=tuple(self._angles[views]))
        wrong = projector.project(slices) - self._sinograms[:, views]
        error = np.sqrt(np.square(wrong, dtype=np.float64).mean((0, 2)))
        return Predicted(self._angles[views], error, self._noise[views], self._level[views])
