"""Find every atom column of an image.

The way of an image: it is repaired, the scale is chosen on which the network sees it best
(`polarity`, `find`), candidates are found (`find`), rows are put back (`fit.row_shifts`), all
candidates are fitted together and judged (`scoring`), and the likely ones are reported.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from colonnade.atoms.card import AtomsCard
from colonnade.atoms.columns import Columns
from colonnade.atoms.locate.candidates import Candidates, InputScale
from colonnade.atoms.locate.find.positions import Detection, Start
from colonnade.atoms.locate.find.search import Search
from colonnade.atoms.locate.fit.row_shifts import find_row_jitter, jitter_error
from colonnade.atoms.locate.judge.atomic import ATOMIC
from colonnade.atoms.locate.judge.probability import probability
from colonnade.atoms.locate.polarity import choose_scale
from colonnade.atoms.locate.scoring import Scored, fit_and_score
from colonnade.atoms.locate.settings import Settings, settings_of
from colonnade.core.arrays import Array, Single
from colonnade.core.errors import ColonnadeWarning, ImageError
from colonnade.core.files.open import read_frames
from colonnade.core.images.levels import level_notes, ordinary
from colonnade.core.images.micrograph import Micrograph, plain_array
from colonnade.core.images.pixel_size import PixelSize, along_both_axes
from colonnade.core.images.repair import as_single, repair
from colonnade.core.images.warp import shift_rows
from colonnade.core.learn.model import Model
from colonnade.core.work.progress import Progress, silent

DEFAULT_MODEL = "atoms"

COARSE = 1.5
"""Pixels larger than the largest that the model knows, times this, resolve no columns."""

SEARCHED, FITTED, WHOLE = 3, 9, 10
"""How far an image is when it has been searched, and when all is fitted [tenths of the time]."""

UNRESOLVED = 0.3
"""Atom columns are less than two of such pixels apart, so that none can be seen [nm]."""

AROUND_COLUMN, LEAST_MEASURED = 5, 0.25
"""In a square of this side around a column [px] at least this share of the pixels has numbers."""

Refinement = Literal["mle", "offset", "com"]


@dataclass(frozen=True)
class Options:
    """How columns are to be found.

    Parameters
    ----------
    detect
        ``"mask"`` or ``"hough"``.
    refine
        ``"mle"``, ``"offset"`` or ``"com"``.
    threshold
        Probability from which a candidate counts as a column; None for the model's.
    """

    detect: Detection = "mask"
    refine: Refinement = "mle"
    threshold: float | None = None


DEFAULT = Options()


@dataclass(frozen=True, eq=False)
class Result:
    """The columns of one image, and how they were found.

    Parameters
    ----------
    image
        The image that was searched, as the file had it but for `notes`.
    candidates
        Everything that may be a column, with its score.
    scale
        How the image was shown to the network.
    notes
        What was repaired or guessed, a sentence each.
    atomic
        Probability that the image shows atom columns at all. Where it does not, likely as not,
        the scores of columns are multiplied by it, so that none of them reaches the model's
        threshold.
    threshold
        Score from which a candidate counts as a column.
    """

    image: Micrograph
    candidates: Columns
    scale: InputScale
    notes: tuple[str, ...]
    atomic: float = 1.0
    threshold: float = 0.0

    @cached_property
    def columns(self) -> Columns:
        """What was found."""
        return self.candidates[~(self.candidates.score < self.threshold)]

    @property
    def shows_columns(self) -> bool:
        """Whether the image shows atom columns, more likely than not."""
        return self.atomic >= ATOMIC


def locate(
    image: str | Path | NDArray[np.generic] | Micrograph,
    *,
    pixel_size: PixelSize | None = None,
    model: str | Path | Model = DEFAULT_MODEL,
    detect: Detection = "mask",
    refine: Refinement = "mle",
    threshold: float | None = None,
) -> Columns:
    """Find every atom column of an image, to a fraction of a pixel.

    Parameters
    ----------
    image
        A file of any microscope format, an array (y, x) or (frame, y, x), or a `Micrograph`.
    pixel_size
        Size of a pixel [nm], where the image has none or a wrong one.
    model
        Name of a shipped model, a model file, or a loaded `Model`.
    detect
        ``"mask"`` takes the blobs of the network's mask, ``"hough"`` circles in its outline.
    refine
        ``"mle"`` fits all columns of the image together and gives standard errors; ``"offset"``
        adds the offset that the network predicts to what was detected; ``"com"`` leaves it out.
    threshold
        Probability from which a candidate counts as a column; by default the model's.

    Returns
    -------
    columns
        Position, score, intensity and width of each column. Those of a stack carry the labels
        ``frame``, ``track``, the same for the same column, and ``y_aligned_px`` and
        ``x_aligned_px``, their positions without the drift.
    """
    loaded = model if isinstance(model, Model) else Model.load(model)
    options = Options(detect, refine, threshold)
    parts: list[Columns] = []
    notes: dict[str, None] = {}
    frames = _frames(image)
    for frame in frames:
        result = locate_frame(calibrated(frame, pixel_size), loaded, options)
        parts.append(result.columns)
        notes |= dict.fromkeys(result.notes)
    for note in notes:
        warnings.warn(note, ColonnadeWarning, stacklevel=2)
    if len(parts) == 1:
        return parts[0]
    # What only films need takes longer to import than an image to be read.
    from colonnade.atoms.locate.films.film import follow_frames

    return follow_frames(frames, parts, range(len(parts))).columns


def calibrated(image: Micrograph, pixel_size: PixelSize | None) -> Micrograph:
    """Give an image another pixel size [nm], if there is one to give."""
    if pixel_size is None:
        return image
    return replace(image, pixel_size=along_both_axes(pixel_size))


def locate_frame(
    image: Micrograph,
    model: Model,
    options: Options = DEFAULT,
    settings: Settings | None = None,
    progress: Progress = silent,
) -> Result:
    """Find the columns of one image.

    Parameters
    ----------
    image, model, options
        What is searched, with which network, and how.
    settings
        Of every step; by default those that belong to the model.
    progress
        Called with how far it is before its end, and with `WHOLE`.
    """
    progress(0, WHOLE)
    settings = settings_of(model) if settings is None else settings
    _check_resolved(image)
    levels, unit = ordinary(image.pixels)
    pixels, repairs = repair(levels)
    notes = [*image.metadata.get("notes", ()), *repairs, *level_notes(pixels)]
    search = Search(pixels, model, settings.network, settings.find)
    scale = choose_scale(search.trials, image.pixel_size, settings.polarity, settings.fit)
    if image.pixel_size is None:
        notes.append("there is no pixel size, so the scale was taken from the image itself")
    else:
        notes += _too_coarse(image.pixel_size, AtomsCard.of(model.card).pixel_size)
    if scale.dark:
        notes.append("the columns are dark, so the image was searched with inverted grey levels")
    found = _locate_columns(image, search, scale, notes, options, settings, progress)
    candidates = found.candidates[_measured(found.candidates.positions, levels)]
    return replace(found, candidates=replace(candidates, intensity=unit * candidates.intensity))


def _measured(positions: Array, levels: NDArray[np.generic]) -> NDArray[np.bool_]:
    """Which positions (y, x) [px] lie where an image has numbers, and not where it was filled."""
    known = np.isfinite(as_single(levels))
    if known.all():
        return np.ones(len(positions), bool)
    share = ndimage.uniform_filter(known.astype(np.float32), AROUND_COLUMN, mode="nearest")
    pixel = np.clip(np.rint(positions).astype(int), 0, np.array(known.shape) - 1)
    return np.asarray(share[pixel[:, 0], pixel[:, 1]] >= LEAST_MEASURED)


def _check_resolved(image: Micrograph) -> None:
    """Refuse an image of pixels in which no two columns would be seen apart."""
    if image.pixel_size is not None and max(image.pixel_size) > UNRESOLVED:
        raise ImageError(
            f"{image.name} has pixels of {max(image.pixel_size):.3g} nm, in which no atom column "
            "can be seen; if that is wrong, give the right size with --pixel-size"
        )


def _locate_columns(
    image: Micrograph,
    search: Search,
    scale: InputScale,
    notes: Sequence[str],
    options: Options,
    settings: Settings,
    progress: Progress,
) -> Result:
    """Put rows back as long as the columns show them to be shifted, then find the columns."""
    steady = _put_rows_back(search, scale, options, settings)

    def fitted(done: int, total: int) -> None:
        progress(SEARCHED + (FITTED - SEARCHED) * done // total, WHOLE)

    fitted(0, 1)
    scored = fit_and_score(
        steady.search,
        scale,
        steady.candidates,
        steady.pixels,
        moving=options.refine == "mle",
        settings=settings,
        progress=fitted,
    )
    card = AtomsCard.of(search.model.card)
    atomic = scored.image.probability(
        card.verdict,
        settings.judge.atomic,
        of_any_size=image.pixel_size is None,
        dark=scale.dark,
    )
    candidates = _in_image(_with_scores(scored, atomic, card), steady.pixels.shape)
    if scale.dark:
        candidates = replace(candidates, intensity=-candidates.intensity)
    error = jitter_error(candidates, steady.spread, settings.jitter)
    candidates = replace(
        candidates,
        sigma_x=np.hypot(candidates.sigma_x, error),
        pixel_size=image.pixel_size,
    )
    threshold = _threshold(scored, atomic, card, options)
    result = Result(image, candidates, scale, (), atomic, threshold)
    found = [*_jitter_note(steady.spread), *scored.notes, *_error_note(result.columns, options)]
    return replace(result, notes=(*notes, *found, *_atomic_note(atomic)))


@dataclass(frozen=True, eq=False)
class _Steady:
    """An image whose rows are where they belong.

    Parameters
    ----------
    search
        The image that was searched last.
    candidates
        What was found there.
    pixels
        The image with all rows put back.
    spread
        Standard deviation of the shifts by which they were put back first [px].
    """

    search: Search
    candidates: Candidates
    pixels: Single
    spread: float


def _put_rows_back(
    search: Search, scale: InputScale, options: Options, settings: Settings
) -> _Steady:
    """Put rows back, and search again where their shifts may have hidden columns."""
    start: Start = "com" if options.refine == "com" else "offset"
    pixels, spread = search.pixels, 0.0
    candidates = search.candidates(scale, start, options.detect)
    for _ in range(settings.jitter.corrections):
        confident = candidates.positions[candidates.confidence >= settings.network.confident]
        jitter = find_row_jitter(
            scale.brightened(pixels), confident, settings.jitter, settings.fit
        )
        if jitter is None:
            break
        pixels = shift_rows(pixels, -jitter.shifts)
        if jitter.spread > settings.jitter.search_again * jitter.width:
            search = search.of(pixels)
            candidates = search.candidates(scale, start, options.detect)
        spread = spread or jitter.spread
    return _Steady(search, candidates, pixels, spread)


def _jitter_note(spread: float) -> list[str]:
    """Say by how much rows were put back [px], if they were."""
    if not spread:
        return []
    return [f"the rows had a jitter of {spread:.2g} px along x, and were put back"]


def _atomic_note(atomic: float) -> list[str]:
    """Say that an image does not look like one of atom columns, if so."""
    if atomic >= ATOMIC:
        return []
    return [
        "this does not look like an image of atom columns "
        f"(probability {atomic:.2f}), so the scores of what was found are multiplied by that"
    ]


def _error_note(columns: Columns, options: Options) -> list[str]:
    """Say how many columns were fitted but have no standard error."""
    count = int((np.isnan(columns.sigma_y) & np.isfinite(columns.width)).sum())
    if options.refine != "mle" or not count:
        return []
    return [f"{count} columns have no standard error, as the image does not tell them apart"]


def _with_scores(scored: Scored, atomic: float, card: AtomsCard) -> Columns:
    """Score what was fitted: the probability that it is a column."""
    score = probability(scored.evidence, card.weights)
    return replace(scored.columns, score=score * atomic if atomic < ATOMIC else score)


def _in_image(columns: Columns, shape: tuple[int, ...]) -> Columns:
    """Columns in the image that are above the background around them."""
    inside = (columns.positions >= -0.5) & (columns.positions <= np.array(shape) - 0.5)
    return columns[inside.all(axis=1) & (columns.intensity > 0)]


def _threshold(scored: Scored, atomic: float, card: AtomsCard, options: Options) -> float:
    """Score from which a candidate counts as a column."""
    if options.threshold is not None:
        return options.threshold
    threshold = card.threshold if scored.repeats else card.single_atoms.threshold
    return threshold if atomic >= ATOMIC else max(threshold, ATOMIC)


def _frames(
    image: str | Path | NDArray[np.generic] | Micrograph,
) -> Sequence[Micrograph]:
    if isinstance(image, Micrograph):
        return [image]
    if isinstance(image, str | Path):
        return read_frames(image)
    array = plain_array(image)
    if array.ndim != 3:
        return [Micrograph(array)]
    if array.shape[0] == 0:
        raise ImageError("the stack has no frames")
    if array.shape[2] in (3, 4):
        raise ImageError(
            f"an array of the shape {array.shape} looks like a colour image; give one channel"
        )
    return [Micrograph(frame, name=f"frame {i}") for i, frame in enumerate(array)]


def _too_coarse(pixel_size: tuple[float, float], known: tuple[float, float]) -> list[str]:
    if max(pixel_size) <= COARSE * known[1]:
        return []
    return [
        f"a pixel of {max(pixel_size):.3g} nm is too coarse to resolve atom columns; "
        f"the model knows pixels up to {known[1]:.3g} nm"
    ]
