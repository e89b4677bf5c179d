"""Align a tilt series: coarsely, by what is true of a whole specimen, and by reprojection."""

from dataclasses import replace

import numpy as np

from colonnade.core.errors import ImageError
from colonnade.tomo.reconstruct.align.alignment import Alignment
from colonnade.tomo.reconstruct.align.coarse import coarse_shifts
from colonnade.tomo.reconstruct.align.direction import runs_along_x
from colonnade.tomo.reconstruct.align.moments import find_axis, is_whole, make_consistent
from colonnade.tomo.reconstruct.align.refine import Refinement
from colonnade.tomo.reconstruct.align.settings import AlignSettings
from colonnade.tomo.reconstruct.align.working import Working
from colonnade.tomo.reconstruct.moved import Move
from colonnade.tomo.reconstruct.noise import LEAST_SIDE
from colonnade.tomo.tilts import TiltSeries


def align(series: TiltSeries, settings: AlignSettings | None = None) -> Alignment:
    """Find the shifts of views and the tilt axis.

    Parameters
    ----------
    series
        Bright where the specimen is.
    settings
        How it is done.

    Raises
    ------
    ImageError
        If the views are too small.
    """
    settings = settings or AlignSettings()
    if min(series.shape[1:]) < LEAST_SIDE:
        raise ImageError(
            f"the views of {series.name} are {series.shape[1]} x {series.shape[2]} px; to be "
            f"aligned they should be at least {LEAST_SIDE} px high and wide"
        )
    working = Working.of(series, settings.longest)
    start = Move(0, coarse_shifts(working))
    whole = working.has_surroundings and is_whole(working.moved(start))
    if whole:
        start = find_axis(working, start.shifts, settings.widest, settings.angle_step).move
    refinement = Refinement(working, settings, settings.bands, whole)
    before = refinement.residual(Move(0, np.zeros((series.shape[0], 2))))
    found = refinement.refine(start, settings.rounds)
    if working.binning > 1:
        finer = Working.of(series, settings.finest)
        start = make_consistent(finer, found.move).move if whole else found.move
        refinement = Refinement(finer, settings, settings.fine_bands, whole)
        found = refinement.refine(start, settings.fine_rounds)
    alignment = Alignment.of_move(
        found.move,
        series,
        residual_before=before,
        residual_after=found.residual,
        residual_share=found.share,
        error_px=found.error,
        last_step_px=found.last_step,
    )
    notes = _notes(alignment, whole, settings)
    if runs_along_x(working.views[np.argsort(series.degrees, kind="stable")], CLEARLY):
        notes = (ALONG_X, *notes)
    return replace(alignment, notes=notes)


CLEARLY = 0.5
"""Share from which the axis is said to run along x: two needles have 0.06 and 0.34, simulated
specimens 0.3 to 0.4, and shifted particles whose axis runs along y 0.8 or more."""

ALONG_X = (
    "the views look as if the tilt axis ran along x, and it was taken to run along y: if so, say "
    "--axis x"
)
"""Said where what is seen of each column stays alike, and of each row does not."""


def _notes(found: Alignment, whole: bool, settings: AlignSettings) -> tuple[str, ...]:
    """Say how the views were aligned, and what is doubtful."""
    how = (
        "the specimen is seen whole across the tilt axis, so that its slices keep their mass"
        if whole
        else "the specimen is not seen whole across the tilt axis, so that only reprojection "
        "aligned the views: of a film the axis is sure to about a degree, and of a thick one "
        "shifts to some tenths of a pixel; if its direction is known, give it with --axis"
    )
    notes = [
        how,
        f"the tilt axis is turned by {found.axis_angle_deg:.2f} degrees and lies "
        f"{found.axis_offset_px:.2f} px from the middle of the views",
        f"a reconstruction left {found.residual_before:.2f} times the noise of the views before "
        f"the alignment, and leaves {found.residual_after:.2f} times the noise after it",
    ]
    if found.residual_after >= found.residual_before:
        notes.append("the alignment brought nothing: the views were as good as they came")
    elif min(found.residual_after / settings.doubtful, found.residual_share / settings.poor) > 1:
        notes.append(
            "the aligned views do not quite show one specimen: look for views that are blurred, "
            "cut off or at a wrong angle, and leave them out"
        )
    if abs(found.axis_angle_deg) > settings.widest:
        notes.append(
            "the tilt axis seems to run far from y: say where it runs with --axis x or with its "
            "direction in degrees"
        )
    if found.error_px > settings.uncertain:
        notes.append(f"the shifts are only sure to {found.error_px:.2f} px")
    if found.last_step_px > settings.unsettled:
        notes.append(
            f"the shifts did not settle: the last round moved the views by "
            f"{found.last_step_px:.2f} px; look at them before they are used"
        )
    return tuple(notes)
