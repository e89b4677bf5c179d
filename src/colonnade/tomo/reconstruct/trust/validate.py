"""Put a reconstruction to the test, on some of its slices: views left out, halves, convergence."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from colonnade.core.arrays import Array, Indices, Single
from colonnade.core.errors import ImageError
from colonnade.tomo.reconstruct.align.alignment import Alignment
from colonnade.tomo.reconstruct.plan import Plan
from colonnade.tomo.reconstruct.prepare import Preparation, prepare
from colonnade.tomo.reconstruct.reconstruct import Options, Work
from colonnade.tomo.reconstruct.source import open_series
from colonnade.tomo.reconstruct.trust.fourier import Wedge
from colonnade.tomo.reconstruct.trust.halves import Halves
from colonnade.tomo.reconstruct.trust.predicted import Predicted, between_others, beyond_ends
from colonnade.tomo.reconstruct.trust.settings import ValidationSettings
from colonnade.tomo.tilts import TiltSeries


@dataclass(frozen=True, eq=False)
class Validation:
    """How a method stood the test.

    Views are seen on some slices only, those with much of the specimen, so that what is left of
    them may be more than in the whole volume.

    Parameters
    ----------
    rows
        The slices.
    fitted
        All views, seen by slices that were made of all of them.
    inside
        Views between others, seen by slices that were made without them.
    below, above
        Views beyond the lower and the upper end of the others' tilts.
    halves
        Slices made of every other view, compared with those made of the rest.
    convergence
        What each iteration left of all views [their noise]; empty for a method without any.
    """

    rows: tuple[int, ...]
    fitted: Predicted
    inside: Predicted
    below: Predicted
    above: Predicted
    halves: Halves
    convergence: Array

    @property
    def beyond(self) -> Predicted:
        """Views beyond both ends."""
        names = ("angles", "error", "noise", "level")
        both = (self.below, self.above)
        return Predicted(
            *(np.concatenate([getattr(each, name) for each in both]) for name in names)
        )

    def to_json(self) -> dict[str, Any]:
        """Give it in numbers, text, lists and tables."""
        parts = {"fitted": self.fitted, "inside": self.inside, "beyond": self.beyond}
        return {
            "rows": list(self.rows),
            **{name: _numbers(part) for name, part in parts.items()},
            "halves_difference": self.halves.difference,
            "halves_level": self.halves.level,
            "halves_agree_to_per_px": self.halves.measured.crossing(),
            "convergence": self.convergence.tolist(),
        }


def _numbers(part: Predicted) -> dict[str, Any]:
    return {
        "angles_deg": part.angles.tolist(),
        "error": part.error.tolist(),
        "error_over_noise": part.over_noise,
        "error_over_views": part.share,
    }


def validate(
    series: str | Path | TiltSeries,
    options: Options | None = None,
    *,
    preparation: Preparation | None = None,
    alignment: Alignment | None = None,
    noise: Array | None = None,
    settings: ValidationSettings | None = None,
) -> Validation:
    """Put a method to the test on a series: some slices are reconstructed five times.

    Parameters
    ----------
    series
        A file that says its angles, a folder of views, or views that are in memory.
    options
        What reconstructs it, and how; converged total variation by default.
    preparation
        How the views are prepared; by default hot pixels and background are taken off.
    alignment
        Where the tilt axis is and how the views are shifted; none for views that are aligned.
    noise
        Standard deviation of each view's noise, where it is known; else it is measured.
    settings
        How it is done.

    Raises
    ------
    ImageError
        If there are too few views to leave any out.
    """
    opened = series if isinstance(series, TiltSeries) else open_series(series)
    prepared = prepare(opened, preparation)
    if alignment is not None:
        prepared = alignment.apply(prepared)
    return validate_work(Work.of(prepared, options or Options(), noise), settings)


def validate_work(work: Work, settings: ValidationSettings | None = None) -> Validation:
    """Put a reconstruction that is planned to the test; see `validate`."""
    wanted = settings or ValidationSettings()
    count = work.series.shape[0]
    if count < wanted.least_views:
        raise ImageError(
            f"{work.series.name} has {count} views, too few to leave some out and predict them"
        )
    rows = _rows(work.series, wanted)
    sinograms = np.concatenate([work.series.rows(slice(row, row + 1)) for row in rows])
    test = _Test(work, sinograms)
    below, above = beyond_ends(work.series.degrees, wanted.ends)
    fitted, convergence = test.fitted()
    beyond = test.predicted(np.concatenate([below, above]))
    return Validation(
        rows,
        fitted,
        test.predicted(between_others(work.series.degrees, wanted.every)),
        beyond.of(np.arange(len(below))),
        beyond.of(np.arange(len(below), len(beyond.angles))),
        test.halves(),
        convergence,
    )


def _rows(series: TiltSeries, wanted: ValidationSettings) -> tuple[int, ...]:
    """Choose rows that divide what is seen in the views into parts that are alike."""
    height = series.shape[1]
    looked_at = np.unique(np.linspace(0, height - 1, wanted.looked_at).astype(int))
    seen = [np.square(series.rows(slice(row, row + 1)), dtype=np.float64) for row in looked_at]
    total = np.cumsum([each.sum() for each in seen])
    count = min(wanted.slices, len(looked_at))
    middles = (np.arange(count) + 0.5) / count
    places = np.searchsorted(total, middles * total[-1])
    return tuple(int(looked_at[place]) for place in np.unique(places))


class _Test:
    """Reconstructs some slices from some of their views."""

    def __init__(self, work: Work, sinograms: Single) -> None:
        self._plan, self._sinograms = work.plan, sinograms
        self._noise = work.noise
        self._angles = work.series.degrees
        self._level = np.sqrt(np.square(sinograms, dtype=np.float64).mean((0, 2)))

    def fitted(self) -> tuple[Predicted, Array]:
        """Reconstruct from all views; give what that leaves of them, and left on the way."""
        left: list[float] = []
        scale = self._plan.noise * np.sqrt(self._sinograms.size)

        def watch(_: int, slices: Single) -> bool:
            wrong = self._plan.projector.project(slices) - self._sinograms
            left.append(float(np.linalg.norm(wrong)) / scale if scale else float("nan"))
            return False

        found = self._plan.reconstruct(self._sinograms, watch)
        every = np.arange(len(self._angles))
        return self._compared(found.slices, every), np.array(left)

    def predicted(self, left: Indices) -> Predicted:
        """Reconstruct without some views, and predict them."""
        kept = np.setdiff1d(np.arange(len(self._angles)), left)
        return self._compared(self._slices(kept), left)

    def halves(self) -> Halves:
        """Reconstruct from every other view, and from the rest."""
        order = np.argsort(self._angles, kind="stable")
        one, other = (self._slices(np.sort(order[first::2])) for first in (0, 1))
        return Halves.of(one, other, Wedge(tuple(self._angles)))

    def _slices(self, kept: Indices) -> Single:
        return self._plan_of(kept).reconstruct(self._sinograms[:, kept]).slices

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
