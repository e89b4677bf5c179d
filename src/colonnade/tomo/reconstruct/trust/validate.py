"""Put a reconstruction to the test, on some of its slices: views left out, halves, convergence."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from colonnade.core.arrays import Array
from colonnade.core.errors import ImageError
from colonnade.tomo.reconstruct.align.alignment import Alignment
from colonnade.tomo.reconstruct.prepare import Preparation
from colonnade.tomo.reconstruct.reconstruct import Options, Work, open_prepared
from colonnade.tomo.reconstruct.trust.halves import Halves
from colonnade.tomo.reconstruct.trust.predicted import Predicted, between_others, beyond_ends
from colonnade.tomo.reconstruct.trust.settings import ValidationSettings
from colonnade.tomo.reconstruct.trust.trial import Trial, choose_rows
from colonnade.tomo.tilts import TiltSeries


@dataclass(frozen=True, eq=False)
class Validation:
    """How a method stood the trial.

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
        What each iteration left of all views [their noise]; empty for a method without any, or
        without noise.
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

    @property
    def sentence(self) -> str:
        """How well views were predicted, in one plain sentence."""
        return (
            f"views that are left out are predicted to {self.inside.said} between others, and to "
            f"{self.beyond.said} beyond the ends of the tilts"
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
        "error_over_noise": part.over_noise if np.isfinite(part.over_noise) else None,
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
    prepared = open_prepared(series, preparation, alignment)
    return validate_work(Work.of(prepared, options or Options(), noise), settings)


def validate_work(work: Work, settings: ValidationSettings | None = None) -> Validation:
    """Put a reconstruction that is planned to the test; see `validate`."""
    wanted = settings or ValidationSettings()
    count = work.series.shape[0]
    if count < wanted.least_views:
        raise ImageError(
            f"{work.series.name} has {count} views, too few to leave some out and predict them"
        )
    rows = choose_rows(work.series, wanted.slices, wanted.looked_at)
    trial = Trial(work, rows)
    below, above = beyond_ends(work.series.degrees, wanted.ends)
    fitted, convergence = trial.fitted()
    beyond = trial.predicted(np.concatenate([below, above]))
    return Validation(
        rows,
        fitted,
        trial.predicted(between_others(work.series.degrees, wanted.every)),
        beyond.of(np.arange(len(below))),
        beyond.of(np.arange(len(below), len(beyond.angles))),
        trial.halves(),
        convergence,
    )
